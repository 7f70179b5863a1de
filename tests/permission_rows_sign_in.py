"""Rows of the permission matrix: how people sign in. See tests/permission_rows.py."""

from tests.permission_world import CLOSED, EVERY_MEMBER, SENT_ON, Row, single

SIGN_IN_ROWS: dict[str, list[Row]] = {
    # Second factors: everybody's own; visitors meet one after the password only
    "mfa_index": [Row(EVERY_MEMBER)],
    "mfa_authenticate": [Row("302 302 302 302 302 302 302")],
    "mfa_reauthenticate": [Row(SENT_ON)],
    "mfa_reauthenticate_webauthn": [Row(SENT_ON)],
    "mfa_activate_totp": [Row(EVERY_MEMBER)],
    "mfa_deactivate_totp": [Row(CLOSED)],
    "mfa_view_recovery_codes": [Row(CLOSED)],
    "mfa_generate_recovery_codes": [Row(EVERY_MEMBER)],
    "mfa_download_recovery_codes": [Row(CLOSED)],
    "mfa_list_webauthn": [Row(EVERY_MEMBER)],
    "mfa_add_webauthn": [Row(EVERY_MEMBER)],
    "mfa_remove_webauthn": [Row(CLOSED, lambda world: [1]), Row(CLOSED, lambda world: [1], "POST")],
    "mfa_edit_webauthn": [Row(CLOSED, lambda world: [1]), Row(CLOSED, lambda world: [1], "POST")],
    # Single sign-on: for everyone; Northwind's is off
    "accounts:sign_on": [
        Row("200 200 200 200 200 200 200"),
        Row("200 200 200 200 200 200 200", method="POST", data={"company": "northwind"}),
    ],
    "accounts:sign_on_again": [Row(CLOSED)],
    "accounts:sign_on_callback": [Row("403 403 403 403 403 403 403", lambda world: ["northwind"])],
    "accounts:sign_on_acs": [Row("403 403 403 403 403 403 403", lambda world: ["northwind"], "POST")],
    "accounts:sign_on_finish": [Row("403 403 403 403 403 403 403", lambda world: ["northwind"])],
    "accounts:sign_on_metadata": [Row("404 404 404 404 404 404 404", lambda world: ["northwind"])],
    "accounts:sign_ins": [Row(EVERY_MEMBER)],
    "accounts:end_sign_in": [
        Row("405 405 405 405 405 302 405"),
        Row("302 302 302 302 302 302 302", method="POST", data={"sign_in": "999999"}),
    ],
    **single("accounts_singlesignon", lambda world: world.cast.northwind.single_sign_on),
}
