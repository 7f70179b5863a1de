"""The filters of a list as chips: what each is called, and the address that takes it away."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, User, UserGroup
from summaries.domain.reading.conditions import CONDITIONS
from summaries.domain.reading.filters import CHOICES, NAMELESS, PERIODS, SessionFilters
from summaries.models import Application, IssueType, SupportSession

LABELS = {
    "q": _("Search"),
    "issue_type": _("Issue type"),
    "application": _("Application"),
    "supporter": _("Supporter"),
    "user_group": _("Group of members"),
    "device": _("Device"),
    "device_group": _("Device group"),
    "customer": _("Customer"),
    "state": _("State"),
    "outcome": _("Outcome"),
    "direction": _("Direction"),
    "engine": _("Engine"),
    "language": _("Language"),
    "since": _("From"),
    "until": _("Until"),
    "period": _("Period"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """*is_gone*: what is filtered by is no longer there, or nothing that the viewer sees has it."""

    label: str
    value: str
    remove_address: str
    is_gone: bool = False


def supporter_names(*, filters: SessionFilters, company: Company, viewer: User) -> dict[str, str]:
    """{id: name} of the supporters that *filters* name and whose sessions *viewer* sees; a query for each."""
    seen = SupportSession.objects.visible_in(viewer, company).order_by()
    found = {}
    for value in filters.supporter:
        if value != "me" and (name := _first(seen.filter(supporter_id=int(value)), "supporter__name")):
            found[value] = name
    return found


def gone_from(*, filters: SessionFilters, company: Company, viewer: User) -> set[tuple[str, str]]:
    """(filter, value) of the names that *filters* ask for and nothing has, as far as *viewer* sees."""
    seen = SupportSession.objects.visible_in(viewer, company).order_by()
    gone = {
        (name, value)
        for name in _ON_SESSIONS
        for value in filters.values_of(name)
        if (name, value) not in NAMELESS and not _first(seen.filter(CONDITIONS[name]((value,), company.pk)), "pk")
    }
    for name, model in _OF_COMPANY.items():
        if values := filters.values_of(name):
            there = model._default_manager.filter(company=company, name__in=values).values_list("name", flat=True)
            gone |= {(name, value) for value in set(values) - set(there)}
    return gone


def chips(
    filters: SessionFilters, *, supporters: Mapping[str, str] | None = None, gone: Set[tuple[str, str]] = frozenset()
) -> list[Chip]:
    """What is filtered, each value with the address that takes it away.

    *supporters* are the names that the viewer may know, by id; *gone* what no longer exists.
    """
    found = []
    for name, value in filters.active():
        shown = str(NAMELESS.get((name, value)) or CHOICES.get(name, {}).get(value, value))
        is_gone = (name, value) in gone
        if name == "supporter":
            known = {"me": _("me"), **(supporters or {})}
            shown, is_gone = str(known.get(value, _("unknown"))), value not in known
        found.append(Chip(str(LABELS[name]), shown, filters.without(name, value).address(), is_gone))
    if filters.period != "all":
        found.append(Chip("", str(PERIODS[filters.period]), filters.address(period="all")))
    return found


def _first(sessions: QuerySet[Any], column: str) -> Any:
    # Without an order, for which it would read them all.
    return next(iter(sessions.values_list(column, flat=True)[:1]), None)


_ON_SESSIONS = ("device", "device_group", "customer")
_OF_COMPANY: dict[str, type[Model]] = {"issue_type": IssueType, "application": Application, "user_group": UserGroup}
