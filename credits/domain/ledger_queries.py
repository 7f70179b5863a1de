"""What members read in the ledger: its entries, each with the balance after it, page by page and as a table.

The balance after an entry is the sum of all entries of the company up to it, whatever is filtered. Entries of one page
and the balances between them are summed by the database in one pass over an index.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Company, User
from credits.domain.ledger_filters import LedgerFilter, condition_of
from credits.domain.wording import grant_name
from credits.models import Entry, Grant

PAGE_ROWS = 50
#: Rows of a file that are read at a time.
CHUNK_ROWS = 2_000
COLUMNS = ("time", "type", "session", "member", "amount", "held", "balance", "grant", "note")


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One entry, with the company's balance after it."""

    entry: Entry
    balance: int

    @property
    def is_metered(self) -> bool:
        """Whether it was only counted: a session in meter-only mode, which moves no credit."""
        return self.entry.reservation_id is not None and self.entry.grant_id is None

    @property
    def member(self) -> User | None:
        """The session's supporter; of a line without a session, who wrote it."""
        reservation = self.entry.reservation
        found: User | None = reservation.member if reservation else self.entry.actor
        return found

    @property
    def session_label(self) -> str:
        """How pages name the session; sessions from before labels were kept by the head of their id."""
        reservation = self.entry.reservation
        if reservation is None:
            return ""
        return reservation.session_label or str(reservation.session_id)[:8]

    @property
    def grant(self) -> str:
        return grant_name(self.entry.grant) if self.entry.grant else ""

    @property
    def note(self) -> str:
        if self.is_metered:
            return _("Counted only")
        # A reason, or the number of an order, stands with the grant already.
        is_told = self.entry.note in (self.grant.partition(", ")[2], f"Order {self.grant.partition(', ')[2]}")
        return "" if is_told else self.entry.note


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Rows, newest first; *older* is the key of the next page, empty when there is none."""

    rows: list[LedgerRow]
    older: str


def entries_of(*, company: Company, viewer: User, narrowed: LedgerFilter) -> QuerySet[Entry]:
    """The entries of *company* that *viewer* may read and that pass the filters, newest first."""
    rows: QuerySet[Entry] = Entry.objects.visible_in(viewer, company)
    return rows.filter(condition_of(narrowed, company=company)).order_by("-pk")


def page_of(*, company: Company, entries: QuerySet[Entry], before: str = "") -> LedgerPage:
    """One page of *entries*: those before the key *before*; a malformed key counts as none. Two queries."""
    start = _read_key(before)
    if start is not None:
        entries = entries.filter(pk__lt=start)
    found = list(with_names(entries)[: PAGE_ROWS + 1])
    rows = rows_of(company=company, entries=found[:PAGE_ROWS])
    return LedgerPage(rows, f"{rows[-1].entry.pk:x}" if len(found) > PAGE_ROWS else "")


def table_of(
    *, company: Company, entries: QuerySet[Entry], name_of: Callable[[User], str]
) -> Iterator[tuple[object, ...]]:
    """Rows of a CSV file: the heads, then each entry as the pages show it, read piece by piece.

    *name_of*: what whoever reads it calls a member.
    """
    yield COLUMNS
    # Grants and members are few: each is read once for all rows of a chunk.
    rows = entries.select_related("reservation").prefetch_related("grant__order", "reservation__member", "actor")
    chunk = list(rows[:CHUNK_ROWS])
    while chunk:
        for row in rows_of(company=company, entries=chunk):
            yield _cells(row, name_of)
        chunk = list(rows.filter(pk__lt=chunk[-1].pk)[:CHUNK_ROWS])


def rows_of(*, company: Company, entries: list[Entry]) -> list[LedgerRow]:
    """*entries* of the company, in their order, with the balance after each."""
    balances = _balances(company, [entry.pk for entry in entries])
    return [LedgerRow(entry, balances[entry.pk]) for entry in entries]


def words_for(*, company: Company, narrowed: LedgerFilter, name_of: Callable[[User], str]) -> Mapping[str, str]:
    """Words for the ids in the filters, as far as they are rows of the company."""
    names = {}
    if narrowed.member:
        entries = Entry.objects.filter(company=company, reservation__member=int(narrowed.member))
        found = entries.select_related("reservation__member").first()
        names["member"] = name_of(found.reservation.member) if found else _("unknown")
    if narrowed.grant:
        grant = Grant.objects.filter(company=company, pk=int(narrowed.grant)).select_related("order").first()
        names["grant"] = grant_name(grant) if grant else _("unknown")
    return names


def with_names(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """*entries* with all that a row tells of them."""
    return entries.select_related("grant__order", "reservation__member", "actor")


def _cells(row: LedgerRow, name_of: Callable[[User], str]) -> tuple[object, ...]:
    entry, member = row.entry, row.member
    return (
        entry.at.astimezone(UTC).isoformat(timespec="seconds"),
        entry.get_kind_display(),
        row.session_label,
        name_of(member) if member else "",
        entry.amount,
        entry.held,
        row.balance,
        row.grant,
        row.note,
    )


#: For each of the ids the sum up to it, as a running sum over the gaps between them: every entry is read once.
_BALANCES = """
WITH page AS (
    SELECT id, LAG(id, 1, 0) OVER (ORDER BY id) AS previous FROM credits_entry WHERE id IN ({places})
), gaps AS (
    SELECT page.id, COALESCE((
        SELECT SUM(e.amount) FROM credits_entry e
        WHERE e.company_id = %s AND e.amount <> 0 AND e.id > page.previous AND e.id <= page.id
    ), 0) AS moved FROM page
)
SELECT id, SUM(moved) OVER (ORDER BY id) FROM gaps
"""


def _balances(company: Company, ids: list[int]) -> dict[int, int]:
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES.format(places=", ".join(["%s"] * len(ids))), [*ids, company.pk])
        return {pk: int(balance) for pk, balance in cursor}


def _read_key(key: str) -> int | None:
    try:
        return int(key[:15], 16)
    except ValueError:
        return None
