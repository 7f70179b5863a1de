"""The rules as data: code, words for people, and the detectors that find their places."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from summaries.redaction.detectors import Detector, Emails, UrlCredentials
from summaries.redaction.numbers import Ibans, IpAddresses, Numbers
from summaries.redaction.passwords import (
    CJK_PASSWORDS,
    COMMAND_LINES,
    NAMED_PASSWORDS,
    NAMED_TOKENS,
    NEXT_LINES,
    PASSPHRASES,
    RANDOM_KEYS,
)
from summaries.redaction.tokens import HEADERS, SHAPED_TOKENS


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    singular: str
    plural: str
    detectors: tuple[Detector, ...] = ()
    #: Whether a company may do without it. Secrets and card numbers are masked everywhere.
    may_be_off: bool = False


RULES = (
    Rule(
        "PASSWORD",
        gettext_noop("password"),
        gettext_noop("passwords"),
        (NAMED_PASSWORDS, CJK_PASSWORDS, PASSPHRASES, NEXT_LINES, *COMMAND_LINES),
    ),
    # Private keys run over several batches: `private_keys.PrivateKeys` belongs to a session, not to this table.
    Rule("PRIVATE_KEY", gettext_noop("private key"), gettext_noop("private keys")),
    Rule(
        "TOKEN",
        gettext_noop("access token"),
        gettext_noop("access tokens"),
        (*SHAPED_TOKENS, *HEADERS, NAMED_TOKENS, RANDOM_KEYS),
    ),
    Rule(
        "URL_CREDENTIALS",
        gettext_noop("sign-in in a web address"),
        gettext_noop("sign-ins in web addresses"),
        (UrlCredentials(),),
    ),
    Rule("CARD", gettext_noop("card number"), gettext_noop("card numbers"), (Numbers(),)),
    Rule(
        "IBAN", gettext_noop("bank account number"), gettext_noop("bank account numbers"), (Ibans(),), may_be_off=True
    ),
    Rule("EMAIL", gettext_noop("e-mail address"), gettext_noop("e-mail addresses"), (Emails(),), may_be_off=True),
    Rule(
        "PHONE", gettext_noop("phone number"), gettext_noop("phone numbers"), may_be_off=True
    ),  # found together with card numbers
    Rule("IP_ADDRESS", gettext_noop("IP address"), gettext_noop("IP addresses"), (IpAddresses(),), may_be_off=True),
)
RULE_CODES = tuple(rule.code for rule in RULES)
RULE_LABELS: dict[str, str] = {rule.code: rule.singular for rule in RULES}
DETECTORS = tuple(detector for rule in RULES for detector in rule.detectors)
