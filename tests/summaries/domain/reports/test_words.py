import re

import pytest

from accounts.enums import SummaryLanguage
from policies.enums import Reason
from summaries.domain.reports.words import WORDS
from summaries.enums import Direction, Outcome, ReviewState, SummaryState
from summaries.redaction.rules import RULES

ENGLISH = WORDS["en"]
#: Words that another language may share with English.
SHARED = {"page", "supporter", "ticket", "problem", "start", "notes", "cause", "applications"}


def test_a_report_has_words_in_every_language_of_summaries() -> None:
    assert list(WORDS) == SummaryLanguage.values


def test_every_reason_and_state_has_words() -> None:
    needed = {reason.value for reason in Reason} - {
        Reason.INCOMING_POLICY,
        Reason.OUTGOING_ALLOWED,
        Reason.OUTGOING_CONSENTED,
    }
    needed |= {state.value for state in SummaryState} - {SummaryState.READY}
    needed |= {*Outcome.values, *Direction.values, *ReviewState.values}

    assert needed - set(ENGLISH.labels) == set()


def test_every_rule_of_redaction_has_its_words() -> None:
    assert ENGLISH.masked == {rule.code: rule.plural for rule in RULES}


@pytest.mark.parametrize("language", [code for code in SummaryLanguage.values if code != "en"])
def test_every_word_is_translated_with_the_same_places(language: str) -> None:
    words = WORDS[language]

    assert _places(words.labels) == _places(ENGLISH.labels)
    assert list(words.masked) == list(ENGLISH.masked)
    assert [words.seconds.count("{}"), words.minutes.count("{}"), words.hours.count("{}")] == [1, 1, 1]
    untranslated = {name for name, text in words.labels.items() if text == ENGLISH.labels[name]}
    assert untranslated - SHARED == set()


def _places(labels: dict[str, str]) -> dict[str, list[str]]:
    return {name: sorted(re.findall(r"{\d?}", text)) for name, text in labels.items()}
