from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from summaries.api.consent import ConsentViewSet
from summaries.api.recordings import RecordingViewSet
from summaries.api.reports import ReportViewSet
from summaries.api.sessions import SessionViewSet
from summaries.api.summaries import GenerateViewSet, SummaryViewSet

router = SimpleRouter(use_regex_path=False)
router.register("sessions", SessionViewSet, "session")
router.register("summaries", SummaryViewSet, "summary")
router.register("recordings", RecordingViewSet, "recording")

SUMMARY_OF_SESSION = GenerateViewSet.as_view({"post": "generate", "delete": "remove_summary"})

urlpatterns: list[URLPattern | URLResolver] = [
    path("sessions/<uuid:id>/summary/", SUMMARY_OF_SESSION, name="session-generate"),
    path(
        "sessions/<uuid:id>/consent/", ConsentViewSet.as_view({"get": "wait", "post": "state"}), name="session-consent"
    ),
    path(
        "sessions/<uuid:id>/consent-requests/",
        ConsentViewSet.as_view({"post": "ask"}),
        name="session-consent-requests",
    ),
    path("sessions/<uuid:id>/report.pdf", ReportViewSet.as_view({"get": "download"}), name="session-report"),
    *router.urls,
]
