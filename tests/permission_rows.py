"""The table of the permission matrix: for each URL, what each role is answered.

A row is one string of seven statuses in the order of ROLES. The last column is the administrator of another company who
asks for *this* company's ids: 404 wherever the address holds one. To add a URL, add `"namespace:name": [Row("…")]`;
with ids in the address `Row("…", args=lambda world: [world.session.number])`, with another method `method="POST"`, with
fields `data={…}`. A URL may have several rows.
"""

from typing import Any

from accounts.domain.invitations import token_of
from tests.permission_rows_backlog import BACKLOG_ROWS
from tests.permission_rows_consent import CONSENT_ROWS
from tests.permission_rows_copilot import COPILOT_ROWS
from tests.permission_rows_credits import CREDIT_ROWS
from tests.permission_rows_exports import EXPORT_ROWS
from tests.permission_rows_jobs import JOB_ROWS
from tests.permission_rows_lists import LIST_ROWS
from tests.permission_rows_orders import ORDER_ROWS
from tests.permission_rows_recurring import RECURRING_ROWS
from tests.permission_rows_removal import MORE_ROWS, REMOVAL_ROWS
from tests.permission_rows_review import REVIEW_ROWS
from tests.permission_rows_schedules import SCHEDULE_ROWS
from tests.permission_rows_settings import SETTINGS_ROWS
from tests.permission_rows_sign_in import SIGN_IN_ROWS
from tests.permission_rows_webhooks import WEBHOOK_ROWS
from tests.permission_world import (
    ADMINS,
    CLOSED,
    EVERY_MEMBER,
    FORBIDDEN,
    OWN_OR_NOT,
    SENT_ON,
    Row,
    pages,
    single,
)

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
    "accounts:own_access": [Row(EVERY_MEMBER)],
    "accounts:member_access": [
        Row("200 403 403 403 403 302 404", lambda world: [world.cast.membership(world.cast.bob).pk])
    ],
    "accounts:role_matrix": [Row(ADMINS)],
    "accounts:disclosures": [
        Row("200 403 403 200 403 302 200"),
        Row("422 403 403 422 403 302 422", method="POST"),
    ],
    "accounts:works_council": [Row("302 403 403 403 403 302 302", method="POST")],
    "accounts:decide_disclosure": [
        Row("302 403 403 302 403 302 404", lambda w: [w.disclosure.pk], "POST", {"decision": "decline"}),
    ],
    "accounts:invitation": [
        Row("200 200 200 200 200 200 200", lambda world: [token_of(world.invitation)]),
        Row("410 410 410 410 410 410 410", lambda world: ["0" * 64]),
    ],
    "accounts:choose_language": [
        Row("405 405 405 405 405 405 405"),
        Row("302 302 302 302 302 302 302", method="POST", data={"language": "de"}),
        Row("404 404 404 404 404 404 404", method="POST", data={"language": "tlh"}),
    ],
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
    # Nobody adds members: they are invited.
    "admin:accounts_membership_add": [Row(FORBIDDEN)],
    "admin:accounts_membership_edit_selected": [
        Row("302 403 403 403 403 302 302"),
        Row("400 403 403 403 403 302 400", method="POST"),
    ],
    **pages("accounts_usergroup", lambda w: w.user_group, readers="A", writers="A"),
    **pages("accounts_invitation", lambda w: w.invitation, readers="A", writers="A"),
    "admin:accounts_invitation_resend": [
        Row("405 405 405 405 405 302 405", lambda world: [world.invitation.pk]),
        Row("302 403 403 403 403 302 404", lambda world: [world.invitation.pk], "POST"),
    ],
    **pages("accounts_role", lambda w: w.role, readers="A", writers="A"),
    **pages("accounts_apitoken", lambda w: w.token, readers="AI", writers="AI"),
    **single("accounts_company", lambda w: w.cast.northwind),
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
    "summaries:figures": [Row(EVERY_MEMBER)],
    "summaries:filter": [Row(EVERY_MEMBER)],
    "summaries:filter_devices": [Row(EVERY_MEMBER)],
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
    "summaries:import_progress": [Row("200 200 200 403 200 302 200")],
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
    "api:session-end": _api("200 200 404 403 200 401 404", method="POST"),
    "api:session-generate": _api("202 202 404 403 202 401 404", method="POST"),
    "api:session-report": _api("200 200 404 403 200 401 404"),
    "api:summary-list": [Row("200 200 200 200 200 401 200")],
    "api:summary-detail": [Row("200 200 404 200 200 401 404", lambda world: [world.summary.public_id])],
    "api:device-list": [Row("200 403 403 403 403 401 200"), Row("400 403 403 403 403 401 400", method="POST")],
    "api:device-detail": [
        Row("200 403 403 403 403 401 404", lambda world: [world.device.public_id]),
        Row("200 403 403 403 403 401 404", lambda world: [world.device.public_id], "PATCH"),
    ],
    "api:device-bulk": [Row("400 403 403 403 403 401 400", method="POST")],
    "api:device-locally": [Row("400 400 400 403 400 401 400", method="POST")],
    "api:device_group-list": [Row("200 403 403 403 403 401 200"), Row("400 403 403 403 403 401 400", method="POST")],
    "api:device_group-detail": [
        Row("200 403 403 403 403 401 404", lambda world: [world.device_group.public_id]),
        Row("200 403 403 403 403 401 404", lambda world: [world.device_group.public_id], "PATCH"),
    ],
    "api:policy-list": [Row("200 403 403 403 403 401 200")],
    "api:policy-detail": [Row("200 403 403 403 403 401 404", lambda world: [world.policy.public_id])],
    "api:policy-assign": [Row("200 403 403 403 403 401 404", lambda world: [world.policy.public_id], "POST")],
    "api:policy-unassign": [Row("200 403 403 403 403 401 200", method="POST")],
    "api:recording-list": [Row("400 400 400 403 400 401 400", method="POST")],
}
ROWS |= CONSENT_ROWS
ROWS |= SIGN_IN_ROWS
ROWS |= WEBHOOK_ROWS
ROWS |= REMOVAL_ROWS
ROWS |= RECURRING_ROWS | LIST_ROWS | BACKLOG_ROWS
ROWS |= JOB_ROWS
ROWS |= REVIEW_ROWS
ROWS |= SCHEDULE_ROWS
for _name, _rows in MORE_ROWS.items():
    ROWS[_name] = [*ROWS[_name], *_rows]

ROWS |= COPILOT_ROWS | SETTINGS_ROWS | CREDIT_ROWS | ORDER_ROWS | EXPORT_ROWS
