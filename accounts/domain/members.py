"""Members of a company. *actor* None is the installation itself (set-up, command line)."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.domain import audit, groups, open_sign_ins, roles
from accounts.domain.administrators import administrator_ids, keep_an_administrator, lock_company
from accounts.domain.grants import UnableToGrant, check_grant, grants_of_roles
from accounts.models import ApiToken, Company, Membership, Role, User, UserGroup
from accounts.permissions import Permission
from accounts.tenancy import forget_grants, grants_by_role, holds, require


class UnableToAddMember(Exception):
    """The person cannot be added; the sentence says why."""


class UnableToChangeMember(Exception):
    """The membership ended meanwhile, or the actor may not change this member."""


class UnableToSetPassword(Exception):
    """The actor may not set this member's password."""


@transaction.atomic
def add_member(
    *,
    company: Company,
    email: str,
    name: str,
    role_names: Iterable[str],
    at: datetime,
    password: str | None = None,
    log_sessions: bool = True,
) -> Membership:
    """Tie the person with this address to the company, making the account if there is none.

    For the installation itself (set-up, command line); members invite (see `invitations`). *name* and *password* are
    used for a new account only. A member who was removed comes back. Raises Role.DoesNotExist for a role that the
    company lacks, UnableToAddMember.
    """
    lock_company(company=company)
    granted = [Role.objects.get(company=company, name=role_name) for role_name in role_names]
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = User.objects.create_user(email=email, password=password, name=name)
    return join(company=company, user=user, granted=granted, log_sessions=log_sessions, actor=None, at=at)


def join(
    *,
    company: Company,
    user: User,
    granted: Iterable[Role],
    log_sessions: bool,
    at: datetime,
    actor: User | None,
    user_groups: Iterable[UserGroup] = (),
) -> Membership:
    """Make *user* a member. The callers have locked the company and checked what is granted.

    Raises UnableToAddMember for one who is a member already.
    """
    membership, is_new = Membership.objects.get_or_create(company=company, user=user)
    if membership.is_active and not is_new:
        raise UnableToAddMember(
            _("%(email)s is a member of %(company)s already.") % {"email": user.email, "company": company}
        )
    membership.is_active = True
    membership.log_sessions = log_sessions
    membership.save(update_fields=["is_active", "log_sessions"])
    roles.assign(membership=membership, roles=granted)
    membership.user_groups.set(user_groups)
    audit.record(
        company=company, actor=actor, action="member.added", at=at, target=membership, details=_described(membership)
    )
    return membership


@transaction.atomic
def change_member(
    *,
    membership: Membership,
    granted: Iterable[Role],
    log_sessions: bool,
    at: datetime,
    user_groups: Iterable[UserGroup] | None = None,
    new_password: str = "",
    actor: User | None = None,
) -> None:
    """Make the member hold exactly the roles *granted*, and be in exactly *user_groups* (None: as they are).

    An empty *new_password* keeps the old. Raises PermissionMissing, UnableToGrant, UnableToSaveGroup,
    UnableToChangeMember, LastAdministrator, what set_password raises, and Role.DoesNotExist for another company's role.
    """
    company = membership.company
    _lock_and_authorise(company=company, actor=actor)
    if not Membership.objects.filter(pk=membership.pk, is_active=True).exists():
        raise UnableToChangeMember(
            _("%(membership)s is no longer a member. Invite them again to take them back.") % {"membership": membership}
        )
    granted = list(granted)
    foreign = next((role for role in granted if role.company_id != company.pk), None)
    if foreign is not None:
        raise Role.DoesNotExist(_("%(company)s has no such role.") % {"company": company})
    held = set(membership.roles.all())
    if held != set(granted):
        _check_administrator(membership=membership, actor=actor)
    _check_roles(actor=actor, company=company, granted=[role for role in granted if role not in held])
    before = _described(Membership.objects.get(pk=membership.pk))
    with keep_an_administrator(company=company):
        roles.assign(membership=membership, roles=granted)
    if user_groups is not None:
        groups.put_in(membership=membership, groups=user_groups, actor=actor)
    membership.log_sessions = log_sessions
    membership.save(update_fields=["log_sessions"])
    details = {"before": before, "after": _described(membership)}
    audit.record(company=company, actor=actor, action="member.changed", at=at, target=membership, details=details)
    if new_password:
        set_password(membership=membership, password=new_password, actor=actor, at=at)


@transaction.atomic
def remove_member(*, membership: Membership, at: datetime, actor: User | None = None) -> None:
    """End the membership: no roles, no tokens, out at the next request. What the member did stays, and in view of
    those who reached it: the groups keep who left, until somebody takes them out.

    Raises PermissionMissing, UnableToChangeMember, LastAdministrator.
    """
    company = membership.company
    _lock_and_authorise(company=company, actor=actor)
    _check_administrator(membership=membership, actor=actor)
    before = _described(membership)
    with keep_an_administrator(company=company):
        membership.is_active = False
        membership.save(update_fields=["is_active"])
        roles.assign(membership=membership, roles=[])
    ApiToken.objects.filter(membership=membership, revoked_at__isnull=True).update(revoked_at=at)
    audit.record(company=company, actor=actor, action="member.removed", at=at, target=membership, details=before)


@transaction.atomic
def set_password(*, membership: Membership, password: str, at: datetime, actor: User | None = None) -> None:
    """Give the member a new password; their open sign-ins end.

    Raises PermissionMissing, ValidationError for a weak password, and UnableToSetPassword where the new password
    would let *actor* act with permissions, or in a company, that they do not have.
    """
    company = membership.company
    _lock_and_authorise(company=company, actor=actor)
    user = membership.user
    if actor is not None:
        _check_reach(membership=membership, actor=actor)
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    open_sign_ins.end_all(user=user)
    audit.record(company=company, actor=actor, action="member.password_set", at=at, target=membership)


def called(membership: Membership) -> str:
    """The member's name, and whether they left."""
    return str(membership) if membership.is_active else _("%(member)s (no longer a member)") % {"member": membership}


def choosable(*, company: Company, group: UserGroup | None = None) -> QuerySet[Membership]:
    """The active members of the company, for a choice, and whoever else is in *group*: it keeps who left."""
    offered = Q(is_active=True, user__is_active=True)
    if group is not None:
        offered |= Q(pk__in=group.members.values("pk"))
    return Membership.objects.filter(offered, company=company).select_related("user")


def holders(*, company: Company, permission: Permission) -> list[User]:
    """The active members who hold *permission* in the whole company, by address. Two queries."""
    granting = [
        role_id
        for role_id, granted in grants_by_role(company=company).items()
        if permission.value in granted.on_company
    ]
    members = Membership.objects.filter(company=company, is_active=True, roles__in=granting)
    return list(User.objects.filter(is_active=True, memberships__in=members).distinct().order_by("email"))


def _check_reach(*, membership: Membership, actor: User) -> None:
    if membership.user.is_staff:
        # With the password would go every company's orders, and the plans.
        raise UnableToSetPassword(
            _("%(membership)s runs this installation and sets the password personally, with “Forgot your password?”.")
            % {"membership": membership}
        )
    # An ended membership counts as well: the other company may take the person back, password and all.
    elsewhere = Membership.objects.filter(user=membership.user).exclude(company=membership.company)
    if elsewhere.exists():
        raise UnableToSetPassword(
            _(
                "%(membership)s belongs to another company too and sets the password personally, "
                "with “Forgot your password?”."
            )
            % {"membership": membership}
        )
    try:
        _check_roles(actor=actor, company=membership.company, granted=membership.roles.all())
    except UnableToGrant as error:
        raise UnableToSetPassword(
            _("%(membership)s holds permissions that you do not hold. Ask an administrator.")
            % {"membership": membership}
        ) from error


def _check_administrator(*, membership: Membership, actor: User | None) -> None:
    """Whoever manages users demotes no administrator: afterwards they could set the password of who was one."""
    company = membership.company
    if actor is None or membership.pk not in administrator_ids(company=company):
        return
    if not holds(actor, Permission.MANAGE_COMPANY, company.pk):
        raise UnableToChangeMember(
            _("%(membership)s is an administrator. Only who holds “%(label)s” changes that.")
            % {"membership": membership, "label": Permission.MANAGE_COMPANY.label}
        )


def _check_roles(*, actor: User | None, company: Company, granted: Iterable[Role]) -> None:
    check_grant(actor=actor, company=company, wanted=grants_of_roles(granted))


def _lock_and_authorise(*, company: Company, actor: User | None) -> None:
    lock_company(company=company)
    if actor is not None:
        forget_grants(actor)
        require(actor, Permission.MANAGE_USERS, company.pk)


def _described(membership: Membership) -> dict[str, object]:
    """For the audit log: without the address, which erasure could not take out again."""
    return {
        "roles": sorted(membership.roles.values_list("name", flat=True)),
        "user_groups": sorted(membership.user_groups.values_list("name", flat=True)),
        "log_sessions": membership.log_sessions,
    }
