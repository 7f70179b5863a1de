"""A report of tables as values: what stands on the paper, in order, and nothing of how it looks."""

from dataclasses import dataclass
from datetime import datetime

from summaries.domain.reports.report_values import Letterhead, Particular


@dataclass(frozen=True, slots=True)
class Cell:
    """*is_number*: it stands below the others' ends."""

    text: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class PaperTable:
    """The first cell of a row names it. *foot*: what is said below, or instead of the rows."""

    heading: str
    head: tuple[Cell, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    foot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReport:
    """*language* is that of the labels, *direction* the way in which it is written. *number* tells reports apart."""

    language: str
    direction: str
    letterhead: Letterhead
    name: str
    number: str
    date: str
    title: str
    subtitle: str
    particulars: tuple[Particular, ...]
    notes: tuple[str, ...]
    tables: tuple[PaperTable, ...]
    page: str
    of: str
    written_at: datetime
    ticket: str = ""
