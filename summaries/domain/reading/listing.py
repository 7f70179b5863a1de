"""One page of a list of sessions, by keyset in its order, and how many there are, to a limit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce, Lower

from accounts.models import Company, User
from accounts.permissions import Permission
from insights_portal.lib.keyset import beyond, page_of
from insights_portal.lib.numbers import grouped
from insights_portal.lib.plain_rows import rows_of
from summaries.domain.reading.insights import LENGTH, MICROSECOND
from summaries.domain.reading.layout import ORDERS, Order
from summaries.domain.reading.plain_sessions import PlainSession, read_plainly
from summaries.domain.reading.search_pages import BEST, Search, best_found, first_found
from summaries.models import Summary, SupportSession
from summaries.models.reach import reached_in

PAGE_ROWS = 50
#: Further than this no list is counted: the figure says less than the wait for it costs.
MOST_COUNTED = 10_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGER_THAN_ANY = timedelta(days=365 * 10_000)
#: What orders sort by that is no column of its own.
_MADE: dict[str, Any] = {
    "length": Coalesce(LENGTH, Value(timedelta())),
    "by_device": Lower(Coalesce("device__name", Value(""))),
    "by_remote_user": Lower("remote_user"),
    "by_ticket": Lower("ticket"),
}
_MAX_KEY_CHARS = 40


class ListedSession(PlainSession, frozen=True):
    """What a row of a page shows."""

    device__group_id: int | None
    summary__pk: int | None
    summary__title: str | None

    @property
    def length(self) -> timedelta:
        """The duration; none of a session that has not ended."""
        return self.duration or timedelta()


@dataclass(frozen=True, slots=True)
class SessionPage:
    """Rows of a list and the keys of its neighbours, as an address holds them; an empty key: there is no such page."""

    rows: list[ListedSession]
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """How many sessions a list holds; where *is_capped*, more than that."""

    sessions: int
    is_capped: bool = False

    def __str__(self) -> str:
        return f"{grouped(self.sessions)}{'+' if self.is_capped else ''}"


def session_page(
    sessions: QuerySet[SupportSession],
    *,
    sort: str = "",
    before: str = "",
    after: str = "",
    search: Search | None = None,
    reached: QuerySet[SupportSession] | None = None,
) -> SessionPage:
    """One page of *sessions* in the order *sort* (of ORDERS): what follows the key *before*, or precedes *after*.

    A malformed key counts as none. *search* narrows them further, and can be sorted by BEST too. *reached*: where the
    session that a key names is looked for (see `_position`), which *sessions* may no longer hold.
    """
    if sort == BEST:
        if search:
            return _best_page(sessions, search, before=before, after=after)
        sort = ""
    order = ORDERS[sort]
    known = sessions if reached is None else reached
    following, preceding = _position(known, before, order), _position(known, after, order)
    if preceding:
        found = _walk(sessions, order=order, start=preceding, backwards=True, search=search)
        rows = found[:PAGE_ROWS][::-1]
        return SessionPage(rows, *_keys(rows, order, has_previous=len(found) > PAGE_ROWS, has_next=True))
    found = _walk(sessions, order=order, start=following, search=search)
    rows = found[:PAGE_ROWS]
    return SessionPage(rows, *_keys(rows, order, has_previous=following is not None, has_next=len(found) > PAGE_ROWS))


def count_found(sessions: QuerySet[Any], *, most: int | None = None) -> Found:
    """Count *sessions*, to *most* or else MOST_COUNTED."""
    limit = MOST_COUNTED if most is None else most
    count = sessions.order_by().values("pk")[: limit + 1].count()
    return Found(min(count, limit), is_capped=count > limit)


def readable_among(*, viewer: User, company: Company, rows: Iterable[ListedSession]) -> set[int]:
    """The keys of those of *rows*, which *viewer* sees, whose summaries they may read. No query for any row."""
    reached = reached_in(viewer, company.pk, (Permission.VIEW_SUMMARIES,))
    return {
        row.pk
        for row in rows
        if reached.is_whole_company or reached.covers(row.supporter_id, row.device__group_id, viewer)
    }


def applications_of(rows: Iterable[ListedSession]) -> Mapping[int, list[str]]:
    """{summary: names of its applications} of *rows*, in one query."""
    return _labels(rows, Summary.applications.through.objects.all(), "application__name")


def issue_types_of(rows: Iterable[ListedSession]) -> Mapping[int, list[str]]:
    """{summary: names of its issue types} of *rows*, in one query."""
    return _labels(rows, Summary.issue_types.through.objects.all(), "issuetype__name")


def _labels(rows: Iterable[ListedSession], links: QuerySet[Any], path: str) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    ids = [row.summary__pk for row in rows if row.summary__pk]
    if ids:
        for summary_id, name in rows_of(links.filter(summary__in=ids).order_by(path).values_list("summary_id", path)):
            found.setdefault(summary_id, []).append(name)
    return found


def key_of(row: Any, sort: str = "") -> str:
    """The place of a session in the list: microseconds since 1970 or of its length, or its number, and id; all of it
    in hexadecimal. Words stay out of addresses: of these orders it is the id alone.
    """
    if ORDERS[sort].is_text:
        return f"-{row.pk:x}"
    value = getattr(row, ORDERS[sort].column)
    since = value - _EPOCH if isinstance(value, datetime) else value
    place = since // MICROSECOND if isinstance(since, timedelta) else since
    return f"{place:x}-{row.pk:x}"


def _walk(
    sessions: QuerySet[SupportSession],
    *,
    order: Order,
    start: tuple[Any, int] | None,
    backwards: bool = False,
    search: Search | None = None,
) -> list[ListedSession]:
    """The next rows from *start* on, and one more when there is one."""
    sign = "-" if order.is_descending != backwards else ""
    keys = (f"{sign}{order.column}", f"{sign}pk")
    sessions = _with_column(sessions, order)
    if start:
        sessions = beyond(sessions, order=keys, position=start)
    if not order.is_indexed:
        # Their keys first: the database would join all that it sorts to what a page shows of fifty.
        ids = page_of(search.find(sessions) if search else sessions, order=keys, count=PAGE_ROWS + 1)
        sessions = sessions.filter(pk__in=list(ids.values_list("pk", flat=True)))
    elif search:
        sessions = sessions.filter(pk__in=first_found(sessions, search=search, order=keys, limit=PAGE_ROWS + 1))
    return read_plainly(page_of(sessions, order=keys, count=PAGE_ROWS + 1), ListedSession)


def _with_column(sessions: QuerySet[SupportSession], order: Order) -> QuerySet[SupportSession]:
    return sessions.annotate(**{order.column: _MADE[order.column]}) if order.column in _MADE else sessions


def _best_page(sessions: QuerySet[SupportSession], search: Search, *, before: str, after: str) -> SessionPage:
    """A page of the best matches; its keys are places among them, in hexadecimal."""
    ids = best_found(sessions, search=search)
    start = _place(before) if before else max(_place(after) - PAGE_ROWS, 0)
    wanted = ids[start : start + PAGE_ROWS]
    found = {row.pk: row for row in read_plainly(sessions.filter(pk__in=wanted), ListedSession)}
    # One that was deleted meanwhile is left out.
    rows = [found[pk] for pk in wanted if pk in found]
    end = start + PAGE_ROWS
    return SessionPage(rows, f"{start:x}" if start else "", f"{end:x}" if end < len(ids) else "")


def _place(key: str) -> int:
    try:
        return max(int(key[:4], 16), 0)
    except ValueError:
        return 0


def _keys(rows: list[ListedSession], order: Order, *, has_previous: bool, has_next: bool) -> tuple[str, str]:
    if not rows:
        return "", ""
    sort = next(code for code, each in ORDERS.items() if each is order)
    return key_of(rows[0], sort) if has_previous else "", key_of(rows[-1], sort) if has_next else ""


def _position(known: QuerySet[SupportSession], key: str, order: Order) -> tuple[Any, int] | None:
    """What *key* says; where it names the session alone, the words by which that is in its place, of those *known*."""
    if not order.is_text:
        return _read_key(key, order)
    named = _read_key(f"0{key}", ORDERS["number"]) if key.startswith("-") else None
    if named is None:
        return None
    found = _with_column(known.order_by(), order).filter(pk=named[1]).values_list(order.column, "pk")[:1]
    return next(iter(found), None)


def _read_key(key: str, order: Order) -> tuple[Any, int] | None:
    place, _, pk = key[:_MAX_KEY_CHARS].partition("-")
    try:
        value, last = int(place, 16), int(pk[:15], 16)
        if order.column == "number":
            return (value, last) if 0 <= value < 2**31 else None
        since = timedelta(microseconds=value)
        if order.column == "length":
            return (since, last) if since < _LONGER_THAN_ANY else None
        return _EPOCH + since, last
    except (ValueError, OverflowError):
        return None
