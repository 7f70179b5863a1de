"""The rules as data: code, words for people, and the detectors that find their places."""

from dataclasses import dataclass

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
        "PASSWORD", "password", "passwords", (NAMED_PASSWORDS, CJK_PASSWORDS, PASSPHRASES, NEXT_LINES, *COMMAND_LINES)
    ),
    # Private keys run over several batches: `private_keys.PrivateKeys` belongs to a session, not to this table.
    Rule("PRIVATE_KEY", "private key", "private keys"),
    Rule("TOKEN", "access token", "access tokens", (*SHAPED_TOKENS, *HEADERS, NAMED_TOKENS, RANDOM_KEYS)),
    Rule("URL_CREDENTIALS", "sign-in in a web address", "sign-ins in web addresses", (UrlCredentials(),)),
    Rule("CARD", "card number", "card numbers", (Numbers(),)),
    Rule("IBAN", "bank account number", "bank account numbers", (Ibans(),), may_be_off=True),
    Rule("EMAIL", "e-mail address", "e-mail addresses", (Emails(),), may_be_off=True),
    Rule("PHONE", "phone number", "phone numbers", may_be_off=True),  # found together with card numbers
    Rule("IP_ADDRESS", "IP address", "IP addresses", (IpAddresses(),), may_be_off=True),
)
RULE_CODES = tuple(rule.code for rule in RULES)
RULE_LABELS: dict[str, str] = {rule.code: rule.singular for rule in RULES}
DETECTORS = tuple(detector for rule in RULES for detector in rule.detectors)
