"""A list of sessions to take away: which columns, and the file."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from accounts.reauthentication import recently_authenticated
from insights_portal.lib.rates import is_within_rate
from summaries.domain.exports.columns import COLUMNS, ColumnGroup, UnknownColumn, choose_columns
from summaries.domain.exports.export import SessionsFile, export_sessions
from summaries.domain.exports.files import KINDS
from summaries.domain.exports.selection import asked_of
from summaries.domain.jobs.selection import MOST_CHOSEN, Selection, sessions_of
from summaries.domain.reading.filters import SHOWN, window_of
from summaries.domain.reports.monthly_files import MonthFile
from summaries.enums import SessionList
from summaries.views.access import READ_REPORTS, MemberRequest, may, portal_page
from summaries.views.filtering import chips_of, filters_of

#: Whole lists that one member takes away, by page or API.
EXPORTS_AN_HOUR = 60
TOO_MANY, BAD_REQUEST = 429, 400


@require_GET
@portal_page(*READ_REPORTS)
def choose(request: MemberRequest) -> HttpResponse:
    """What the list would give, and its columns to choose from."""
    return _page(request)


@require_GET
@portal_page(*READ_REPORTS)
def download(request: MemberRequest, kind: str) -> Any:
    """The rows that the list shows under the same filters: `export.csv`, `export.xlsx`, `export.jsonl`."""
    if kind not in KINDS:
        raise Http404(_("Sessions are exported as csv, xlsx or jsonl."))
    return _download(request, kind)


@recently_authenticated
def _download(request: MemberRequest, kind: str) -> Any:
    try:
        columns = choose_columns(request.GET.getlist("columns"))
    except UnknownColumn as refusal:
        return _page(request, error=str(refusal), status=BAD_REQUEST)
    if not may_export_now(request.user.pk):
        return _page(request, error=too_many(), status=TOO_MANY)
    selection = _selection(request)
    made = export_sessions(
        company=request.company,
        actor=request.user,
        sessions=sessions_of(selection=selection, company=request.company, member=request.user),
        asked=asked_of(selection),
        columns=columns,
        kind=kind,
        at=timezone.now(),
    )
    return file_answer(made)


def file_answer(made: SessionsFile | MonthFile) -> StreamingHttpResponse:
    """The file, sent as it is made."""
    answer = StreamingHttpResponse(made.content, content_type=made.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    # A proxy that gathers the answer first would hold it in memory, or on its disk.
    answer["X-Accel-Buffering"] = "no"
    return answer


def may_export_now(user_id: int) -> bool:
    return is_within_rate(key=f"sessions-export:{user_id}", limit=EXPORTS_AN_HOUR, seconds=3600)


def too_many() -> str:
    return _("You have exported %(count)s lists in this hour. Try again in the next one.") % {"count": EXPORTS_AN_HOUR}


def _page(request: MemberRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    selection = _selection(request)
    filters, numbers = selection.filters, selection.numbers
    chosen = {key for value in request.GET.getlist("columns") for key in value.split(",")}
    context = {
        "count": sessions_of(selection=selection, company=request.company, member=request.user).count(),
        "chips": [] if numbers else chips_of(request, filters, listed={}),
        "list_name": selection.list_name.lower(),
        "carried": [*filters.pairs(), *(("number", str(number)) for number in numbers)],
        "groups": [
            (group.label, [(each, not chosen or each.key in chosen) for each in COLUMNS if each.group == group])
            for group in ColumnGroup
        ],
        "kinds": list(KINDS),
        "error": error,
        "exports_texts": may(request, Permission.EXPORT_SUMMARIES) and may(request, Permission.VIEW_SUMMARIES),
    }
    answer = render(request, "summaries/sessions_export.html", context, status=status)
    if status == TOO_MANY:
        answer["Retry-After"] = "3600"
    return answer


def _selection(request: MemberRequest) -> Selection:
    # How the list is shown is no part of it: its `columns` are not those of a file.
    filters = filters_of(request).changed(**dict.fromkeys(SHOWN, ""))
    window = window_of(filters, at=timezone.now(), zone=ZoneInfo(request.company.time_zone))
    # Whoever reads no summaries has one list only.
    is_home = request.GET.get("list", "home") == "home" and may(request, Permission.VIEW_SUMMARIES)
    return Selection(SessionList.HOME if is_home else SessionList.REPORTS, filters, window, _numbers(request))


def _numbers(request: MemberRequest) -> tuple[int, ...]:
    """The sessions picked one by one, from `number=1042&number=1041`; none: all that match."""
    picked = (each.removeprefix("S-") for each in request.GET.getlist("number")[:MOST_CHOSEN])
    # As many digits as fit a column.
    return tuple(int(each) for each in picked if each.isascii() and each.isdigit() and len(each) < 10)  # noqa: PLR2004
