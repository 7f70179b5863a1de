"""What the log never holds: keys and links that stand in an address."""

import logging
import re

_SECRETS = re.compile(
    r"(?<=/password/reset/key/)[^/\s]+"
    r"|(?<=/consent/)(?:withdraw/)?[A-Za-z0-9_-]{20,}\.[^/\s]+"
    r"|(?<=/invitations/)[^/\s]+"
    r"|(?<=/schedules/leave/)[^/\s]+"
)


def without_secrets(text: str) -> str:
    """*text* with reset keys and the links of consent, invitations and scheduled mails cut out."""
    return _SECRETS.sub("…", text)


class WithoutSecrets(logging.Filter):
    """Cuts them out of what the framework says of a request that it refused."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(without_secrets(arg) if isinstance(arg, str) else arg for arg in record.args)
        return True
