"""What the page of the audit log reads: filters as they stand in the address, pages by keyset."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from django.db.models import Q, QuerySet

from accounts.domain.audit_actions import GROUPS, WORDS
from accounts.domain.audit_objects import ids_of_session, kind_of, names_of
from accounts.domain.audit_words import Change, changes_of, summary_of, title_of
from accounts.models import AuditEntry, Company, User
from insights_portal.lib.keyset import page_of

PAGE_ROWS = 50
#: Counting stops here.
COUNT_CAP = 10_000
#: Rows that an export reads at once.
EXPORT_ROWS = 1_000
#: What nobody did: the queue, a command, a failed sign-in.
NOBODY = "nobody"
_NEWEST_FIRST, _OLDEST_FIRST = ("-at", "-pk"), ("at", "pk")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_CHARS = 100
_LONGEST_KEY = 18


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """Each field is a parameter of the address; empty: no filter. *person* is a user's id or `nobody`."""

    q: str = ""
    person: str = ""
    group: str = ""
    since: str = ""
    until: str = ""
    object_type: str = ""
    object_id: str = ""

    def values(self) -> dict[str, str]:
        """What narrows the log."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in found.items() if value}

    def address(self, **changes: str) -> str:
        """The query of the address with *changes*, without `?`."""
        return urlencode(replace(self, **changes).values())


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries, newest first, and the keys of the pages beside; an empty key: there is none. *count* is capped."""

    entries: list[AuditEntry]
    newer: str
    older: str
    count: int


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """An entry in words. *place* is its number in the chain of seals; 0: not sealed yet."""

    entry: AuditEntry
    title: str
    summary: str
    object_kind: str
    object_name: str
    place: int
    changes: list[Change]


def tell(*, company: Company, entries: list[AuditEntry]) -> list[ToldEntry]:
    """The entries in words, in their order; one query for each kind of object among them."""
    names = names_of(company=company, entries=entries)
    return [
        ToldEntry(
            entry=entry,
            title=title_of(entry.action),
            summary=summary_of(entry.details),
            object_kind=kind_of(entry.object_type) if entry.object_type else "",
            object_name=names.get((entry.object_type, entry.object_id), ""),
            place=entry.seal.sequence if hasattr(entry, "seal") else 0,
            changes=changes_of(entry.details),
        )
        for entry in entries
    ]


def read_filters(parameters: Mapping[str, str]) -> AuditFilters:
    """Read the filters of an address. What is unknown or malformed counts as absent."""
    found = {}
    for field in fields(AuditFilters):
        value = parameters.get(field.name, "").replace("\x00", "").strip()[:_MAX_CHARS]
        if value and _is_valid(field.name, value):
            found[field.name] = value
    return AuditFilters(**found)


def _is_valid(name: str, value: str) -> bool:
    if name == "person":
        return value == NOBODY or _is_key(value)
    if name == "group":
        return value in GROUPS
    return _day(value) is not None if name in ("since", "until") else True


def _is_key(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= _LONGEST_KEY


def _day(text: str) -> date | None:
    """A day that has a midnight in every zone; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year > date.min.year else None


def people_of(*, company: Company) -> QuerySet[User]:
    """Whom the log can be narrowed to: everyone who is or was a member."""
    return User.objects.filter(memberships__company=company).order_by("name", "pk")


def entries_of(*, company: Company, viewer: User, filters: AuditFilters, zone: tzinfo) -> QuerySet[AuditEntry]:
    """The entries of *company* that *viewer* may see and *filters* leave; days are those of *zone*."""
    entries: QuerySet[AuditEntry] = AuditEntry.objects.visible_to(viewer).of_company(company)
    if filters.person:
        entries = entries.filter(actor=None) if filters.person == NOBODY else entries.filter(actor=int(filters.person))
    if filters.group:
        entries = entries.filter(action__in=list(GROUPS[filters.group]))
    if filters.object_type:
        entries = entries.filter(object_type=filters.object_type)
    if filters.object_id:
        entries = entries.filter(object_id=filters.object_id)
    if first := _day(filters.since):
        entries = entries.filter(at__gte=_midnight(first, zone))
    if (last := _day(filters.until)) and last < date.max:
        entries = entries.filter(at__lt=_midnight(last + timedelta(days=1), zone))
    return entries.filter(_matching(company, filters.q)) if filters.q else entries


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _matching(company: Company, text: str) -> Q:
    """Events by their words or code, people by name or address of theirs, sessions by number, network addresses."""
    low = text.casefold()
    actions = [action for action, words in WORDS.items() if low in str(words).casefold() or low in action]
    people = people_of(company=company).filter(Q(name__icontains=text) | Q(email__iexact=text))
    found = Q(action__in=[*actions, text]) | Q(object_id=text)
    found |= Q(actor__in=list(people.values_list("pk", flat=True)[:PAGE_ROWS]))
    number = low.removeprefix("s-")
    if low.startswith("s-") and _is_key(number):
        found |= Q(object_id__in=ids_of_session(company=company, number=int(number)))
    return found | Q(address=text) if _is_address(text) else found


def _is_address(text: str) -> bool:
    try:
        validate_ipv46_address(text)
    except ValidationError:
        return False
    return True


def audit_page(entries: QuerySet[AuditEntry], *, before: str = "", after: str = "") -> AuditPage:
    """One page, newest first: entries older than the key *before*, or newer than *after*; a malformed key is none."""
    count = entries.order_by()[: COUNT_CAP + 1].count()
    rows = entries.select_related("actor", "seal")
    older_than, newer_than = _read_key(before), _read_key(after)
    if newer_than:
        found = list(page_of(rows, order=_OLDEST_FIRST, position=newer_than, count=PAGE_ROWS + 1))
        has_newer, has_older = len(found) > PAGE_ROWS, True
        page = found[:PAGE_ROWS][::-1]
    else:
        found = list(page_of(rows, order=_NEWEST_FIRST, position=older_than or (), count=PAGE_ROWS + 1))
        has_newer, has_older = older_than is not None, len(found) > PAGE_ROWS
        page = found[:PAGE_ROWS]
    newer = _key_of(page[0]) if page and has_newer else ""
    return AuditPage(page, newer, _key_of(page[-1]) if page and has_older else "", count)


def all_rows(entries: QuerySet[AuditEntry]) -> Iterator[list[AuditEntry]]:
    """Every entry, newest first, in batches: however many there are, few are held."""
    rows = entries.select_related("actor", "seal")
    batch = list(page_of(rows, order=_NEWEST_FIRST, count=EXPORT_ROWS))
    while batch:
        yield batch
        last = (batch[-1].at, batch[-1].pk)
        batch = list(page_of(rows, order=_NEWEST_FIRST, position=last, count=EXPORT_ROWS))


def _key_of(entry: AuditEntry) -> str:
    return f"{(entry.at - _EPOCH) // timedelta(microseconds=1):x}-{entry.pk:x}"


def _read_key(key: str) -> tuple[datetime, int] | None:
    moment, _, pk = key[:_MAX_CHARS].partition("-")
    try:
        return _EPOCH + timedelta(microseconds=int(moment, 16)), int(pk[:15], 16)
    except (ValueError, OverflowError):
        return None
