"""What an engine writes after a person has corrected a summary takes nobody's correction away."""

from datetime import timedelta

import pytest

from summaries.domain.correction.editing import correct
from summaries.domain.correction.restoring import newer_text, restore
from summaries.domain.generation.credit_use import has_credit
from summaries.domain.generation.requests import ask_for_summary, generate
from summaries.models import Summary, SupportSession
from tests.summaries.domain.correction.cases import content_of, with_problem

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


@pytest.fixture
def summary(session, clock):
    """Of an imported session, written by the built-in engine."""
    summary = Summary.objects.get(session=session)
    generate(summary_id=summary.pk, clock=clock)
    summary.refresh_from_db()
    return summary


def written_again(summary, actor, at, language="de"):
    ask_for_summary(session=summary.session, actor=actor, at=at, language=language)
    generate(summary_id=summary.pk, clock=lambda: at + timedelta(minutes=1))
    return Summary.objects.get(pk=summary.pk)


def test_a_correction_stays_until_a_person_takes_the_newer_text(cast, summary, later):
    correct(summary=summary, seen=1, content=with_problem(summary, "Typo."), actor=cast.bob, at=later)

    after = written_again(summary, cast.bob, later)

    newer = newer_text(summary=after)
    assert (after.state, after.current.number, after.review, after.language) == ("READY", 2, "REVIEWED", "en")
    assert (newer.number, newer.language, newer.engine) == (3, "de", "BUILT_IN")
    assert "typo" in SupportSession.objects.get().search_text

    restore(summary=after, number=3, seen=2, actor=cast.bob, at=later)

    after.refresh_from_db()
    assert (after.current, after.review, after.language) == (newer, "AI_GENERATED", "de")
    assert "typo" not in SupportSession.objects.get().search_text


def test_a_translation_cites_the_same_record(cast, summary, later):
    english = content_of(summary)

    after = written_again(summary, cast.bob, later)

    german = content_of(after)
    assert (after.current.number, german.language, german.title != english.title) == (2, "de", True)
    assert [step.action.evidence for step in german.steps] == [step.action.evidence for step in english.steps]


def test_a_correction_made_while_an_engine_writes_is_not_lost(cast, summary, later):
    ask_for_summary(session=summary.session, actor=cast.bob, at=later)
    correct(summary=summary, seen=1, content=with_problem(summary, "Typo."), actor=cast.bob, at=later)
    generate(summary_id=summary.pk, clock=lambda: later + timedelta(minutes=1))

    after = Summary.objects.get()
    assert (after.state, after.current.number, newer_text(summary=after).number) == ("READY", 2, 3)


def test_a_session_has_its_one_credit(cast, session, clock):
    assert has_credit(session=session)
    generate(summary_id=session.summary.pk, clock=clock)
    assert has_credit(session=session)

    other = SupportSession(company=cast.northwind)
    assert not has_credit(session=other)
