import pytest
from django.http import Http404

from summaries.domain.redaction import rules as redaction_rules
from summaries.domain.redaction import trial as redaction_trial
from summaries.domain.redaction.rules import NamedRule
from summaries.domain.redaction.trial import Trial
from summaries.models import Interaction
from tests.conftest import NOW
from tests.summaries.session_rows import add_interactions, add_session

BADGES = NamedRule("Badges", "BADGE", "EXPRESSION", r"EMP-\d{4}")


def drafted(cast, draft=None, replaces=""):
    return redaction_trial.drafted_rules(company=cast.northwind, draft=draft, replaces=replaces)


@pytest.fixture
def saved(cast):
    save = {"company": cast.northwind, "replaces": "", "actor": cast.alice, "at": NOW}
    redaction_rules.save_rule(rule=BADGES, version=0, **save)
    redaction_rules.save_rule(rule=NamedRule("Off", "PROJECT", "WORDS", "Falcon", is_on=False), version=1, **save)


def test_text_is_masked_as_it_would_be_with_the_draft_in_place_of_the_saved_rule(cast, saved):
    text = "EMP-1234\r\nFalcon of ada@acme.example"
    draft = NamedRule("Badges", "STAFF", "WORDS", "EMP-1234")

    assert redaction_trial.try_on_text(rules=drafted(cast), text=text) == Trial(
        ("[BADGE-1]", "Falcon of [EMAIL-1]"), {"BADGE": 1, "EMAIL": 1}
    )
    assert redaction_trial.try_on_text(rules=drafted(cast, draft, "Badges"), text=text).lines[0] == "[STAFF-1]"


def test_text_that_is_too_long_is_read_to_the_limit(cast):
    trial = redaction_trial.try_on_text(rules=drafted(cast), text="x" * 20_001)

    assert (len(trial.lines[0]), trial.is_whole) == (20_000, False)


def test_session_shows_what_the_rule_would_mask_besides_and_stays_as_it_is(cast):
    session = add_session(cast.northwind, cast.bob, 1)
    add_interactions(session, 25)
    Interaction.objects.filter(session=session).update(text="x" * 300 + " EMP-1234 of [EMAIL-1], ghp_" + "a1" * 20)
    Interaction.objects.filter(session=session, number__gt=22).update(text="ghp_" + "a1" * 20)

    trial = redaction_trial.try_on_session(
        company=cast.northwind, viewer=cast.alice, number=session.number, rule=BADGES
    )

    assert (trial.counts, trial.changed, trial.read, len(trial.lines), trial.is_whole) == (
        {"BADGE": 22},
        22,
        25,
        20,
        True,
    )
    assert set(trial.lines) == {"x" * 99 + " [BADGE-1] of [EMAIL-1], [TOKEN-1]"}
    assert Interaction.objects.filter(session=session, text__contains="EMP-1234").count() == 22


def test_session_of_another_company_can_not_be_tried_on(cast):
    session = add_session(cast.contoso, cast.charlie, 7)
    add_interactions(session, 1)

    with pytest.raises(Http404):
        redaction_trial.try_on_session(company=cast.northwind, viewer=cast.alice, number=7, rule=BADGES)
