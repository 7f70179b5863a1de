from dataclasses import replace

import pytest

from accounts.models import AuditEntry
from summaries.domain import capture
from summaries.domain.redaction import rules as redaction_rules
from summaries.domain.redaction.rules import MAX_RULES, NamedRule, UnableToSaveRules, rules_of
from summaries.domain.reports import notes
from summaries.models import RedactionRules
from summaries.redaction.own_rules import OURS_ALONE, OwnRule, PatternKind, RuleSet
from tests.conftest import NOW

BADGES = NamedRule("Badges", "BADGE", "EXPRESSION", r"EMP-\d{4}")


def save(cast, rule=BADGES, *, replaces="", version=0, company=None):
    return redaction_rules.save_rule(
        company=company or cast.northwind, rule=rule, replaces=replaces, version=version, actor=cast.alice, at=NOW
    )


def test_company_without_rules_of_its_own_goes_by_ours(cast):
    save(cast, company=cast.contoso)

    assert rules_of(company_id=cast.northwind.pk) is OURS_ALONE


def test_saved_rules_are_what_a_redactor_goes_by_and_one_that_is_off_is_not(cast):
    save(cast)
    save(cast, NamedRule("Projects", "PROJECT", "WORDS", "Falcon", is_on=False), version=1)
    redaction_rules.switch_rules(
        company=cast.northwind, on=["IBAN", "PHONE", "IP_ADDRESS", "PASSWORD"], version=2, actor=cast.alice, at=NOW
    )

    assert rules_of(company_id=cast.northwind.pk) == RuleSet(
        frozenset({"EMAIL"}), (OwnRule("BADGE", PatternKind.EXPRESSION, r"EMP-\d{4}"),), 3
    )


def test_changes_are_audited_without_patterns(cast):
    save(cast)
    save(cast, replace(BADGES, pattern="EMP-secret"), replaces="Badges", version=1)
    redaction_rules.switch_rules(company=cast.northwind, on=[], version=2, actor=cast.alice, at=NOW)
    redaction_rules.switch_rules(company=cast.northwind, on=[], version=3, actor=cast.alice, at=NOW)
    redaction_rules.remove_rule(company=cast.northwind, name="Badges", version=3, actor=cast.alice, at=NOW)

    entries = AuditEntry.objects.filter(action__startswith="redaction_rule").order_by("pk")
    rule = {"rule": "Badges", "replacement": "BADGE", "kind": "EXPRESSION", "on": True}
    assert [(entry.action, entry.details) for entry in entries] == [
        ("redaction_rule.added", rule | {"version": 1}),
        ("redaction_rule.changed", rule | {"version": 2}),
        (
            "redaction_rules.switched",
            {"off": "IBAN, EMAIL, PHONE, IP_ADDRESS", "off before": "none", "version": 3},
        ),
        ("redaction_rule.removed", {"rule": "Badges", "version": 4}),
    ]


@pytest.mark.parametrize(
    ("rule", "field", "says"),
    [
        (replace(BADGES, name=""), "name", "Give the rule a name of 1 to 60 characters."),
        (replace(BADGES, name="x" * 61), "name", "Give the rule a name of 1 to 60 characters."),
        (
            replace(BADGES, name="PROJECTS"),
            "name",
            "Another rule has this name. Choose another, or change that rule.",
        ),
        (
            replace(BADGES, label="no"),
            "label",
            "Use 3 to 20 capital letters A to Z and _ for the replacement, for example STAFF_NUMBER.",
        ),
        (
            replace(BADGES, label="EMAIL"),
            "label",
            "A built-in rule puts this in place of what it masks. Choose another word.",
        ),
        (replace(BADGES, label="PROJECT"), "label", "Another rule has this replacement. Choose another word."),
        (replace(BADGES, pattern="("), "pattern", "The pattern is no regular expression: missing ): (?m:()."),
    ],
)
def test_rule_that_can_not_stand_is_refused_at_its_field(cast, rule, field, says):
    save(cast, NamedRule("Projects", "PROJECT", "WORDS", "Falcon"))

    with pytest.raises(UnableToSaveRules) as refusal:
        save(cast, rule, version=1)

    assert (refusal.value.field, str(refusal.value)) == (field, says)
    assert [each["name"] for each in RedactionRules.objects.get().own] == ["Projects"]


def test_more_rules_than_a_company_may_have_are_refused(cast):
    names = [f"{chr(65 + n // 26)}{chr(65 + n % 26)}X" for n in range(MAX_RULES + 1)]
    for version, name in enumerate(names[:-1]):
        save(cast, NamedRule(name, name, "WORDS", "Falcon"), version=version)

    with pytest.raises(UnableToSaveRules, match="at most 30 rules of its own"):
        save(cast, NamedRule(names[-1], names[-1], "WORDS", "Falcon"), version=MAX_RULES)
    save(cast, NamedRule(names[0], names[0], "WORDS", "Heron"), replaces=names[0], version=MAX_RULES)

    assert RedactionRules.objects.get().own[0]["pattern"] == "Heron"


def test_rules_changed_or_removed_meanwhile_are_told(cast):
    save(cast)

    for attempt, says in (
        (lambda: save(cast, replace(BADGES, name="Other", label="OTHER")), "Someone else changed the rules"),
        (
            lambda: save(cast, replaces="Gone", rule=replace(BADGES, name="Gone", label="GONE"), version=1),
            "was removed",
        ),
        (
            lambda: redaction_rules.remove_rule(
                company=cast.northwind, name="Gone", version=1, actor=cast.alice, at=NOW
            ),
            "There is no such rule.",
        ),
    ):
        with pytest.raises(UnableToSaveRules, match=says):
            attempt()
    assert [each["name"] for each in RedactionRules.objects.get().own] == ["Badges"]


def test_notes_are_masked_by_the_companys_rules_and_the_session_keeps_their_version(cast):
    save(cast)
    session = capture.open_session(
        company=cast.northwind, supporter=cast.bob, actor=cast.bob, at=NOW, notes="EMP-1234 called"
    )
    capture.end_session(session=session, actor=cast.bob, at=NOW)
    save(cast, NamedRule("Projects", "PROJECT", "WORDS", "Falcon"), version=1)

    notes.change_notes(session=session, notes="EMP-1234 and Falcon", actor=cast.alice, at=NOW)

    session.refresh_from_db()
    assert (session.notes, session.redaction_version) == ("[BADGE-1] and [PROJECT-1]", 2)
    assert session.redaction_counts == {"BADGE": 1, "PROJECT": 1}
