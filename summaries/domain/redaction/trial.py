"""What rules would mask, before they are saved: on a pasted text, and on a past session."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.models import Company, User
from summaries.domain.interaction_rows import clean, in_batches
from summaries.domain.reading.queries import session_numbered
from summaries.domain.reading.timeline import log_of
from summaries.domain.redaction.rules import NamedRule, as_own, own_rules, rules_row
from summaries.enums import Kind
from summaries.models import RedactionRules
from summaries.redaction.own_rules import RuleSet
from summaries.redaction.redactor import Redactor
from summaries.sources.base import CapturedInteraction

MAX_TEXT = 20_000
MAX_INTERACTIONS = 10_000
MAX_SHOWN = 20
_BATCH = 500
_SHOWN_CHARS = 300


@dataclass(frozen=True, slots=True)
class Trial:
    """*lines* as they would be stored; of a session those that would change, the first MAX_SHOWN."""

    lines: tuple[str, ...]
    counts: dict[str, int]
    changed: int = 0
    read: int = 0
    is_whole: bool = True


def drafted_rules(*, company: Company, draft: NamedRule | None, replaces: str) -> RuleSet:
    """The company's rules as they would be with *draft*, which was checked before."""
    row: RedactionRules | None = rules_row(company=company)
    kept = [each for each in own_rules(row) if each.name != replaces and each.is_on]
    own = [*kept, *([draft] if draft else [])]
    return RuleSet(frozenset(row.switched_off if row else ()), tuple(map(as_own, own)))


def try_on_text(*, rules: RuleSet, text: str) -> Trial:
    """The pasted text, masked as it would be. It is stored nowhere."""
    pasted = clean(text.replace("\r\n", "\n"))[:MAX_TEXT]
    redactor = Redactor(session_key="trial", rules=rules)
    masked = redactor.mask([CapturedInteraction(0, Kind.OUTPUT, line) for line in pasted.split("\n")])
    return Trial(tuple(row.text for row in masked), redactor.report().counts, is_whole=len(text) <= MAX_TEXT)


def try_on_session(*, company: Company, viewer: User, number: int, rule: NamedRule) -> Trial:
    """What *rule* would mask beyond what is masked already; nothing is changed. Raises Http404."""
    session = session_numbered(company=company, viewer=viewer, number=number)
    redactor = Redactor(session_key="trial", rules=RuleSet(own=(as_own(rule),)))
    stored = log_of(session=session).order_by("number").values_list("text", flat=True)[: MAX_INTERACTIONS + 1]
    texts = list(stored)
    lines, changed = _changed(redactor, texts[:MAX_INTERACTIONS], rule.label)
    counts = Counter({rule.label: redactor.report().counts.get(rule.label, 0)})
    return Trial(
        tuple(lines), dict(+counts), changed, min(len(texts), MAX_INTERACTIONS), len(texts) <= MAX_INTERACTIONS
    )


def _changed(redactor: Redactor, texts: Sequence[str], label: str) -> tuple[list[str], int]:
    """(the first changed texts around their first new placeholder; how many changed)."""
    lines: list[str] = []
    changed = 0
    rows: Iterable[CapturedInteraction] = (CapturedInteraction(0, Kind.OUTPUT, text) for text in texts)
    for batch in in_batches(rows, _BATCH):
        for before, after in zip(batch, redactor.mask(batch), strict=True):
            at = after.text.find(f"[{label}-")
            if before.text == after.text or at < 0:
                continue
            changed += 1
            if len(lines) < MAX_SHOWN:
                start = max(at - _SHOWN_CHARS // 3, 0)
                lines.append(after.text[start : start + _SHOWN_CHARS])
    return lines, changed
