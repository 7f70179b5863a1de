"""Which number a value has in a session: [EMAIL-1], [EMAIL-2] … Holds keyed hashes, never a value."""

import re
from functools import lru_cache

from insights_portal.lib.crypto import fingerprint
from summaries.redaction.base import RedactionMemory
from summaries.redaction.rules import RULE_CODES


@lru_cache(maxsize=64)
def placeholders_of(codes: tuple[str, ...] = RULE_CODES) -> "re.Pattern[str]":
    """Finds what these rules leave behind, typed by somebody or not."""
    return re.compile(rf"\[({'|'.join(codes)})-(\d{{1,9}})\]")


#: Marks, in the memory, a password that is masked wherever else it stands.
_LEARNED = "learned "
_NO_NUMBER = 0


class Numbering:
    def __init__(self, session_key: str, memory: RedactionMemory | None) -> None:
        self._session_key = session_key
        self._numbers = {rule: dict(numbers) for rule, numbers in (memory or {}).items()}
        self._used = {rule: set(numbers.values()) - {_NO_NUMBER} for rule, numbers in self._numbers.items()}
        self._prints: dict[tuple[str, str], str] = {}

    def placeholder(self, rule: str, key: str) -> str:
        """The placeholder of a value; a new value takes the next free number."""
        numbers, used = self._numbers.setdefault(rule, {}), self._used.setdefault(rule, set())
        hashed = self._print(rule, key)
        if hashed not in numbers:
            number = len(used) + 1
            while number in used:
                number += 1
            numbers[hashed] = number
            used.add(number)
        return f"[{rule}-{numbers[hashed]}]"

    def reserve(self, rule: str, number: int) -> None:
        """Keep a number free that somebody typed, so that no value seems to be what the text only looked like."""
        used = self._used.setdefault(rule, set())
        if number not in used:
            used.add(number)
            self._numbers.setdefault(rule, {})[self._print(rule, f"[{rule}-{number}]")] = number

    def learn(self, password: str) -> None:
        self._numbers.setdefault("PASSWORD", {})[self._print("PASSWORD", _LEARNED + password)] = _NO_NUMBER

    def has_learned(self, password: str) -> bool:
        return self._print("PASSWORD", _LEARNED + password) in self._numbers.get("PASSWORD", {})

    def memory(self) -> RedactionMemory:
        return {rule: dict(numbers) for rule, numbers in self._numbers.items()}

    def _print(self, rule: str, key: str) -> str:
        """A value that returns in every line is hashed once."""
        if (rule, key) not in self._prints:
            if len(self._prints) > 10_000:  # noqa: PLR2004 - bounds what a session holds in memory
                self._prints.clear()
            self._prints[rule, key] = fingerprint(key, purpose=f"redaction:{self._session_key}:{rule}")
        return self._prints[rule, key]
