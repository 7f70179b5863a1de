"""The rules by which a company masks: ours, without those it does without, and its own."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.models import Company, User
from summaries.models import RedactionRules, SupportSession
from summaries.redaction.own_rules import OURS_ALONE, OwnRule, PatternKind, RuleSet, UnableToUsePattern, compiled
from summaries.redaction.redactor import Redactor
from summaries.redaction.rules import RULE_CODES, RULES

MAX_RULES = 30
MAX_NAME, MAX_LABEL = 60, 20
_LABEL = re.compile(r"[A-Z][A-Z_]{1,18}[A-Z]")
SWITCHABLE = tuple(rule for rule in RULES if rule.may_be_off)
ALWAYS_ON = tuple(rule for rule in RULES if not rule.may_be_off)


class UnableToSaveRules(Exception):
    """The rules were not changed. *field* is the field of the form that the sentence is about, or ""."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class NamedRule:
    name: str
    label: str
    kind: str
    pattern: str
    is_on: bool = True


def rules_row(*, company: Company) -> RedactionRules | None:
    return RedactionRules.objects.filter(company=company).first()


def own_rules(row: RedactionRules | None) -> list[NamedRule]:
    return [NamedRule(**each) for each in row.own] if row else []


def rules_of(*, company_id: int) -> RuleSet:
    """What every redactor of this company goes by, wherever the text comes from."""
    row = RedactionRules.objects.filter(company_id=company_id).first()
    if row is None:
        return OURS_ALONE
    own = tuple(as_own(each) for each in own_rules(row) if each.is_on)
    return RuleSet(frozenset(row.switched_off), own, row.version)


def as_own(rule: NamedRule) -> OwnRule:
    return OwnRule(rule.label, PatternKind(rule.kind), rule.pattern)


def redactor_of(*, session: SupportSession) -> Redactor:
    """The redactor of a session as its company wants it; notes on the session, unsaved, by which rules it went."""
    rules = rules_of(company_id=session.company_id)
    session.redaction_version = rules.version or None
    return Redactor(session_key=str(session.public_id), memory=session.redaction_memory, rules=rules)


def check_rule(*, rule: NamedRule, others: list[NamedRule]) -> None:
    """Raises UnableToSaveRules where *rule* could not stand beside *others*."""
    if not rule.name or len(rule.name) > MAX_NAME:
        raise UnableToSaveRules(
            _("Give the rule a name of 1 to %(max_name)s characters.") % {"max_name": MAX_NAME}, field="name"
        )
    if rule.name.casefold() in {each.name.casefold() for each in others}:
        raise UnableToSaveRules(_("Another rule has this name. Choose another, or change that rule."), field="name")
    if rule.label in {each.label for each in others}:
        raise UnableToSaveRules(_("Another rule has this replacement. Choose another word."), field="label")
    check_usable(rule=rule)


def check_usable(*, rule: NamedRule) -> None:
    """Raises UnableToSaveRules where the rule can't be run, whatever it is called."""
    if not _LABEL.fullmatch(rule.label):
        raise UnableToSaveRules(
            _("Use 3 to %(max_label)s capital letters A to Z and _ for the replacement, for example STAFF_NUMBER.")
            % {"max_label": MAX_LABEL},
            field="label",
        )
    if rule.label in RULE_CODES:
        raise UnableToSaveRules(
            _("A built-in rule puts this in place of what it masks. Choose another word."), field="label"
        )
    try:
        compiled(rule.kind, rule.pattern)
    except UnableToUsePattern as reason:
        raise UnableToSaveRules(str(reason), field="pattern") from reason


@transaction.atomic
def save_rule(
    *, company: Company, rule: NamedRule, replaces: str, version: int, actor: User, at: datetime
) -> RedactionRules:
    """Add *rule*, or put it in place of the one called *replaces*. Raises UnableToSaveRules."""
    row = _locked(company=company, version=version, at=at)
    before = own_rules(row)
    others = [each for each in before if each.name != replaces]
    if len(others) >= MAX_RULES:
        raise UnableToSaveRules(
            _("A company has at most %(max_rules)s rules of its own. Remove one first.") % {"max_rules": MAX_RULES}
        )
    check_rule(rule=rule, others=others)
    if replaces and len(others) == len(before):
        raise UnableToSaveRules(_("The rule was removed meanwhile. Nothing was saved."))
    row.own = [asdict(rule if each.name == replaces else each) for each in before]
    row.own += [] if replaces else [asdict(rule)]
    details = {"rule": rule.name, "replacement": rule.label, "kind": rule.kind, "on": rule.is_on}
    return _save(
        row,
        action="redaction_rule.changed" if replaces else "redaction_rule.added",
        actor=actor,
        at=at,
        details=details,
    )


@transaction.atomic
def remove_rule(*, company: Company, name: str, version: int, actor: User, at: datetime) -> RedactionRules:
    """Raises UnableToSaveRules."""
    row = _locked(company=company, version=version, at=at)
    kept = [each for each in own_rules(row) if each.name != name]
    if len(kept) == len(row.own):
        raise UnableToSaveRules(_("There is no such rule. It may have been removed meanwhile."))
    row.own = [asdict(each) for each in kept]
    return _save(row, action="redaction_rule.removed", actor=actor, at=at, details={"rule": name})


@transaction.atomic
def switch_rules(*, company: Company, on: list[str], version: int, actor: User, at: datetime) -> RedactionRules:
    """Switch the built-in rules that may be off: those of *on* are on. Raises UnableToSaveRules."""
    row = _locked(company=company, version=version, at=at)
    before = row.switched_off
    row.switched_off = [rule.code for rule in SWITCHABLE if rule.code not in on]
    if row.switched_off == before:
        return row
    details = {"off": ", ".join(row.switched_off) or "none", "off before": ", ".join(before) or "none"}
    return _save(row, action="redaction_rules.switched", actor=actor, at=at, details=details)


def _locked(*, company: Company, version: int, at: datetime) -> RedactionRules:
    lock_company(company=company)
    row = rules_row(company=company) or RedactionRules(company=company, changed_at=at)
    if row.version != version:
        raise UnableToSaveRules(
            _(
                "Someone else changed the rules while this page was open. Nothing of yours was saved. Check "
                "it and save again."
            )
        )
    return row


def _save(row: RedactionRules, *, action: str, actor: User, at: datetime, details: dict[str, Any]) -> RedactionRules:
    """Patterns stay out of the audit log: a list of words may be what the company keeps secret."""
    row.version += 1
    row.changed_at = at
    row.save()
    audit.record(
        company=row.company, actor=actor, action=action, at=at, target=row, details=details | {"version": row.version}
    )
    return row
