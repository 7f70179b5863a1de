"""A company whose sessions lie in groups of users and devices, and members whose roles reach some of them.

`may` is the rule of reach once more, in plain Python: what list, page, count, search and API are held against.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.domain.members import add_member
from accounts.models import Company, Membership, User, UserGroup
from accounts.permissions import SESSION_PERMISSIONS, Permission
from accounts.tenancy import CompanyOwned
from policies.models import Device, DeviceGroup
from summaries.models import SupportSession
from tests.conftest import NOW, PASSWORD, Cast, build_cast
from tests.role_limits import limited_role
from tests.summaries.session_rows import add_interactions, add_session, add_summary

P = Permission
EVERYTHING = frozenset(Permission)
READ_REPORTS = frozenset({P.VIEW_ALL_REPORTS, P.VIEW_OWN_REPORTS})
OWN = EVERYTHING - {P.VIEW_ALL_REPORTS}
NOT_READING = EVERYTHING - READ_REPORTS


@dataclass(frozen=True)
class RoleOf:
    permissions: frozenset[Permission]
    limits: Sequence[CompanyOwned] = ()


@dataclass
class Persona:
    """A member, their roles, and one session that they reach with everything."""

    user: User
    roles: list[RoleOf]
    reached: SupportSession
    membership: Membership


@dataclass
class Place:
    """Northwind: Bob and Rosa are in the team, Mona is not; ACC-1 stands at the site, ACC-2 nowhere."""

    cast: Cast
    team: UserGroup
    site: DeviceGroup
    rosa: User
    personas: dict[str, Persona] = field(default_factory=dict)

    @property
    def sessions(self) -> list[SupportSession]:
        found = SupportSession.objects.filter(company=self.cast.northwind).select_related("device", "summary")
        return list(found.prefetch_related("summary__issue_types", "summary__applications").order_by("-started_at"))

    def add(
        self, number: int, supporter: User, device: str = "", *, word: str = "", state: str = "READY"
    ) -> SupportSession:
        """A session with a summary in *state* (empty: none), found by its own word and by *word*."""
        text = f"s {number} word{number} {word}"
        session = add_session(
            self.cast.northwind, supporter, number, hours_ago=number, device_name=device, search_text=text
        )
        add_interactions(session, 2)
        if state:
            labels = {"issue_types": (f"Type {number}", "Common"), "applications": ("Word",)}
            add_summary(session, state=state, title=f"Title {number}", **labels)
        return session


def may(roles: Iterable[RoleOf], user: User, permission: Permission, session: SupportSession) -> bool:
    """Whether the roles let *user* do *permission* to *session*: it is visible, and one of them reaches it."""
    roles = list(roles)
    visible = any(_reaches(role, user, each, session) for role in roles for each in READ_REPORTS)
    return visible and any(_reaches(role, user, permission, session) for role in roles)


def _reaches(role: RoleOf, user: User, permission: Permission, session: SupportSession) -> bool:
    if permission not in role.permissions:
        return False
    reads_all = P.VIEW_ALL_REPORTS in role.permissions
    is_own_only = permission == P.VIEW_OWN_REPORTS or (P.VIEW_OWN_REPORTS in role.permissions and not reads_all)
    if is_own_only and session.supporter_id != user.pk:
        return False
    return not role.limits or any(_lies_in(group, session) for group in role.limits)


def _lies_in(group: CompanyOwned, session: SupportSession) -> bool:
    if isinstance(group, UserGroup):
        return group.members.filter(user=session.supporter_id).exists()
    return session.device is not None and session.device.group_id == group.pk


@contextmanager
def standing_place(blocker: Any) -> Iterator[Place]:
    """One place for all tests of a module, gone with its transaction; *blocker* is pytest-django's."""
    with blocker.unblock(), transaction.atomic():
        yield build_place(build_cast())
        transaction.set_rollback(True)


@contextmanager
def undone() -> Iterator[None]:
    """What one test changes of the place, the next does not see."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def build_place(cast: Cast) -> Place:
    company = cast.northwind
    rosa = add_member(
        company=company,
        email="rosa@northwind.example",
        name="Rosa",
        role_names=["Supporter"],
        password=PASSWORD,
        at=NOW,
    ).user
    Company.objects.filter(pk=company.pk).update(next_session_number=100)  # past the numbers that are given here
    team = UserGroup.objects.create(company=company, name="Team")
    team.members.set([cast.membership(cast.bob), cast.membership(rosa)])
    site = DeviceGroup.objects.create(company=company, name="Site")
    Device.objects.create(company=company, name="ACC-1", group=site)
    Device.objects.create(company=company, name="ACC-2")
    place = Place(cast, team, site, rosa)
    in_team, at_site = place.add(1, cast.bob, "ACC-2", word="apple"), place.add(2, cast.mona, "ACC-1", word="apple")
    elsewhere = place.add(3, cast.mona, "ACC-2", word="apple")
    place.add(4, rosa, "ACC-1", state="FAILED")
    place.add(5, rosa, state="")
    place.add(6, cast.mona, word="apple", state="FAILED")
    add_summary(add_session(cast.contoso, cast.charlie, 1, search_text="apple", device_name="FOREIGN"), title="Foreign")
    _add_personas(place, in_team=in_team, at_site=at_site, elsewhere=elsewhere)
    return place


def _add_personas(place: Place, *, in_team: SupportSession, at_site: SupportSession, elsewhere: SupportSession) -> None:
    team, site = place.team, place.site
    reads_all = RoleOf(frozenset({P.VIEW_ALL_REPORTS}))
    _add(place, "everything", [RoleOf(EVERYTHING)], elsewhere)
    _add(place, "reads reports", [RoleOf(EVERYTHING - SESSION_PERMISSIONS), reads_all], elsewhere)
    _add(place, "user group", [RoleOf(EVERYTHING, [team])], in_team)
    _add(place, "device group", [RoleOf(EVERYTHING, [site])], at_site)
    _add(place, "both groups", [RoleOf(EVERYTHING, [team]), RoleOf(EVERYTHING, [site])], in_team)
    _add(place, "acts in a group", [reads_all, RoleOf(NOT_READING, [team])], in_team)
    own = _add(place, "own", [RoleOf(OWN)], None)
    own.reached = place.add(7, own.user, "ACC-2", word="apple")
    limited = _add(place, "own in a group", [RoleOf(OWN, [site])], None)
    limited.reached = place.add(8, limited.user, "ACC-1", word="apple")
    place.add(9, limited.user, "ACC-2", word="apple")


def _add(place: Place, name: str, roles: list[RoleOf], reached: SupportSession | None) -> Persona:
    email = f"{name.replace(' ', '-')}@northwind.example"
    membership = add_member(
        company=place.cast.northwind, email=email, name=name, role_names=[], password=PASSWORD, at=NOW
    )
    for number, role in enumerate(roles):
        limited_role(membership, f"{name} {number}", role.permissions, role.limits)
    persona = Persona(membership.user, roles, reached, membership)  # type: ignore[arg-type]
    place.personas[name] = persona
    return persona
