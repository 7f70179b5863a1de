"""The redaction report of a session: which rule masked how many places, and how many different values they held."""

from dataclasses import dataclass

from django.utils.translation import gettext

from summaries.models import SupportSession
from summaries.redaction.rules import RULES

_PLURALS = {rule.code: rule.plural for rule in RULES}


@dataclass(frozen=True, slots=True)
class MaskedByRule:
    """*label*: the rule in words, or the name that a company gave to its own. *first* and *last*: the numbers of the
    placeholders, [EMAIL-1] to [EMAIL-3]. *values* is None once the log is deleted, and their keyed hashes with it.
    """

    rule: str
    label: str
    places: int
    values: int | None = None
    first: int = 0
    last: int = 0


def redaction_report(*, session: SupportSession) -> list[MaskedByRule]:
    """One row for each rule that masked something, ours in their order, then the company's own."""
    counts = {rule: places for rule, places in session.redaction_counts.items() if places}
    order = [*(code for code in _PLURALS if code in counts), *sorted(set(counts) - set(_PLURALS))]
    return [_row(rule, counts[rule], session) for rule in order]


def _row(rule: str, places: int, session: SupportSession) -> MaskedByRule:
    label = gettext(_PLURALS[rule]) if rule in _PLURALS else rule
    # 0 marks a password that was only learnt; nothing stands for it.
    numbers = [number for number in session.redaction_memory.get(rule, {}).values() if number]
    if not numbers:
        return MaskedByRule(rule, label, places)
    return MaskedByRule(rule, label, places, len(numbers), min(numbers), max(numbers))
