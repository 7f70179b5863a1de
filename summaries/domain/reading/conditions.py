"""What each filter of the session lists asks of the database.

Names are looked up first: of an id the database has noted how many rows have it, and finds few or many in the way that
suits; of a name in another table it knows nothing, and may read every session of all companies.
"""

from collections.abc import Callable

from django.db.models import Exists, Model, OuterRef, Q

from accounts.models import Membership
from accounts.tenancy import CompanyOwned
from policies.models import Device, DeviceGroup
from summaries.enums import Direction, ReviewState, SummaryState
from summaries.models import Application, IssueType, Summary

NO_SUMMARY = "NO_SUMMARY"
#: In the place of a name: sessions without a device, and those of whose device nobody is named as its customer.
NO_DEVICE, NO_CUSTOMER = "NO_DEVICE", "NO_CUSTOMER"
#: Asked so, the database counts on many such sessions; of a join that finds nothing it expects one.
WITHOUT_SUMMARY = ~Exists(Summary.objects.filter(session=OuterRef("pk")))

#: The condition that one of the values holds, in a company.
Condition = Callable[[tuple[str, ...], int], Q]


def _any_of(condition: Callable[[str], Q]) -> Condition:
    """One of the values must hold."""

    def either(values: tuple[str, ...], _company_id: int) -> Q:
        found = condition(values[0])
        for value in values[1:]:
            found |= condition(value)
        return found

    return either


def ids_of(model: type[CompanyOwned], company_id: int, names: tuple[str, ...]) -> list[int]:
    """The keys of what has one of *names* in the company."""
    named = model._default_manager.filter(Q(name__in=names), company=company_id)
    return list(named.values_list("pk", flat=True))


def _labelled(model: type[CompanyOwned], links: type[Model], column: str) -> Condition:
    """Summaries with one of these labels, in a subquery: a join would count a session once for each of them, and what
    is counted by label would be counted by the labels asked for.
    """

    def labelled(values: tuple[str, ...], company_id: int) -> Q:
        ids = ids_of(model, company_id, values)
        return Q(summary__in=links._default_manager.filter(**{f"{column}__in": ids}).values("summary_id"))

    return labelled


def _in_user_groups(names: tuple[str, ...], company_id: int) -> Q:
    members = Membership.objects.filter(
        company=company_id, user_groups__name__in=names, user_groups__company=company_id
    )
    return Q(supporter__in=list(members.order_by().values_list("user", flat=True).distinct()))


def _of_device(names: tuple[str, ...], company_id: int) -> Q:
    if NO_DEVICE not in names:
        return Q(device__in=ids_of(Device, company_id, names))
    return Q(device__in=ids_of(Device, company_id, (*names, ""))) | Q(device__isnull=True)


def _of_customer(names: tuple[str, ...], _company_id: int) -> Q:
    found = Q(device__customer__in=names)
    return found | Q(device__customer="") | Q(device__isnull=True) if NO_CUSTOMER in names else found


def _state(value: str) -> Q:
    if value == NO_SUMMARY:
        return Q(WITHOUT_SUMMARY)
    if value in ReviewState.values:
        return Q(summary__state=SummaryState.READY, summary__review=value)
    return Q(summary__state=value)


def _direction(value: str) -> Q:
    return Q(direction=value) if value == Direction.BOTH else Q(direction__in=[value, Direction.BOTH])


def _written(field: str) -> Condition:
    """A summary that is not written yet has these fields at their defaults, which say nothing."""
    return lambda values, _company_id: Q(**{f"summary__{field}__in": values}, summary__current__isnull=False)


CONDITIONS: dict[str, Condition] = {
    "issue_type": _labelled(IssueType, Summary.issue_types.through, "issuetype"),
    "application": _labelled(Application, Summary.applications.through, "application"),
    "device": _of_device,
    "customer": _of_customer,
    "device_group": lambda names, company_id: Q(device__group__in=ids_of(DeviceGroup, company_id, names)),
    "user_group": _in_user_groups,
    "state": _any_of(_state),
    "outcome": _written("outcome"),
    "language": _written("language"),
    "engine": _written("engine"),
    "direction": _any_of(_direction),
}
