"""The table of the permission matrix: for each URL, what each role is answered.

A row is one string of seven statuses in the order of ROLES. The last column is the administrator of another company who
asks for *this* company's ids: 404 wherever the address holds one. To add a URL, add `"namespace:name": [Row("…")]`;
with ids in the address `Row("…", args=lambda world: [world.session.number])`, with another method `method="POST"`, with
fields `data={…}`. A URL may have several rows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from accounts.domain.members import add_member
from accounts.domain.tokens import issue_token
from accounts.models import ApiToken, AuditEntry, Role, User
from policies.models import Device, DeviceGroup, DeviceImport, Policy
from summaries.models import Application, IssueType, Summary, SupportSession
from tests.conftest import NOW, PASSWORD, Cast, build_cast
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
    store_summary(own_session)
    return World(
        cast=cast,
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
        issue_type=IssueType.objects.filter(company=northwind).first(),
        application=Application.objects.filter(company=northwind).first(),
        role=Role.objects.get(company=northwind, name="Integrator"),
        entry=AuditEntry.objects.filter(company=northwind).first(),
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


ROWS: dict[str, list[Row]] = {
    # Signing in: for everyone
    "account_login": [Row("302 302 302 302 302 200 302")],
    "account_logout": [Row("200 200 200 200 200 302 200")],
    "account_inactive": [Row("200 200 200 200 200 200 200")],
    "account_change_password": [Row("200 200 200 200 200 302 200")],
    "account_reset_password": [Row("200 200 200 200 200 200 200")],
    "account_reset_password_done": [Row("200 200 200 200 200 200 200")],
    "account_reset_password_from_key": [
        Row("200 200 200 200 200 200 200", address="/accounts/password/reset/key/1-a/")
    ],
    "account_reset_password_from_key_done": [Row("200 200 200 200 200 200 200")],
    "account_reauthenticate": [Row(EVERY_MEMBER)],
    # Pages of the sign-in library that the portal does not offer
    "accounts:closed": [Row(CLOSED, address="/accounts/social/connections/")],
    "account_signup": [Row(CLOSED)],
    "account_email": [Row(CLOSED)],
    "account_email_verification_sent": [Row(CLOSED)],
    "account_confirm_email": [Row(CLOSED, address="/accounts/confirm-email/abc/")],
    "account_confirm_login_code": [Row(CLOSED)],
    "account_set_password": [Row(CLOSED)],
    # One's own
    "accounts:profile": [Row(EVERY_MEMBER)],
    "accounts:switch_company": [
        Row("405 405 405 405 405 302 405"),
        Row("302 302 302 302 302 302 404", method="POST", data={"company": lambda world: world.cast.northwind.pk}),
    ],
    # Configuration
    "admin:index": [Row("200 403 403 200 200 302 200")],
    "admin:app_list": [Row(SENT_ON, address="/company/accounts/")],
    "admin:logout": [Row(SENT_ON)],
    "admin:password_change": [Row(SENT_ON)],
    "admin:jsi18n": [Row(EVERY_MEMBER)],
    "admin:autocomplete": [Row(FORBIDDEN)],
    "admin:(?P<url>.*)$": [Row(CLOSED, address="/company/nothing/here/")],
    **pages("accounts_membership", lambda w: w.cast.membership(w.cast.bob), readers="A", writers="A"),
    **pages("accounts_role", lambda w: w.role, readers="A", writers="A"),
    **pages("accounts_apitoken", lambda w: w.token, readers="AI", writers="AI"),
    **single("accounts_company", lambda w: w.cast.northwind),
    **single("accounts_aisettings", lambda w: w.cast.northwind.ai_settings),
    **pages("accounts_auditentry", lambda w: w.entry, readers="AU"),
    "admin:accounts_auditentry_export": [Row("200 403 403 200 403 302 200", lambda world: ["csv"])],
    **pages("policies_device", lambda w: w.device, readers="A", writers="A"),
    **pages("policies_devicegroup", lambda w: w.device_group, readers="A", writers="A"),
    **pages("policies_policy", lambda w: w.policy, readers="A", writers="A"),
    "policies:import_devices": [Row(ADMINS), Row("422 403 403 403 403 302 422", method="POST")],
    "policies:import_template": [Row(ADMINS)],
    "policies:export_devices": [Row(ADMINS)],
    "policies:import": [Row("200 403 403 403 403 302 404", lambda w: [w.device_import.public_id])],
    "policies:turn_off_locally": [Row("302 403 403 403 403 302 404", lambda w: [w.device.public_id], "POST")],
    **pages("summaries_issuetype", lambda w: w.issue_type, readers="A", writers="A"),
    **pages("summaries_application", lambda w: w.application, readers="A", writers="A"),
    # Sessions
    "summaries:home": [Row(EVERY_MEMBER)],
    "summaries:reports": [Row(EVERY_MEMBER)],
    "summaries:filter": [Row(EVERY_MEMBER)],
}


def _session(expected: str, **kwargs: Any) -> list[Row]:
    """The manager's session, and the supporter's own."""
    own = expected.split()
    own[2] = kwargs.pop("own", own[0])
    return [
        Row(expected, lambda world: [world.session.number], **kwargs),
        Row(" ".join(own), lambda world: [world.own_session.number], **kwargs),
    ]


ROWS |= {
    "summaries:session": _session(OWN_OR_NOT),
    "summaries:panel": _session(OWN_OR_NOT, headers={"HX-Request": "true"}),
    "summaries:report_pdf": _session("200 200 404 403 200 302 404"),
    "summaries:session_timeline": _session(OWN_OR_NOT),
    "summaries:session_report": _session(OWN_OR_NOT),
    "summaries:session_consent": _session(OWN_OR_NOT),
    "summaries:session_revisions": _session(OWN_OR_NOT),
}


def _api(expected: str, **kwargs: Any) -> list[Row]:
    return [Row(expected, lambda world: [world.session.public_id], **kwargs)]


ROWS |= {
    "summaries:import": [
        Row("200 200 200 403 200 302 200"),
        Row("422 422 422 403 422 302 422", method="POST"),
    ],
    "summaries:import_result": [Row("200 200 200 403 200 302 200")],
    "summaries:generate": _session("302 302 404 403 302 302 404", method="POST", own="302"),
    "summaries:session_notes": _session("302 302 403 403 302 302 404", method="POST", own="403"),
    "summaries:decide": _session("302 302 404 403 403 302 404", method="POST", own="302"),
    # API, as a signed-in member; what tokens add is in tests/accounts/test_api_authentication.py
    "api:schema": [Row("200 200 200 200 200 200 200")],
    "api:docs": [Row("200 200 200 200 200 200 200")],
    "api:no_such_address": [Row("404 404 404 404 404 404 404")],
    "api:session-list": [
        Row("200 200 200 200 200 401 200"),
        Row("201 201 201 403 201 401 201", method="POST"),
    ],
    "api:session-detail": _api("200 200 404 200 200 401 404"),
    "api:session-interactions": [
        *_api("200 200 404 200 200 401 404"),
        *_api("400 400 404 403 400 401 404", method="POST"),
    ],
    "api:session-consent": _api("400 400 404 403 400 401 404", method="POST"),
    "api:session-end": _api("200 200 404 403 200 401 404", method="POST"),
    "api:session-generate": _api("202 202 404 403 202 401 404", method="POST"),
    "api:session-report": _api("200 200 404 403 200 401 404"),
    "api:summary-list": [Row("200 200 200 200 200 401 200")],
    "api:summary-detail": [Row("200 200 404 200 200 401 404", lambda world: [world.summary.public_id])],
    "api:recording-list": [Row("400 400 400 403 400 401 400", method="POST")],
}
