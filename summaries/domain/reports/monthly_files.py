"""A monthly report to take away: PDF, CSV, a workbook. Each holds the figures that the page shows under its filters."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

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


@dataclass(frozen=True, slots=True)
class MonthFile:
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
    yield _row(_("All"), report.totals)
    for part, rows in (
        (_("Customer"), report.customers),
        (_("Device"), report.devices),
        (_("Supporter"), report.supporters or []),
    ):
        yield from (_row(part, row) for row in rows)


def _row(part: str, row: MonthRow) -> list[object]:
    figures = [
        value for sums in (row.now, row.before) for value in (sums.sessions, _minutes(sums.length), sums.billable)
    ]
    return [part, row.name, row.customer, *figures]


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


#: {kind: (content type, what makes the bytes)}
KINDS: dict[str, tuple[str, Callable[[_Order], Iterable[bytes]]]] = {
    "pdf": ("application/pdf", _as_pdf),
    "csv": ("text/csv; charset=utf-8", _as_csv),
    "xlsx": (xlsx.CONTENT_TYPE, _as_xlsx),
}


@transaction.atomic
def _enter(report: MonthlyReport, *, company: Company, actor: User, kind: str, job: str, at: datetime) -> None:
    for subject_id in sorted(report.revealed):
        record_view(company=company, viewer=actor, subject_id=subject_id, at=at)
    asked = asked_of(Selection(SessionList.REPORTS, report.filters, Window()))
    details = {"format": kind, "month": f"{report.month:%Y-%m}", **asked} | ({"job": job} if job else {})
    audit.record(company=company, actor=actor, action="monthly_report.exported", at=at, details=details)
