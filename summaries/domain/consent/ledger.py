"""What members read in the consent ledger: of one session, and of the company as a list and as CSV."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import Company, User
from insights_portal.lib.text import show_controls
from policies.enums import ConsentAnswer, Reason
from summaries.domain.consent.wording import incoming_notice
from summaries.models import ConsentEntry, ConsentRequest, SupportSession

PAGE_ROWS = 50
COLUMNS = ("time", "session", "device", "answer", "wording", "language", "next_time", "stated_by", "statement")
#: A spreadsheet would run a cell that begins with one of these.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class SessionLedger:
    """*question*: the newest request. *is_given*: consent stands, or the session is kept without one, and may be
    withdrawn. *notice*: what the remote side of an incoming session is told.
    """

    entries: list[ConsentEntry]
    question: ConsentRequest | None
    is_given: bool
    notice: str


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """*first* and *last* are days in the company's zone, both included."""

    answer: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Entries, newest first; *older* is the key of the next page, empty when there is none."""

    entries: list[ConsentEntry]
    older: str


def of_session(*, session: SupportSession, viewer: User) -> SessionLedger:
    """Everything that was asked and answered of a session that *viewer* sees."""
    entries = list(ConsentEntry.objects.visible_to(viewer).filter(session=session).select_related("stated_by"))
    question = ConsentRequest.objects.visible_to(viewer).filter(session=session).select_related("requested_by").first()
    answers = {entry.answer for entry in entries}
    return SessionLedger(
        entries=entries,
        question=question,
        is_given=session.verdict == "YES" and ConsentAnswer.WITHDRAWN not in answers,
        notice=incoming_notice(company=session.company) if session.reason == Reason.INCOMING_POLICY else "",
    )


def entries_of(*, company: Company, viewer: User, narrowed: LedgerFilter) -> QuerySet[ConsentEntry]:
    """The entries of the sessions that *viewer* reaches, newest first."""
    rows: QuerySet[ConsentEntry] = ConsentEntry.objects.visible_to(viewer).filter(company=company)
    zone = ZoneInfo(company.time_zone)
    if narrowed.answer in ConsentAnswer.values:
        rows = rows.filter(answer=narrowed.answer)
    if narrowed.first is not None:
        rows = rows.filter(at__gte=datetime.combine(narrowed.first, time.min, tzinfo=zone))
    if narrowed.last is not None and narrowed.last < date.max:
        rows = rows.filter(at__lt=datetime.combine(narrowed.last + timedelta(days=1), time.min, tzinfo=zone))
    return rows.select_related("session", "device", "stated_by").order_by("-at", "-pk")


def page_of(entries: QuerySet[ConsentEntry], *, before: str = "") -> LedgerPage:
    """One page of *entries*: those before the key *before*; a malformed key counts as none."""
    start = _read_key(before)
    if start is not None:
        # A tuple of the two, spelled so that the index over them serves.
        entries = entries.filter(at__lte=start[0]).exclude(at=start[0], pk__gte=start[1])
    found = list(entries[: PAGE_ROWS + 1])
    rows = found[:PAGE_ROWS]
    return LedgerPage(rows, _key_of(rows[-1]) if len(found) > PAGE_ROWS else "")


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _key_of(entry: ConsentEntry) -> str:
    return f"{(entry.at - _EPOCH) // timedelta(microseconds=1):x}-{entry.pk:x}"


def _read_key(key: str) -> tuple[datetime, int] | None:
    moment, _, pk = key[:40].partition("-")
    try:
        return _EPOCH + timedelta(microseconds=int(moment, 16)), int(pk[:15], 16)
    except (ValueError, OverflowError):
        return None


def table_of(entries: QuerySet[ConsentEntry], *, name_of: Callable[[User], str]) -> Iterator[tuple[str, ...]]:
    """Rows of a CSV file: the heads, then each entry, read piece by piece; no cell is a formula.

    *name_of*: what whoever reads it calls a member.
    """
    yield COLUMNS
    for entry in entries.iterator(chunk_size=500):
        yield tuple(_cells(entry, name_of))


def _cells(entry: ConsentEntry, name_of: Callable[[User], str]) -> Iterable[str]:
    yield entry.at.astimezone(UTC).isoformat(timespec="seconds")
    yield entry.session.label
    yield _defused(entry.device.name if entry.device else "")
    yield entry.answer
    yield entry.wording_version
    yield entry.language
    yield entry.next_time
    yield _defused(name_of(entry.stated_by) if entry.stated_by else "")
    yield _defused(entry.statement)


def _defused(text: str) -> str:
    shown = show_controls(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
