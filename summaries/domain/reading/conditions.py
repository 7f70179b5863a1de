"""What each filter of the session lists asks of the database."""

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q

from accounts.models import UserGroup
from summaries.enums import Direction, ReviewState, SummaryState
from summaries.models import Summary

NO_SUMMARY = "NO_SUMMARY"
#: In the place of a name: sessions without a device, and those of whose device nobody is named as its customer.
NO_DEVICE, NO_CUSTOMER = "NO_DEVICE", "NO_CUSTOMER"


def _any_of(condition: Callable[[str], Q]) -> Callable[[tuple[str, ...]], Q]:
    """One of the values must hold."""

    def either(values: tuple[str, ...]) -> Q:
        found = condition(values[0])
        for value in values[1:]:
            found |= condition(value)
        return found

    return either


def _labelled(relation: str) -> Callable[[tuple[str, ...]], Q]:
    """Summaries with one of these labels. Several are asked for in a subquery: a join would count a session twice."""

    def labelled(values: tuple[str, ...]) -> Q:
        if len(values) == 1:
            return Q(**{f"summary__{relation}__name": values[0]})
        return Q(summary__in=Summary.objects.filter(**{f"{relation}__name__in": values}).values("pk"))

    return labelled


def _in_user_groups(names: tuple[str, ...]) -> Q:
    links = UserGroup.members.through.objects.filter(
        usergroup__name__in=names, usergroup__company=OuterRef("company"), membership__user=OuterRef("supporter")
    )
    return Q(Exists(links))


def _of_device(path: str, nothing: str) -> Callable[[tuple[str, ...]], Q]:
    """One of the names at *path*; *nothing* stands for those without one."""

    def named(values: tuple[str, ...]) -> Q:
        found = Q(**{f"{path}__in": values})
        return found | Q(**{path: ""}) | Q(device__isnull=True) if nothing in values else found

    return named


def _state(value: str) -> Q:
    if value == NO_SUMMARY:
        return Q(summary__isnull=True)
    if value in ReviewState.values:
        return Q(summary__state=SummaryState.READY, summary__review=value)
    return Q(summary__state=value)


def _direction(value: str) -> Q:
    return Q(direction=value) if value == Direction.BOTH else Q(direction__in=[value, Direction.BOTH])


def _written(field: str) -> Callable[[tuple[str, ...]], Q]:
    """A summary that is not written yet has these fields at their defaults, which say nothing."""
    return lambda values: Q(**{f"summary__{field}__in": values}, summary__current__isnull=False)


CONDITIONS: dict[str, Callable[[tuple[str, ...]], Q]] = {
    "issue_type": _labelled("issue_types"),
    "application": _labelled("applications"),
    "device": _of_device("device__name", NO_DEVICE),
    "customer": _of_device("device__customer", NO_CUSTOMER),
    "device_group": lambda values: Q(device__group__name__in=values),
    "user_group": _in_user_groups,
    "state": _any_of(_state),
    "outcome": _written("outcome"),
    "language": _written("language"),
    "engine": _written("engine"),
    "direction": _any_of(_direction),
}
