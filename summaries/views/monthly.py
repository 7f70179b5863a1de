"""The monthly report: what was done for whom, how long, and what of it is billed; as a page and as a file."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.adapters import shown_names
from accounts.permissions import Permission
from accounts.reauthentication import recently_authenticated
from insights_portal.lib.periods import month_start, next_month
from summaries.domain.reading import filters as session_filters
from summaries.domain.reading.chips import Chip
from summaries.domain.reading.filter_choices import filter_choices
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.reports.monthly import (
    MonthlyReport,
    MonthRow,
    build_monthly_report,
    month_asked_for,
    month_before,
)
from summaries.domain.reports.monthly_files import KINDS, export_month
from summaries.views.access import READ_REPORTS, MemberRequest, may, portal_page
from summaries.views.exports import TOO_MANY, file_answer, may_export_now, too_many
from summaries.views.filtering import chips_of, filters_of

#: As many rows a table of the page shows; the files have all.
SHOWN = 100
#: The filters that the page offers; the address may hold any.
_OFFERED = ("supporter", "user_group", "device", "device_group", "customer", "issue_type", "application")


@dataclass(frozen=True, slots=True)
class Line:
    """*address* lists the very sessions of the row; empty where nothing can be filtered so."""

    row: MonthRow
    address: str


@dataclass(frozen=True, slots=True)
class Table:
    """*more*: rows that only the files show. None for *lines*: they are not told apart."""

    heading: str
    head: str
    code: str
    nameless: str
    lines: list[Line] | None
    more: int = 0


@require_GET
@portal_page(*READ_REPORTS)
def page(request: MemberRequest) -> HttpResponse:
    """One month under the filters of the address: `?month=2026-11&customer=Acme`."""
    return _page(request)


@require_GET
@portal_page(*READ_REPORTS)
def download(request: MemberRequest, kind: str) -> Any:
    """The report of the page as `monthly-report.pdf`, `.csv`, `.xlsx` or `.jsonl`."""
    if kind not in KINDS:
        raise Http404("A monthly report is exported as pdf, csv, xlsx or jsonl.")
    return _download(request, kind)


@recently_authenticated
def _download(request: MemberRequest, kind: str) -> Any:
    if not may_export_now(request.user.pk):
        answer = _page(request, error=too_many(), status=TOO_MANY)
        answer["Retry-After"] = "3600"
        return answer
    made = export_month(
        company=request.company,
        actor=request.user,
        filters=_filters(request),
        month=_month(request),
        kind=kind,
        at=timezone.now(),
    )
    return file_answer(made)


def _page(request: MemberRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    filters, month = _filters(request), _month(request)
    names = shown_names(request)
    report = build_monthly_report(
        company=request.company, viewer=request.user, names=names, filters=filters, month=month
    )
    is_ranked = not names.is_on
    context = {
        "report": report,
        "error": error,
        "tables": _tables(request, report),
        "is_ranked": is_ranked,
        "filters": filters,
        "stem": f"?month={month:%Y-%m}{_and(filters)}",
        "months": _months(request, filters, month),
        "chips": _chips(request, filters, month),
        "address_of_all": _list_address(report.filters),
        "choices": filter_choices(company=request.company, viewer=request.user, names=names),
        "carried": [pair for pair in filters.pairs() if pair[0] not in (*_OFFERED, "direction", "period")],
        "directions": list(session_filters.CHOICES["direction"].items()),
        "reads_summaries": may(request, Permission.VIEW_SUMMARIES),
        "kinds": list(KINDS),
    }
    return render(request, "summaries/monthly_report.html", context, status=status)


def _month(request: MemberRequest) -> date:
    return month_asked_for(request.GET.get("month", ""), company=request.company, at=timezone.now())


def _filters(request: MemberRequest) -> SessionFilters:
    """The filters of the address but for its days, which the month says."""
    return filters_of(request).changed(since="", until="", period="all", sort="", columns="", view="")


def _and(filters: SessionFilters) -> str:
    query = filters.changed(period=session_filters.DEFAULT_PERIOD).query()
    return f"&{query}" if query else ""


def _months(request: MemberRequest, filters: SessionFilters, month: date) -> dict[str, Any]:
    """The month's neighbours as addresses; none beyond the one that runs."""
    running = month_start(timezone.now(), zone=request.company.time_zone)
    before, after = month_before(month), next_month(month)
    return {
        "shown": month,
        "before": f"?month={before:%Y-%m}{_and(filters)}",
        "before_month": before,
        "after": f"?month={after:%Y-%m}{_and(filters)}" if after <= running else "",
        "after_month": after,
        "is_running": month == running,
    }


def _chips(request: MemberRequest, filters: SessionFilters, month: date) -> list[Chip]:
    """The filters as chips that stay in the month."""
    found = chips_of(request, filters)
    return [replace(chip, remove_address=f"?month={month:%Y-%m}&{chip.remove_address[1:]}") for chip in found]


def _tables(request: MemberRequest, report: MonthlyReport) -> list[Table]:
    found = [
        (Table(_("By customer"), _("Customer"), "customer", _("No customer named"), None), report.customers),
        (Table(_("By device"), _("Device"), "device", _("Without a device"), None), report.devices),
        (Table(_("By supporter"), _("Supporter"), "supporter", "", None), report.supporters),
    ]
    return [_filled(request, report, table, rows) for table, rows in found]


def _filled(request: MemberRequest, report: MonthlyReport, table: Table, rows: list[MonthRow] | None) -> Table:
    if rows is None:
        return table
    lines = [Line(row, _row_address(request, report, table.code, row)) for row in rows[:SHOWN]]
    return replace(table, lines=lines, more=max(len(rows) - SHOWN, 0))


def _row_address(request: MemberRequest, report: MonthlyReport, code: str, row: MonthRow) -> str:
    """Nobody is filtered by whom the viewer does not see by name, and an empty list is worth no link."""
    is_hidden = code == "supporter" and not shown_names(request).is_shown(int(row.key))
    if not row.now.sessions or is_hidden:
        return ""
    return _list_address(report.filters.changed(**{code: row.key}))


def _list_address(filters: SessionFilters) -> str:
    return reverse("summaries:reports") + filters.address()
