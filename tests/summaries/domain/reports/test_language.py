from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from policies.enums import Reason
from summaries.domain.reports.language import ReportLanguage
from summaries.domain.reports.words import MASKED, WORDS
from summaries.enums import Direction, Outcome, ReviewState, SummaryState
from summaries.redaction.rules import RULES
from tests.summaries.report_examples import STARTED_AT


def test_every_reason_and_state_has_words() -> None:
    needed = {reason.value for reason in Reason} - {
        Reason.INCOMING_POLICY,
        Reason.OUTGOING_ALLOWED,
        Reason.OUTGOING_CONSENTED,
    }
    needed |= {state.value for state in SummaryState} - {SummaryState.READY}
    needed |= {*Outcome.values, *Direction.values, *ReviewState.values}

    assert needed - set(WORDS) == set()


def test_every_rule_of_redaction_has_its_words() -> None:
    assert {rule.code: MASKED[rule.code][0] for rule in RULES} == {
        rule.code: (rule.singular, rule.plural) for rule in RULES
    }


def test_every_word_is_translated_with_the_same_places() -> None:
    for words in (*WORDS.values(), *(tuple(" ".join(pair) for pair in each) for each in MASKED.values())):
        english, *others = (text.count("{") for text in words)
        assert others == [english, english]


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (timedelta(0), "0 min"),
        (timedelta(seconds=40), "40 s"),
        (timedelta(minutes=1, seconds=59), "1 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=26, minutes=5), "26 h 5 min"),
    ],
)
def test_duration_is_written_for_people(duration: timedelta, expected: str) -> None:
    assert ReportLanguage("en", ZoneInfo("UTC")).duration(duration) == expected


@pytest.mark.parametrize(
    ("language", "zone", "expected"),
    [
        ("en", "Europe/Berlin", "1 Jul 2026, 14:00 CEST"),
        ("es", "Europe/Madrid", "1 jul 2026, 14:00 CEST"),
        ("de", "UTC", "01.07.2026, 12:00 UTC"),
        ("ja", "America/Sao_Paulo", "1 Jul 2026, 09:00 UTC-03"),
    ],
)
def test_moment_names_its_zone(language: str, zone: str, expected: str) -> None:
    at = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)

    assert ReportLanguage(language, ZoneInfo(zone)).moment(at) == expected


def test_long_date_in_spanish() -> None:
    assert ReportLanguage("es", ZoneInfo("UTC")).long_date(STARTED_AT) == "22 de noviembre de 2026"
