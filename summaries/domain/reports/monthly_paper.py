"""A monthly report as it is printed: under the company's letterhead, in the language of its reports."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import dateformat, translation
from django.utils.translation import get_language_bidi

from accounts.models import Company
from insights_portal.lib.text import listed, set_apart, show_controls
from summaries.domain.reading.chips import chips
from summaries.domain.reports.connection_reports import MAX_ROWS, letterhead_of
from summaries.domain.reports.language import ReportLanguage
from summaries.domain.reports.monthly import MonthlyReport, MonthRow, Sums
from summaries.domain.reports.report_values import Particular
from summaries.domain.reports.table_values import Cell, PaperTable, TableReport
from summaries.domain.reports.words.monthly import MONTHLY
from summaries.models import ReportLayout


def lay_out_month(
    *,
    report: MonthlyReport,
    company: Company,
    layout: ReportLayout,
    language: str,
    supporters: Mapping[str, str],
    at: datetime,
) -> TableReport:
    """*language*: a SummaryLanguage value. *supporters*: {id: name} of those that the report is filtered by."""
    words, own = ReportLanguage(language=language, zone=ZoneInfo(report.zone)), MONTHLY[language]
    with translation.override(language):
        title = dateformat.format(report.month, own["month"])
        named = filters_in_words(report, supporters=supporters)
    tables = (
        _table(report.customers, own["by_customer"], words["customer"], words, own["no_customer"]),
        _table(report.devices, own["by_device"], words["device"], words, own["no_device"]),
        _table(report.supporters, own["by_supporter"], words["supporter"], words, ""),
    )
    return TableReport(
        language=language,
        direction=words.direction,
        letterhead=letterhead_of(company, layout),
        name=own["report"],
        number=f"{report.month:%Y-%m}",
        date=words.long_date(at),
        title=title,
        subtitle=own["zone"].format(report.zone),
        particulars=_particulars(report.totals, words),
        notes=(*_rule(report, own), *((own["filters"].format(named),) if named else ())),
        tables=tables if report.totals.now.sessions or report.totals.before.sessions else (_nothing(own),),
        page=words["page"],
        of=words["of"],
        written_at=at,
    )


def filters_in_words(report: MonthlyReport, *, supporters: Mapping[str, str]) -> str:
    """What the report is narrowed to beside its month, in the active language: `Device: ACC-14, State: Failed`."""
    found = chips(report.filters.changed(since="", until=""), supporters=supporters)
    line = "rtl" if get_language_bidi() else "ltr"
    return listed(f"{chip.label}: {set_apart(show_controls(str(chip.value)), direction=line)}" for chip in found)


def _particulars(totals: MonthRow, words: ReportLanguage) -> tuple[Particular, ...]:
    own = MONTHLY[words.language]
    running = f" ({own['running'].format(totals.now.running)})" if totals.now.running else ""
    return (
        Particular(own["sessions"], f"{totals.now.sessions}{running}"),
        Particular(own["time"], words.duration(totals.now.length)),
        Particular(own["billable"], words.duration(totals.now.billable_length)),
        *(Particular(f"{own['before']}: {own[name]}", value) for name, value in _before(totals.before, words)),
    )


def _before(before: Sums, words: ReportLanguage) -> Iterable[tuple[str, str]]:
    return (
        ("sessions", f"{before.sessions}"),
        ("time", words.duration(before.length)),
        ("billable", words.duration(before.billable_length)),
    )


def _rule(report: MonthlyReport, own: Mapping[str, str]) -> tuple[str, ...]:
    rule = report.rule
    minimum = (own["minimum"].format(rule.minimum),) if rule.minimum else ()
    return (own[rule.rounding].format(rule.step), *minimum)


def _table(rows: list[MonthRow] | None, heading: str, label: str, words: ReportLanguage, nameless: str) -> PaperTable:
    own = MONTHLY[words.language]
    if rows is None:
        return PaperTable(heading, foot=own["too_few"])
    head = (
        Cell(label),
        *(Cell(own[name], is_number=True) for name in ("sessions", "time", "billable")),
        Cell(f"{own['before']}: {own['billable']}", is_number=True),
    )
    return PaperTable(
        heading,
        head,
        tuple(_cells(row, words, nameless) for row in rows[:MAX_ROWS]),
        words["more"].format(len(rows) - MAX_ROWS) if len(rows) > MAX_ROWS else "",
    )


def _cells(row: MonthRow, words: ReportLanguage, nameless: str) -> tuple[Cell, ...]:
    name = ", ".join(filter(None, (row.name or nameless, row.customer)))
    return (
        Cell(show_controls(name)),
        Cell(f"{row.now.sessions}", is_number=True),
        Cell(words.duration(row.now.length), is_number=True),
        Cell(words.duration(row.now.billable_length), is_number=True),
        Cell(words.duration(row.before.billable_length), is_number=True),
    )


def _nothing(own: Mapping[str, str]) -> PaperTable:
    return PaperTable(own["by_customer"], foot=own["empty"])
