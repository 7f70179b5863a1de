"""A monthly report to take away: PDF, CSV, a workbook, JSON Lines.

Each holds the figures that the page shows under its filters.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.disclosures import record_view
from accounts.models import Company, User
from accounts.tenancy import PermissionMissing, holds
from insights_portal.lib import xlsx
from insights_portal.lib.pdf import Paper
from insights_portal.lib.sheets import csv_line
from summaries.domain.exports.selection import asked_of
from summaries.domain.jobs.selection import Selection
from summaries.domain.reading.chips import supporter_names
from summaries.domain.reading.filters import SessionFilters, Window
from summaries.domain.reports.billing import MINUTE
from summaries.domain.reports.export import Stationery, stationery_of
from summaries.domain.reports.monthly import MonthlyReport, MonthRow, build_monthly_report
from summaries.domain.reports.monthly_paper import lay_out_month
from summaries.domain.reports.table_pdf import render_tables
from summaries.enums import SessionList
from summaries.models.reach import READ_REPORTS

#: Lines of a file for programs that are made at once.
PORTION = 1_000


@dataclass(frozen=True, slots=True)
class MonthFile:
    """*content* may be made while it is read."""

    name: str
    content_type: str
    content: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class _Order:
    """What a file is made of."""

    report: MonthlyReport
    company: Company
    actor: User
    stationery: Stationery
    at: datetime


def export_month(
    *, company: Company, actor: User, filters: SessionFilters, month: date, kind: str, at: datetime, job: str = ""
) -> MonthFile:
    """Make the file of the month as *actor* sees it, and enter the export in the audit log.

    *filters* as `wishes.filters_for` leaves them; *kind* is one of KINDS; *job*: public id of the job that makes it.
    Raises PermissionMissing.
    """
    if not any(holds(actor, permission, company.pk) for permission in READ_REPORTS):
        raise PermissionMissing(
            _("Your roles do not include “View own connection reports”. Ask an administrator for it.")
        )
    stationery = stationery_of(company=company, reader=actor, at=at)
    report = build_monthly_report(company=company, viewer=actor, names=stationery.names, filters=filters, month=month)
    content_type, make = KINDS[kind]
    content = make(_Order(report, company, actor, stationery, at))
    _enter(report, company=company, actor=actor, kind=kind, job=job, at=at)
    return MonthFile(f"monthly-report-{company.slug}-{month:%Y-%m}.{kind}", content_type, content)


def rows_of(report: MonthlyReport) -> Iterator[list[object]]:
    """The lines of a table, its head first: every row of every part, with minutes as numbers."""
    yield [
        _("Part"),
        _("Name"),
        _("Customer"),
        _("Sessions"),
        _("Duration (minutes)"),
        _("Billable (minutes)"),
        _("Sessions, month before"),
        _("Duration, month before (minutes)"),
        _("Billable, month before (minutes)"),
    ]
    words = {"all": _("All"), "customer": _("Customer"), "device": _("Device"), "supporter": _("Supporter")}
    for part, row in _parts(report):
        yield [words[part], row.name, row.customer, *_figures(row)]


def _parts(report: MonthlyReport) -> Iterator[tuple[str, MonthRow]]:
    """(part, row) of the whole report: the sums of all, then each table's rows in its order."""
    yield "all", report.totals
    for part, rows in (("customer", report.customers), ("device", report.devices), ("supporter", report.supporters)):
        yield from ((part, row) for row in rows or ())


def _figures(row: MonthRow) -> list[float]:
    return [value for sums in (row.now, row.before) for value in (sums.sessions, _minutes(sums.length), sums.billable)]


def _minutes(length: timedelta) -> float:
    return round(length / MINUTE, 2)


def _as_pdf(order: _Order) -> Iterable[bytes]:
    stationery, report = order.stationery, order.report
    named = supporter_names(filters=report.filters, company=order.company, viewer=order.actor)
    paper = lay_out_month(
        report=report,
        company=order.company,
        layout=stationery.layout,
        language=stationery.language,
        supporters=named,
        at=order.at,
    )
    return [render_tables(paper, paper=Paper(stationery.layout.paper))]


def _as_csv(order: _Order) -> Iterable[bytes]:
    return [csv_line(line).encode("utf-8", "replace") for line in rows_of(order.report)]


def _as_xlsx(order: _Order) -> Iterable[bytes]:
    head, *rows = rows_of(order.report)
    return xlsx.workbook(title=f"{order.report.month:%Y-%m}", head=[str(label) for label in head], rows=rows)


def _as_jsonl(order: _Order) -> Iterator[bytes]:
    """One object a line, in ASCII: nothing in it can begin a line or steer a terminal.

    Programs find the same names and parts whoever asks; each line tells its month, so that files of many months may
    be put together.
    """
    month = f"{order.report.month:%Y-%m}"
    lines = (
        json.dumps(
            {"month": month, "part": part, "name": row.name, "customer": row.customer}
            | dict(zip(_KEYS, _figures(row), strict=True))
        )
        for part, row in _parts(order.report)
    )
    while portion := list(islice(lines, PORTION)):
        yield "".join(f"{line}\n" for line in portion).encode()


#: What `_figures` are called for programs; the first three as in lists of sessions.
_KEYS = (
    "sessions",
    "duration_minutes",
    "billable_minutes",
    "sessions_before",
    "duration_minutes_before",
    "billable_minutes_before",
)

#: {kind: (content type, what makes the bytes)}
KINDS: dict[str, tuple[str, Callable[[_Order], Iterable[bytes]]]] = {
    "pdf": ("application/pdf", _as_pdf),
    "csv": ("text/csv; charset=utf-8", _as_csv),
    "xlsx": (xlsx.CONTENT_TYPE, _as_xlsx),
    "jsonl": ("application/x-ndjson", _as_jsonl),
}


@transaction.atomic
def _enter(report: MonthlyReport, *, company: Company, actor: User, kind: str, job: str, at: datetime) -> None:
    for subject_id in sorted(report.revealed):
        record_view(company=company, viewer=actor, subject_id=subject_id, at=at)
    asked = asked_of(Selection(SessionList.REPORTS, report.filters, Window()))
    details = {"format": kind, "month": f"{report.month:%Y-%m}", **asked} | ({"job": job} if job else {})
    audit.record(company=company, actor=actor, action="monthly_report.exported", at=at, details=details)
