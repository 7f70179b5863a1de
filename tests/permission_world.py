"""What the permission matrix asks with: a world with one row of everything, and how a row of its table is written."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.domain.invitations import invite
from accounts.domain.members import add_member
from accounts.domain.tokens import issue_token
from accounts.models import ApiToken, AuditEntry, Disclosure, Invitation, Role, User, UserGroup
from credits.models import Order
from policies.models import Device, DeviceGroup, DeviceImport, Policy
from summaries.models import Application, IssueType, ReportMapping, SavedView, Summary, SupportSession, ViewSchedule
from tests.conftest import NOW, PASSWORD, Cast, build_cast
from tests.credits.ordering import make_order, make_pack
from tests.summaries.report_examples import store_session, store_summary

ROLES = ("Administrator", "Support manager", "Supporter", "Auditor", "Integrator", "visitor", "other company's")


@dataclass(frozen=True)
class World:
    """Northwind with a member of each role and one row of everything; *session* is the support manager's."""

    cast: Cast
    people: dict[str, User | None]
    session: SupportSession
    own_session: SupportSession
    summary: Summary
    device: Device
    device_group: DeviceGroup
    policy: Policy
    device_import: DeviceImport
    token: ApiToken
    issue_type: IssueType
    application: Application
    role: Role
    entry: AuditEntry
    user_group: UserGroup
    invitation: Invitation
    disclosure: Disclosure
    order: Order
    report_mapping: ReportMapping
    saved_view: SavedView
    schedule: ViewSchedule


def build_world() -> World:
    cast = build_cast()
    northwind = cast.northwind

    def member(role: str) -> User:
        email = f"{role.lower()}@northwind.example"
        return add_member(company=northwind, email=email, name=role, role_names=[role], password=PASSWORD, at=NOW).user

    people = {
        "Administrator": cast.alice,
        "Support manager": cast.mona,
        "Supporter": cast.bob,
        "Auditor": member("Auditor"),
        "Integrator": member("Integrator"),
        "visitor": None,
        "other company's": cast.charlie,
    }
    token, _ = issue_token(
        membership=cast.membership(cast.alice),
        name="CI",
        scopes=["sessions:read"],
        expires_at=NOW.replace(year=2027),
        actor=cast.alice,
        at=NOW,
    )
    session, own_session = (
        store_session(northwind, cast.mona, number=1042),
        store_session(northwind, cast.bob, number=1043),
    )
    summary = store_summary(session)
    issue_type = IssueType.objects.filter(company=northwind).first()
    for labelled in (summary, store_summary(own_session)):
        labelled.issue_types.add(issue_type)
    saved_view = SavedView.objects.create(
        company=northwind,
        owner=cast.mona,
        name="To check",
        list_name="REPORTS",
        is_shared=True,
        created_at=NOW,
        changed_at=NOW,
    )
    return World(
        cast=cast,
        saved_view=saved_view,
        schedule=ViewSchedule.objects.create(
            company=northwind,
            owner=cast.mona,
            view=saved_view,
            form="CSV",
            rhythm="DAILY",
            time_zone="UTC",
            next_at=NOW,
            created_at=NOW,
            changed_at=NOW,
        ),
        people=people,
        session=session,
        own_session=own_session,
        summary=summary,
        device=Device.objects.create(company=northwind, name="ACC-77"),
        device_group=DeviceGroup.objects.create(company=northwind, name="Reception"),
        policy=Policy.objects.create(company=northwind, name="Standard"),
        device_import=DeviceImport.objects.create(
            company=northwind, made_by=cast.alice, made_at=NOW, file_name="devices.csv", content=b""
        ),
        token=token,
        issue_type=issue_type,
        application=Application.objects.filter(company=northwind).first(),
        role=Role.objects.get(company=northwind, name="Integrator"),
        user_group=UserGroup.objects.create(company=northwind, name="First line"),
        invitation=invite(
            company=northwind,
            email="erin@northwind.example",
            name="Erin",
            granted=[],
            log_sessions=True,
            origin="https://portal.example",
            actor=cast.alice,
            at=timezone.now(),
        ),
        entry=AuditEntry.objects.filter(company=northwind).first(),
        disclosure=Disclosure.objects.create(
            company=northwind,
            subject=cast.bob,
            reason="A complaint",
            requested_by=cast.mona,
            requested_at=timezone.now(),
        ),
        order=make_order(cast, make_pack()),
        report_mapping=ReportMapping.objects.create(
            company=northwind, name="Desk tool", headers=["A", "B"], columns={"start": "A", "end": "B"}, changed_at=NOW
        ),
    )


@dataclass(frozen=True)
class Row:
    #: Seven statuses, in the order of ROLES.
    expected: str
    args: Callable[[World], list[Any]] = lambda world: []
    method: str = "GET"
    data: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    #: The address itself, where reverse() cannot make it.
    address: str = ""

    @property
    def statuses(self) -> list[int]:
        return [int(status) for status in self.expected.split()]

    def path(self, world: World, name: str) -> str:
        return self.address or reverse(name, args=self.args(world))


#                 Adm Man Sup Aud Int vis oth
EVERY_MEMBER = "  200 200 200 200 200 302 200"
SENT_ON = "       302 302 302 302 302 302 302"
CLOSED = "        404 404 404 404 404 302 404"
FORBIDDEN = "     403 403 403 403 403 302 403"
OWN_OR_NOT = "    200 200 404 200 200 302 404"
ADMINS = "        200 403 403 403 403 302 200"


def pages(model: str, of: Callable[[World], Any], *, readers: str, writers: str = "") -> dict[str, list[Row]]:
    """Rows of a ModelAdmin. *readers* and *writers* name roles by their first letters: A M S U(auditor) I."""

    def statuses(who: str, yes: int, other: int) -> str:
        return " ".join([*(str(yes if letter in who else 403) for letter in "AMSUI"), "302", str(other)])

    def one(world: World) -> list[Any]:
        return [of(world).pk]

    prefix = f"admin:{model}"
    return {
        f"{prefix}_changelist": [Row(statuses(readers, 200, 200))],
        f"{prefix}_add": [Row(statuses(writers, 200, 200 if writers else 403))],
        f"{prefix}_change": [Row(statuses(readers, 200, 404), one)],
        f"{prefix}_delete": [Row(statuses(writers, 200, 404), one), Row(statuses(writers, 200, 404), one, "POST")],
        f"{prefix}_history": [Row(statuses(readers, 302, 404), one)],
    }


def single(model: str, of: Callable[[World], Any]) -> dict[str, list[Row]]:
    """Rows of what a company has once: no list, nothing to add or delete."""
    return {
        **pages(model, of, readers="A"),
        f"admin:{model}_changelist": [Row("302 403 403 403 403 302 302")],
    }
