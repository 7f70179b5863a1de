"""Tables as files: what a page shows, piece by piece, with nothing in it that a spreadsheet would run."""

from collections.abc import Callable, Iterable
from functools import cache, partial

from django.http import StreamingHttpResponse
from django.utils import timezone

from accounts.adapters import shown_name
from accounts.domain import audit
from accounts.models import User
from accounts.views.pages import MemberRequest
from insights_portal.lib.sheets import csv_line


def name_once(request: MemberRequest) -> Callable[[User], str]:
    """What the reader calls a member. Each member once: that a revealed name was seen is kept in the audit log."""
    return cache(partial(shown_name, request))


def csv_answer(request: MemberRequest, *, name: str, table: Iterable[tuple[object, ...]]) -> StreamingHttpResponse:
    """*table* as the file `<name>.csv`; the download is entered in the audit log."""
    audit.record(
        company=request.company,
        actor=request.user,
        action="credits.exported",
        at=timezone.now(),
        details={"file": name},
    )
    answer = StreamingHttpResponse(map(csv_line, table), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
