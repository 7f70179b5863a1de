"""Settings of many members at once: *Log sessions for connection reporting*, and user groups."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext

from accounts.domain import audit, groups
from accounts.domain.administrators import lock_company
from accounts.models import Company, Membership, User, UserGroup
from accounts.permissions import Permission
from accounts.tenancy import forget_grants, require

#: Members of one transaction; it stays short.
BATCH = 100
#: Names that are shown of the chosen ones.
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Settings:
    """What to make of each member. None leaves a setting as it is."""

    log_sessions: bool | None = None
    join: UserGroup | None = None
    leave: UserGroup | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """How many members were changed, were so before, and are no longer members."""

    changed: int
    unchanged: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """The chosen members, counted: what each setting would change."""

    ids: list[int]
    names: list[str]
    logged: int
    #: The company's groups, and how many of the chosen are in each.
    in_groups: list[tuple[UserGroup, int]]

    @property
    def unlogged(self) -> int:
        return len(self.ids) - self.logged

    @property
    def unnamed(self) -> int:
        return len(self.ids) - len(self.names)


def chosen(*, company: Company, membership_ids: Iterable[int]) -> Chosen:
    """Count the active members among *membership_ids*; three queries."""
    members = Membership.objects.filter(company=company, is_active=True, pk__in=list(membership_ids))
    rows = list(members.order_by("user__name", "pk").values_list("pk", "log_sessions", "user__name", "user__email"))
    inside = Count("members", filter=Q(members__in=members))
    groups_of_company = UserGroup.objects.filter(company=company).annotate(inside=inside).order_by("name")
    return Chosen(
        ids=[row[0] for row in rows],
        names=[name or email for _, _, name, email in rows[:SHOWN]],
        logged=sum(logged for _, logged, _, _ in rows),
        in_groups=[(group, group.inside) for group in groups_of_company],
    )


def change_many(
    *, company: Company, membership_ids: Iterable[int], settings: Settings, at: datetime, actor: User | None = None
) -> Result:
    """Apply *settings* to these members, in short transactions; those who were removed meanwhile are skipped.

    Raises PermissionMissing, UnableToSaveGroup for a group that is gone, UnableToGrant where a group that they join
    limits a role which reaches more than *actor* does. What was changed before stays changed; doing it again is safe.
    """
    ids = sorted(set(membership_ids))
    results = [
        _change_batch(company=company, ids=ids[start : start + BATCH], settings=settings, at=at, actor=actor)
        for start in range(0, len(ids), BATCH)
    ]
    changed, found = sum(changed for changed, _ in results), sum(found for _, found in results)
    return Result(changed=changed, unchanged=found - changed, skipped=len(ids) - found)


@transaction.atomic
def _change_batch(
    *, company: Company, ids: Sequence[int], settings: Settings, at: datetime, actor: User | None
) -> tuple[int, int]:
    """Returns how many were changed and how many there are."""
    lock_company(company=company)
    if actor is not None:
        forget_grants(actor)
        require(actor, Permission.MANAGE_USERS, company.pk)
    _check_groups(company=company, settings=settings, actor=actor)
    found = Membership.objects.filter(company=company, is_active=True, pk__in=ids)
    members = list(found.prefetch_related("user_groups"))
    changes = {member: details for member in members if (details := _changes_of(member, settings))}
    if settings.log_sessions is not None:
        switched = [member.pk for member, details in changes.items() if "log_sessions" in details]
        Membership.objects.filter(pk__in=switched).update(log_sessions=settings.log_sessions)
    if settings.join is not None:
        settings.join.members.add(*(member for member, details in changes.items() if "joined" in details))
    if settings.leave is not None:
        settings.leave.members.remove(*(member for member, details in changes.items() if "left" in details))
    for member, details in changes.items():
        audit.record(company=company, actor=actor, action="member.changed", at=at, target=member, details=details)
    return len(changes), len(members)


def _check_groups(*, company: Company, settings: Settings, actor: User | None) -> None:
    named = {group.pk for group in (settings.join, settings.leave) if group is not None}
    if UserGroup.objects.filter(company=company, pk__in=named).count() != len(named):
        raise groups.UnableToSaveGroup(gettext("The group is no longer there. Look at the groups and choose again."))
    if settings.join is not None:
        groups.check_growth(group=settings.join, actor=actor)


def _changes_of(member: Membership, settings: Settings) -> dict[str, object]:
    details: dict[str, object] = {}
    held = set(member.user_groups.all())
    if settings.log_sessions is not None and member.log_sessions != settings.log_sessions:
        details["log_sessions"] = settings.log_sessions
    if settings.join is not None and settings.join not in held:
        details["joined"] = settings.join.name
    if settings.leave is not None and settings.leave in held:
        details["left"] = settings.leave.name
    return details
