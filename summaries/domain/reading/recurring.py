"""Recurring problems: sessions of one issue type on the same device, or with the same application."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.utils.translation import gettext

from accounts.models import Company, User
from accounts.tenancy import CompanyOwned
from policies.models import Device
from summaries.domain.reading.conditions import ids_of
from summaries.domain.reading.filters import SessionFilters, Window
from summaries.domain.reading.insights import LENGTH
from summaries.enums import Outcome
from summaries.models import Application, IssueType, SupportSession

#: From how many sessions on a problem is called recurring, and what else can be chosen.
LEAST = 3
LEAST_CHOICES = (2, 3, 5, 10)
#: So many groups are shown, the largest; narrower filters show the others.
MAX_GROUPS = 50

_ISSUE_TYPE = "summary__issue_types"
_DEVICE, _APPLICATION = "device__name", "summary__applications__name"
#: {what sessions share beside their issue type: (its path, the path of what is told of each group)}
_PATHS = {"device": (_DEVICE, _APPLICATION), "application": (_APPLICATION, _DEVICE)}
#: {the same: (the path of its key, whose key it is)}
_KEYS: dict[str, tuple[str, type[CompanyOwned]]] = {
    "device": ("device", Device),
    "application": ("summary__applications", Application),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Sessions of one *issue_type* that share what *by* says: the `device` or the `application` called *name*.

    *others* are the applications of a device's sessions or the devices of an application's, *supporters* who held
    them; both the most frequent first. *earlier* and *later* count the two halves of the time that was asked about.
    """

    issue_type: str
    by: str
    name: str
    sessions: int
    first_at: datetime
    last_at: datetime
    length: timedelta
    outcomes: tuple[tuple[Outcome, int], ...]
    earlier: int
    later: int
    others: tuple[str, ...] = ()
    supporters: tuple[User, ...] = ()

    @property
    def trend(self) -> str:
        if self.later == self.earlier:
            return gettext("Steady")
        return gettext("Rising") if self.later > self.earlier else gettext("Falling")


@dataclass(frozen=True, slots=True)
class Groups:
    """*is_cut*: there are more than MAX_GROUPS."""

    rows: list[Group]
    is_cut: bool = False


def read_least(wish: str) -> int:
    """The smallest group to show as an address asks for it; anything but a choice is LEAST."""
    return next((least for least in LEAST_CHOICES if str(least) == wish), LEAST)


def middle_of(sessions: QuerySet[SupportSession], *, window: Window) -> datetime | None:
    """The middle of *window*; where that is open, from the first of *sessions* or to the last. None without any.

    *sessions* are all that the viewer may read, so that a group's trend is the same on each page.
    """
    start, end = window.start, window.end
    if start is None or end is None:
        # Each end is the first that an index finds; both in one query would read all sessions between them.
        found = sessions.values_list("started_at", flat=True)
        start = start or next(iter(found.order_by("started_at", "pk")[:1]), None)
        end = end or next(iter(found.order_by("-started_at", "-pk")[:1]), None)
    return start + (end - start) / 2 if start and end else None


def recurring_groups(
    *,
    company: Company,
    sessions: QuerySet[SupportSession],
    filters: SessionFilters,
    middle: datetime | None,
    least: int,
) -> Groups:
    """The groups of at least *least* of *sessions*, the largest first, then the latest.

    *sessions* are what *filters* found: each group is the list that they find with the group's issue type and device
    or application. A session counts in each group that it belongs to. *middle* parts the time for the trend; None when
    there is no session. Eleven queries at most.
    """
    found = [group for by in _PATHS for group in _groups(sessions, by=by, filters=filters, middle=middle, least=least)]
    found.sort(key=lambda group: (-group.sessions, -group.last_at.timestamp(), group.issue_type, group.name))
    return Groups(_whole(company, sessions, found[:MAX_GROUPS]), is_cut=len(found) > MAX_GROUPS)


def group_of(
    *, company: Company, sessions: QuerySet[SupportSession], filters: SessionFilters, middle: datetime | None
) -> Group | None:
    """The group that *filters* name by one issue type and one device or application; None when it has no session."""
    by = "device" if filters.device else "application"
    if not len(filters.issue_type) == len(getattr(filters, by)) == 1:
        return None
    found = _groups(sessions, by=by, filters=filters, middle=middle, least=1)
    return next(iter(_whole(company, sessions, found)), None)


def _groups(
    sessions: QuerySet[SupportSession], *, by: str, filters: SessionFilters, middle: datetime | None, least: int
) -> list[Group]:
    if middle is None:
        return []
    path, _ = _PATHS[by]
    written = Q(summary__current__isnull=False)
    rows = (
        sessions.order_by()
        .filter(**_chosen(by, filters))
        .values(issue_type=F(f"{_ISSUE_TYPE}__name"), name=F(path))
        .annotate(
            sessions=Count("pk"),
            first_at=Min("started_at"),
            last_at=Max("started_at"),
            length=Sum(LENGTH),
            later=Count("pk", filter=Q(started_at__gte=middle)),
            **{outcome.value: Count("pk", filter=written & Q(summary__outcome=outcome)) for outcome in Outcome},
        )
        .filter(sessions__gte=least)
        .order_by("-sessions", "-last_at", "issue_type", "name")[: MAX_GROUPS + 1]
    )
    return [_group(dict(row), by) for row in rows]


def _chosen(by: str, filters: SessionFilters) -> dict[str, Any]:
    """What the groups are narrowed to: a session found by one label has others, which were not asked for."""
    path, _ = _PATHS[by]
    names = getattr(filters, by)
    chosen = {f"{path}__in": names} if names else {f"{path}__isnull": False}
    if filters.issue_type:
        return chosen | {f"{_ISSUE_TYPE}__name__in": filters.issue_type}
    return chosen | {f"{_ISSUE_TYPE}__isnull": False}


def _group(row: dict[str, Any], by: str) -> Group:
    return Group(
        issue_type=row["issue_type"],
        by=by,
        name=row["name"],
        sessions=row["sessions"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        length=row["length"] or timedelta(),
        outcomes=tuple((outcome, row[outcome]) for outcome in Outcome if row[outcome]),
        earlier=row["sessions"] - row["later"],
        later=row["later"],
    )


def _whole(company: Company, sessions: QuerySet[SupportSession], groups: list[Group]) -> list[Group]:
    """The same groups with their *others* and *supporters*; none of either where the sessions went meanwhile."""
    others: dict[tuple[str, str, str], list[str]] = {}
    held: dict[tuple[str, str, str], list[int]] = {}
    for by, (_, other) in _PATHS.items():
        asked = [group for group in groups if group.by == by]
        if asked:
            found = sessions.filter(**_named(company, by, asked))
            others |= _parts(found, by=by, part=other)
            held |= _parts(found, by=by, part="supporter_id")
    users = User.objects.in_bulk({pk for ids in held.values() for pk in ids})
    keys = [(group.by, group.issue_type, group.name) for group in groups]
    return [
        replace(group, others=tuple(others.get(key, ())), supporters=tuple(users[pk] for pk in held.get(key, ())))
        for group, key in zip(groups, keys, strict=True)
    ]


def _named(company: Company, by: str, groups: list[Group]) -> dict[str, Any]:
    """The sessions that may be in *groups*, asked by keys: see `conditions`."""
    path, model = _KEYS[by]
    issue_types = tuple({group.issue_type for group in groups})
    names = tuple({group.name for group in groups})
    return {
        f"{_ISSUE_TYPE}__in": ids_of(IssueType, company.pk, issue_types),
        f"{path}__in": ids_of(model, company.pk, names),
    }


def _parts(sessions: QuerySet[SupportSession], *, by: str, part: str) -> dict[tuple[str, str, str], list[Any]]:
    """{(*by*, issue type, name): what stands at *part*, the most frequent first}, counted over *sessions*."""
    path, _ = _PATHS[by]
    rows = (
        sessions.order_by()
        .values_list(f"{_ISSUE_TYPE}__name", path, part)
        .annotate(count=Count("pk"))
        .order_by("-count", part)
    )
    found: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for issue_type, name, each, _ in rows:
        if each is not None:
            found[by, issue_type, name].append(each)
    return found
