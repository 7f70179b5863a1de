from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.enums import SummaryLanguage
from summaries.domain.reports.language import ReportLanguage
from tests.summaries.report_examples import STARTED_AT


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
        ("ja", "America/Sao_Paulo", "2026年7月1日、09:00 UTC-03"),
        ("pl", "Europe/Warsaw", "01.07.2026, 14:00 CEST"),
        ("ar", "UTC", "1 يوليو 2026، \u206812:00 UTC\u2069"),
    ],
)
def test_moment_names_its_zone(language: str, zone: str, expected: str) -> None:
    at = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)

    assert ReportLanguage(language, ZoneInfo(zone)).moment(at) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [("nl", ("40 s", "1 u 5 min")), ("ja", ("40秒", "1時間 5分")), ("ar", ("40 ث", "1 س 5 د"))],
)
def test_duration_has_the_units_of_the_language(language: str, expected: tuple[str, str]) -> None:
    words = ReportLanguage(language, ZoneInfo("UTC"))

    assert (words.duration(timedelta(seconds=40)), words.duration(timedelta(minutes=65))) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", ("A, B", "A. B.", "A")), ("zh", ("A，B", "A。B.", "A")), ("ar", ("A، B", "A. B.", "\u2068A\u2069"))],
)
def test_lists_sentences_and_names_are_joined_as_the_language_writes(language: str, expected: tuple[str, ...]) -> None:
    words = ReportLanguage(language, ZoneInfo("UTC"))

    assert (words.listed(("A", "B")), words.sentences("A", "B."), words.apart("A")) == expected


def test_only_arabic_is_written_from_right_to_left() -> None:
    written = {code: ReportLanguage(code, ZoneInfo("UTC")).direction for code in SummaryLanguage.values}

    assert {code for code, direction in written.items() if direction == "rtl"} == {"ar"}


def test_masked_values_are_counted_by_rule_and_own_rules_by_their_name() -> None:
    words = ReportLanguage("de", ZoneInfo("UTC"))

    assert words.masked("EMAIL", 2) == "E-Mail-Adressen (2)"
    assert words.masked("CUSTOMER-NUMBER", 1) == "CUSTOMER-NUMBER (1)"


def test_long_date_in_spanish() -> None:
    assert ReportLanguage("es", ZoneInfo("UTC")).long_date(STARTED_AT) == "22 de noviembre de 2026"
