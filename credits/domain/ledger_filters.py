"""The filters of the ledger as they stand in the address: read, applied, told as chips."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext_lazy

from accounts.models import Company
from credits.domain.history import COUNTED_STATES, month_named
from credits.domain.use import NO_GROUP, NO_POLICY, NOBODY
from credits.domain.wording import month_name
from credits.enums import EntryKind
from insights_portal.lib.periods import moment_of, next_month

#: Rows whose session has no member, policy or group.
WITHOUT = {"member": NOBODY, "policy": NO_POLICY, "group": NO_GROUP}
_LABELS = {
    "month": gettext_lazy("Month"),
    "used_in": gettext_lazy("Used in"),
    "first": gettext_lazy("From"),
    "last": gettext_lazy("To"),
    "kind": gettext_lazy("Type"),
    "member": gettext_lazy("Member"),
    "grant": gettext_lazy("Grant"),
    "session": gettext_lazy("Session"),
    "policy": gettext_lazy("Policy"),
    "group": gettext_lazy("Device group"),
    "without": gettext_lazy("Without"),
}
_MOST_CHARS = 80
_LONGEST_ID = 15


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Each field is a parameter of the address; empty: no filter. All of them must hold.

    *month* (`2026-11`), *first* and *last* (days, both included) are about an entry's own moment in the company's
    zone; *used_in* is the month that a session is counted in, whenever its entries were written. *member* and *grant*
    are ids.
    """

    month: str = ""
    used_in: str = ""
    first: str = ""
    last: str = ""
    kind: str = ""
    member: str = ""
    grant: str = ""
    session: str = ""
    policy: str = ""
    group: str = ""
    without: str = ""

    def values(self) -> dict[str, str]:
        """What is filtered, by the name of its parameter."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in found.items() if value}

    def query(self, **changes: str) -> str:
        """The query of the address with *changes*, without `?`."""
        return urlencode(replace(self, **changes).values())


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    value: str
    #: The query that takes it away.
    remove: str


def read_filter(parameters: Mapping[str, str]) -> LedgerFilter:
    """Read the filters of an address. What is unknown or malformed counts as absent."""
    found = {}
    for field in fields(LedgerFilter):
        value = parameters.get(field.name, "").replace("\x00", "").strip()[:_MOST_CHARS]
        if value and _VALID.get(field.name, bool)(value):
            found[field.name] = value
    return LedgerFilter(**found)


def condition_of(narrowed: LedgerFilter, *, company: Company) -> Q:
    """What an entry must be to pass all filters."""
    condition = Q()
    for name, value in narrowed.values().items():
        condition &= _CONDITIONS[name](value, company.time_zone)
    return condition


def chips(narrowed: LedgerFilter, *, names: Mapping[str, str]) -> list[Chip]:
    """What is filtered, each with the query that takes it away. *names*: words for a value, by parameter."""
    return [
        Chip(str(_LABELS[name]), names.get(name) or _shown(name, value), narrowed.query(**{name: ""}))
        for name, value in narrowed.values().items()
    ]


def _shown(name: str, value: str) -> str:
    if name in ("month", "used_in"):
        month = month_named(value)
        return month_name(month) if month else value
    if name == "kind":
        return str(EntryKind(value).label)
    return str(WITHOUT[value]) if name == "without" else value


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1 < found.year < date.max.year else None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID


def _within(value: str, zone: str) -> Q:
    month = month_named(value) or date.max
    return Q(at__gte=moment_of(month, zone=zone), at__lt=moment_of(next_month(month), zone=zone))


def _from(value: str, zone: str) -> Q:
    return Q(at__gte=moment_of(date.fromisoformat(value), zone=zone))


def _to(value: str, zone: str) -> Q:
    return Q(at__lt=moment_of(date.fromisoformat(value) + timedelta(days=1), zone=zone))


def _without(value: str, zone: str) -> Q:  # noqa: ARG001 - one shape for all
    sessions = Q(reservation__isnull=False)
    none = {"member": Q(reservation__member=None), "policy": Q(reservation__policy="")}
    return sessions & none.get(value, Q(reservation__device_group=""))


_VALID: dict[str, Callable[[str], bool]] = {
    "month": lambda value: month_named(value) is not None,
    "used_in": lambda value: month_named(value) is not None,
    "first": lambda value: _day(value) is not None,
    "last": lambda value: _day(value) is not None,
    "kind": lambda value: value in EntryKind.values,
    "member": _is_id,
    "grant": _is_id,
    "without": lambda value: value in WITHOUT,
}
_CONDITIONS: dict[str, Callable[[str, str], Q]] = {
    "month": _within,
    "used_in": lambda value, _: Q(reservation__month_date=month_named(value), reservation__state__in=COUNTED_STATES),
    "first": _from,
    "last": _to,
    "kind": lambda value, _: Q(kind=value),
    "member": lambda value, _: Q(reservation__member=int(value)),
    "grant": lambda value, _: Q(grant=int(value)),
    "session": lambda value, _: Q(reservation__session_label=value.upper()),
    "policy": lambda value, _: Q(reservation__policy=value),
    "group": lambda value, _: Q(reservation__device_group=value),
    "without": _without,
}
