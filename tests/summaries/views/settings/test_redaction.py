import pytest

from summaries.domain.redaction import rules as redaction_rules
from summaries.domain.redaction.rules import NamedRule, rules_of
from summaries.models import Interaction, RedactionRules
from summaries.redaction.own_rules import OURS_ALONE
from tests.conftest import NOW
from tests.summaries.session_rows import add_interactions, add_session
from tests.summaries.views.settings.conftest import field_errors

RULE = {"name": "Badges", "label": "badge", "kind": "EXPRESSION", "pattern": r"EMP-\d{4}", "is_on": "on"}


@pytest.fixture
def page(tab):
    return tab("redaction")


def own():
    return [(each["name"], each["label"], each["is_on"]) for each in RedactionRules.objects.get().own]


def test_rule_is_saved_changed_and_removed(page):
    assert page.send(do="save", **RULE).status_code == 302
    assert own() == [("Badges", "BADGE", True)]

    changed = page.read("?rule=Badges")
    page.send(do="save", replaces="Badges", **(RULE | {"name": "Staff", "is_on": ""}))
    assert "Change the rule “Badges”" in changed
    assert own() == [("Staff", "BADGE", False)]

    page.send(do="remove", name="Staff")
    assert own() == []


def test_built_in_rules_are_switched_and_secrets_stay_on(page, cast):
    page.send(do="switch", on=["IBAN", "PHONE"])

    assert rules_of(company_id=cast.northwind.pk).off == {"EMAIL", "IP_ADDRESS"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"label": "EMAIL"}, "label"),
        ({"pattern": "(?=a)b"}, "pattern"),
        ({"kind": "OTHER"}, "kind"),
        ({"session": "soon"}, "session"),
    ],
)
def test_rule_that_can_not_stand_is_refused_at_its_field_and_kept_in_the_form(page, values, field):
    answer = page.send(do="save", **(RULE | values))

    assert (answer.status_code, list(field_errors(answer)), RedactionRules.objects.count()) == (422, [field], 0)


def test_rules_that_someone_else_changed_are_told_and_may_be_saved_again(page):
    seen = page.fields()["version"]
    page.send(do="save", **(RULE | {"name": "First", "label": "FIRST"}))

    late = page.send(do="save", version=seen, **RULE)

    assert "Someone else changed the rules" in field_errors(late)["__all__"][0]
    assert own() == [("First", "FIRST", True)]


def test_trial_shows_masked_text_only_and_saves_nothing(page, cast):
    session = add_session(cast.northwind, cast.bob, 1)
    add_interactions(session, 1)
    Interaction.objects.update(text="badge EMP-1234 of [EMAIL-1]")

    answer = page.send(do="try", **(RULE | {"name": "", "label": "", "text": "EMP-9 EMP-1111", "session": "S-1"}))

    assert (answer.status_code, RedactionRules.objects.count()) == (200, 0)
    assert answer.context["on_text"]["trial"].lines == ("EMP-9 [MASKED-1]",)
    assert answer.context["on_session"]["trial"].lines == ("badge [MASKED-1] of [EMAIL-1]",)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "text"),
        ({"session": "S-99"}, "session"),
        ({"session": "S-7"}, "session"),
        ({"session": "S-7", "pattern": ""}, "pattern"),
        ({"text": "x", "pattern": "("}, "pattern"),
    ],
)
def test_trial_that_can_not_be_made_says_why(page, cast, values, field):
    add_interactions(add_session(cast.contoso, cast.charlie, 7), 1)

    answer = page.send(do="try", **(RULE | values))

    assert (answer.status_code, list(field_errors(answer))) == (422, [field])


@pytest.mark.parametrize("rules", [1, 3])
def test_page_costs_the_same_with_one_rule_and_with_three(page, cast, rules, django_assert_num_queries):
    for number in range(rules):
        rule = NamedRule(f"Rule {number}", "ABC" * (number + 1), "WORDS", "Falcon")
        redaction_rules.save_rule(
            company=cast.northwind, rule=rule, replaces="", version=number, actor=cast.alice, at=NOW
        )
    page.read()

    with django_assert_num_queries(7):
        shown = page.read()

    assert [name for name in ("Rule 0", "Rule 1", "Rule 2") if name in shown] == [f"Rule {n}" for n in range(rules)]


def test_rules_of_another_company_are_neither_shown_nor_changed(page, cast):
    redaction_rules.save_rule(
        company=cast.contoso,
        rule=NamedRule("Heron list", "HERON", "WORDS", "Heron"),
        replaces="",
        version=0,
        actor=cast.charlie,
        at=NOW,
    )

    shown = page.read("?rule=Heron+list")
    page.send(do="remove", name="Heron list", version="1")

    assert "Heron" not in shown
    assert rules_of(company_id=cast.contoso.pk) != OURS_ALONE
    assert len(rules_of(company_id=cast.contoso.pk).own) == 1
