"""What an authenticator app does."""

import time

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

from insights_portal.lib import crypto

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def add_app(user):
    return TOTP.activate(user, SECRET).instance


def code_now(secret=SECRET, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def wrong_code():
    """A code that no step near now has."""
    near = {code_now(steps=steps) for steps in range(-3, 4)}
    return next(
        code
        for code in ("000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777")
        if code not in near
    )


def decrypted(stored):
    return crypto.decrypt(stored)
