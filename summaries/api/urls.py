from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from accounts.enums import ApiScope
from summaries.api.consent import ConsentViewSet
from summaries.api.copilot import QuestionViewSet
from summaries.api.exports import SessionExportViewSet
from summaries.api.recordings import RecordingViewSet
from summaries.api.removal import TrashViewSet
from summaries.api.reports import ReportViewSet
from summaries.api.sessions import SessionViewSet
from summaries.api.summaries import GenerateViewSet, SummaryViewSet
from summaries.api.summary_review import SummaryReviewViewSet

router = SimpleRouter(use_regex_path=False)
router.register("sessions", SessionViewSet, "session")
router.register("summaries", SummaryViewSet, "summary")
router.register("recordings", RecordingViewSet, "recording")

SUMMARY_OF_SESSION = GenerateViewSet.as_view({"post": "generate", "delete": "remove_summary"})
SUMMARY_RESTORED = TrashViewSet.as_view({"post": "restore_summary"}, write_scope=ApiScope.SUMMARIES_WRITE)

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("sessions/<uuid:id>/summary/", SUMMARY_OF_SESSION, name="session-generate"),
    path(
        "sessions/<uuid:id>/consent/", ConsentViewSet.as_view({"get": "wait", "post": "state"}), name="session-consent"
    ),
    path(
        "sessions/<uuid:id>/consent-requests/",
        ConsentViewSet.as_view({"post": "ask"}),
        name="session-consent-requests",
    ),
    path(
        "sessions/<uuid:id>/questions/",
        QuestionViewSet.as_view({"get": "questions", "post": "ask"}),
        name="session-questions",
    ),
    path(
        "sessions/<uuid:id>/questions/<uuid:question_id>/",
        QuestionViewSet.as_view({"get": "question"}),
        name="session-question",
    ),
    path(
        "sessions/<uuid:id>/questions/<uuid:question_id>/stop/",
        QuestionViewSet.as_view({"post": "stop"}),
        name="session-question-stop",
    ),
    path("sessions/<uuid:id>/restore/", TrashViewSet.as_view({"post": "restore_report"}), name="session-restore"),
    path("sessions/<uuid:id>/log/restore/", TrashViewSet.as_view({"post": "restore_log"}), name="session-log-restore"),
    path("sessions/<uuid:id>/summary/restore/", SUMMARY_RESTORED, name="session-summary-restore"),
    path("sessions/export.<slug:kind>", SessionExportViewSet.as_view({"get": "download"}), name="session-export"),
    path("sessions/<uuid:id>/report.pdf", ReportViewSet.as_view({"get": "download"}), name="session-report"),
    path(
        "summaries/<uuid:id>/content/",
        SummaryReviewViewSet.as_view({"put": "replace", "patch": "amend"}),
        name="summary-content",
    ),
    path("summaries/<uuid:id>/review/", SummaryReviewViewSet.as_view({"post": "review"}), name="summary-review"),
    path("summaries/<uuid:id>/approve/", SummaryReviewViewSet.as_view({"post": "approve"}), name="summary-approve"),
    path("summaries/<uuid:id>/restore/", SummaryReviewViewSet.as_view({"post": "restore"}), name="summary-restore"),
    path("summaries/<uuid:id>/rating/", SummaryReviewViewSet.as_view({"put": "rate"}), name="summary-rating"),
    path(
        "summaries/<uuid:id>/revisions/", SummaryReviewViewSet.as_view({"get": "revisions"}), name="summary-revisions"
    ),
]
