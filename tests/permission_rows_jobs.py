"""Rows of the permission matrix: what is done to many sessions, and the jobs that do it."""

from uuid import UUID

from summaries.models import Job
from tests.conftest import NOW
from tests.permission_world import EVERY_MEMBER, Row, World

_KEY = UUID("11111111-1111-4111-8111-111111111111")


def _of_the_manager(world: World) -> list[object]:
    """A job that ended, of the support manager."""
    fields = {"kind": "approve", "state": "DONE", "asked_at": NOW, "finished_at": NOW}
    job, _ = Job.objects.get_or_create(company=world.cast.northwind, member=world.cast.mona, key=_KEY, defaults=fields)
    return [job.public_id]


def _asked(kind: str, asked: str, sent: str) -> list[Row]:
    """All sessions that the member sees; the last column is somebody with sessions of another company, or none."""
    data = {"kind": kind, "list": "reports", "period": "all", "all": "1"}
    return [Row(asked, data=data), Row(sent, method="POST", data=data)]


#                  Adm Man Sup Aud Int vis oth
_OWNER_SEES = "    404 200 404 404 404 302 404"
_OWNER_SENDS = "   404 302 404 404 404 302 404"

JOB_ROWS: dict[str, list[Row]] = {
    "summaries:bulk": [
        *_asked("approve", "200 200 403 403 403 302 200", "302 302 403 403 403 302 409"),
        *_asked("review", "200 200 200 403 403 302 200", "302 302 302 403 403 302 409"),
        *_asked("regenerate", "200 200 200 403 200 302 200", "302 302 302 403 302 302 409"),
        *_asked("export_pdf_zip", "200 200 200 403 200 302 200", "302 302 302 403 302 302 409"),
        *_asked("export_pdf_one", "200 200 200 403 200 302 200", "302 302 302 403 302 302 409"),
        *_asked("delete_summaries", "200 200 403 403 403 302 200", "302 302 403 403 403 302 409"),
        *_asked("delete_logs", "200 403 403 403 403 302 200", "409 403 403 403 403 302 409"),
        *_asked("delete_reports", "200 403 403 403 403 302 200", "302 403 403 403 403 302 409"),
        Row("404 404 404 404 404 302 404", data={"kind": "unknown"}),
    ],
    "summaries:jobs": [Row(EVERY_MEMBER)],
    "summaries:job": [Row(_OWNER_SEES, _of_the_manager)],
    "summaries:job_progress": [Row(_OWNER_SEES, _of_the_manager)],
    "summaries:job_cancel": [Row(_OWNER_SENDS, _of_the_manager, "POST")],
    "summaries:job_retry": [Row(_OWNER_SENDS, _of_the_manager, "POST")],
    "summaries:job_file": [Row(_OWNER_SENDS, _of_the_manager)],
}
