from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from summaries.api.recordings import RecordingViewSet
from summaries.api.reports import ReportViewSet
from summaries.api.sessions import SessionViewSet
from summaries.api.summaries import GenerateViewSet, SummaryViewSet

router = SimpleRouter(use_regex_path=False)
router.register("sessions", SessionViewSet, "session")
router.register("summaries", SummaryViewSet, "summary")
router.register("recordings", RecordingViewSet, "recording")

urlpatterns: list[URLPattern | URLResolver] = [
    path("sessions/<uuid:id>/summary/", GenerateViewSet.as_view({"post": "generate"}), name="session-generate"),
    path("sessions/<uuid:id>/report.pdf", ReportViewSet.as_view({"get": "download"}), name="session-report"),
    *router.urls,
]
