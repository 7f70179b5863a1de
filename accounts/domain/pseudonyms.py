"""Works-council mode: which members appear by name to whom, and under which pseudonym otherwise."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import Company, Disclosure, Membership

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_DIGITS = "23456789"
_SHORTEST, _LONGEST = 3, 12
#: For whoever is no member of the company.
NAMELESS = "Supporter"


@dataclass(frozen=True, slots=True)
class SupporterNames:
    """What one viewer calls the members of a company. Without works-council mode everybody has their name."""

    is_on: bool = False
    #: {user id: pseudonym}
    pseudonyms: dict[int, str] = field(default_factory=dict)
    #: Users whose names the viewer sees: their own, and what two members revealed.
    shown: frozenset[int] = frozenset()
    #: Of these, the revealed ones.
    revealed: frozenset[int] = frozenset()
    #: {name: pseudonym} of whom the viewer does not see.
    hidden: dict[str, str] = field(default_factory=dict)

    def name_of(self, user_id: int, name: str) -> str:
        """*name*, or the pseudonym that stands for it."""
        return name if self.is_shown(user_id) else self.pseudonyms.get(user_id, NAMELESS)

    def is_shown(self, user_id: int) -> bool:
        return not self.is_on or user_id in self.shown

    def called(self, name: str) -> str:
        """*name* where only a name is known: the pseudonym if a member who is not shown has that very name."""
        return self.hidden.get(name, name)

    def user_id_of(self, pseudonym: str) -> int | None:
        """Who is behind *pseudonym*, with or without “Supporter” before it."""
        code = pseudonym.strip().removeprefix(NAMELESS).strip().upper()
        return next((pk for pk, name in self.pseudonyms.items() if name == f"{NAMELESS} {code}"), None)


def names_for(*, company: Company, viewer: Any, at: datetime) -> SupporterNames:
    """The names as *viewer* sees them at *at*: one query in works-council mode, none without it."""
    if not company.works_council_mode:
        return SupporterNames()
    mine = Q(requested_by=viewer.pk) | Q(confirmed_by=viewer.pk)
    revealed = Disclosure.objects.filter(mine, company=company, subject=OuterRef("user"), ends_at__gt=at)
    members = Membership.objects.filter(company=company).order_by("pk")
    rows = list(members.annotate(is_revealed=Exists(revealed)).values_list("user_id", "user__name", "is_revealed"))
    found = frozenset(user_id for user_id, _, is_revealed in rows if is_revealed)
    pseudonyms = make_pseudonyms(key=company.pseudonym_key, user_ids=(user_id for user_id, _, _ in rows))
    shown = found | {viewer.pk}
    return SupporterNames(
        is_on=True,
        pseudonyms=pseudonyms,
        shown=shown,
        revealed=found - {viewer.pk},
        hidden={name: pseudonyms[user_id] for user_id, name, _ in rows if user_id not in shown},
    )


def make_pseudonyms(*, key: str, user_ids: Iterable[int]) -> dict[int, str]:
    """{user id: pseudonym}, each once: of two that would be alike, who joined later gets a longer one.

    *user_ids* in the order of joining, so that nobody's pseudonym changes when somebody joins.
    """
    taken: dict[str, int] = {}
    for user_id in user_ids:
        code = _code(key, user_id)
        lengths = range(_SHORTEST, _LONGEST + 1)
        taken[next(code[:length] for length in lengths if code[:length] not in taken)] = user_id
    return {user_id: f"{NAMELESS} {code}" for code, user_id in taken.items()}


def _code(key: str, user_id: int) -> str:
    """Letter, digit, letter …: no word in any language."""
    number = int.from_bytes(hmac.new(key.encode(), b"%d" % user_id, hashlib.sha256).digest())
    signs = []
    for place in range(_LONGEST):
        alphabet = _DIGITS if place % 2 else _LETTERS
        number, index = divmod(number, len(alphabet))
        signs.append(alphabet[index])
    return "".join(signs)
