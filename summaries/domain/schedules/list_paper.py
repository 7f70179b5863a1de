"""A list of sessions on paper: the plain facts of each, under the company's letterhead."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Company, User
from insights_portal.lib.numbers import grouped
from insights_portal.lib.pdf import Paper
from insights_portal.lib.text import show_controls
from summaries.domain.exports.rows import ExportedSession
from summaries.domain.reports.connection_reports import letterhead_of
from summaries.domain.reports.export import stationery_of
from summaries.domain.reports.language import ReportLanguage
from summaries.domain.reports.table_pdf import render_tables
from summaries.domain.reports.table_values import Cell, PaperTable, TableReport

#: Rows on paper; a longer list is one for a spreadsheet.
MOST_ROWS = 1_000


def list_pdf(
    portions: Iterable[list[ExportedSession]], *, company: Company, reader: User, title: str, total: int, at: datetime
) -> bytes:
    """The PDF, in the active language. *total*: sessions of the list, which may be more than stand on the paper."""
    kept: list[ExportedSession] = []
    for rows in portions:
        # The rest is read for what reading them notes.
        kept.extend(rows[: MOST_ROWS - len(kept)])
    stationery = stationery_of(company=company, reader=reader, at=at)
    words = ReportLanguage(language=_spoken(), zone=ZoneInfo(company.time_zone))
    counted = ngettext("%(count)s session", "%(count)s sessions", total) % {"count": grouped(total)}
    report = TableReport(
        language=words.language,
        direction=words.direction,
        letterhead=letterhead_of(company, stationery.layout),
        name=_("Sessions"),
        number=f"{at.astimezone(words.zone):%Y-%m-%d}",
        date=words.moment(at),
        title=show_controls(title),
        subtitle=f"{counted} · {company.time_zone}",
        particulars=(),
        notes=(),
        tables=(_table(kept, words, total),),
        page=words["page"],
        of=words["of"],
        written_at=at,
    )
    return render_tables(report, paper=Paper(stationery.layout.paper))


def _spoken() -> str:
    """The active language, which a report has words for; English for a dialect that it does not."""
    language = (get_language() or "en").split("-")[0]
    return language if language in dict(settings.LANGUAGES) else "en"


def _table(rows: list[ExportedSession], words: ReportLanguage, total: int) -> PaperTable:
    head = (
        Cell(_("Session")),
        Cell(words["start"]),
        Cell(words["device"]),
        Cell(words["customer"]),
        Cell(words["supporter"]),
        Cell(_("Duration"), is_number=True),
        Cell(_("Billable"), is_number=True),
    )
    more = total - len(rows)
    foot = ngettext(
        "%(count)s more is in the list, and in a file for spreadsheets.",
        "%(count)s more are in the list, and in a file for spreadsheets.",
        more,
    ) % {"count": grouped(more)}
    return PaperTable("", head, tuple(_cells(row, words) for row in rows), foot if more > 0 else "")


def _cells(row: ExportedSession, words: ReportLanguage) -> tuple[Cell, ...]:
    figures = (row.duration_minutes, row.billable_minutes)
    return (
        Cell(row.label),
        Cell(words.listed((words.short_date(row.started_at), words.clock(row.started_at)))),
        *(Cell(show_controls(text) or "–") for text in (row.device, row.customer, row.supporter)),
        *(Cell("–" if each is None else words.duration(timedelta(minutes=each)), is_number=True) for each in figures),
    )
