"""What the lists can be filtered by, as far as the viewer sees sessions that have it."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower

from accounts.domain.pseudonyms import SupporterNames
from accounts.models import Company, User, UserGroup
from policies.models import Device, DeviceGroup
from summaries.domain.reading.queries import sessions_of
from summaries.domain.reading.wishes import filters_by_user_group
from summaries.models import Application, IssueType

#: A longer list of devices is no list to choose from: one types a part of the name.
MAX_CHOICES = 500
MAX_SUGGESTIONS = 20


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """Names; supporters as (id, name). *has_more_devices*: the list is longer than what is offered."""

    supporters: list[tuple[str, str]]
    user_groups: list[str]
    devices: list[str]
    has_more_devices: bool
    device_groups: list[str]
    customers: list[str]
    issue_types: list[str]
    applications: list[str]


def filter_choices(*, company: Company, viewer: User, names: SupporterNames) -> FilterChoices:
    """Supporters, devices and their groups of the sessions that *viewer* sees, and the company's taxonomy."""
    seen = sessions_of(company=company, viewer=viewer).order_by()
    # Whether each has a session, asked of an index: the distinct ones of all sessions would read them all.
    supporters = User.objects.filter(memberships__company=company).filter(Exists(seen.filter(supporter=OuterRef("pk"))))
    devices = list(_devices(company, viewer).values_list("name", flat=True)[: MAX_CHOICES + 1])
    groups = DeviceGroup.objects.filter(company=company).filter(Exists(seen.filter(device__group=OuterRef("pk"))))
    user_groups = UserGroup.objects.filter(company=company)
    if not filters_by_user_group(company=company, viewer=viewer, names=names):
        user_groups = user_groups.none()
    return FilterChoices(
        supporters=[
            (str(pk), name)
            for pk, name in supporters.order_by(Lower("name"), "pk").values_list("pk", "name")
            if names.is_shown(pk)
        ],
        user_groups=_names(user_groups),
        devices=devices[:MAX_CHOICES],
        has_more_devices=len(devices) > MAX_CHOICES,
        device_groups=_names(groups),
        customers=list(_customers(company, viewer)[:MAX_CHOICES]),
        issue_types=list(IssueType.objects.filter(company=company).values_list("name", flat=True)),
        applications=list(Application.objects.filter(company=company).values_list("name", flat=True)),
    )


def devices_like(*, company: Company, viewer: User, part: str) -> list[str]:
    """The first names of devices with *part* in them, of the sessions that *viewer* sees; none for an empty part."""
    if not part.strip():
        return []
    found = _devices(company, viewer).filter(name__icontains=part.strip())
    return list(found.values_list("name", flat=True)[:MAX_SUGGESTIONS])


def _devices(company: Company, viewer: User) -> QuerySet[Device]:
    seen = sessions_of(company=company, viewer=viewer).order_by()
    devices: QuerySet[Device] = Device.objects.filter(company=company)
    return devices.filter(Exists(seen.filter(device=OuterRef("pk")))).order_by(Lower("name"))


def _customers(company: Company, viewer: User) -> QuerySet[Device, str]:
    named = _devices(company, viewer).exclude(customer="").order_by("customer")
    return named.values_list("customer", flat=True).distinct()


def _names(rows: QuerySet[DeviceGroup] | QuerySet[UserGroup]) -> list[str]:
    return list(rows.order_by(Lower("name")).values_list("name", flat=True))
