import re

import pytest

from accounts.enums import SummaryLanguage
from summaries.domain.reports.words.monthly import MONTHLY

ENGLISH = MONTHLY["en"]


def test_a_monthly_report_has_words_in_every_language_of_summaries():
    assert sorted(MONTHLY) == sorted(SummaryLanguage.values)


@pytest.mark.parametrize("language", [code for code in SummaryLanguage.values if code != "en"])
def test_every_word_is_translated_with_the_same_places(language):
    words = MONTHLY[language]

    assert list(words) == list(ENGLISH)
    assert {name: _places(text) for name, text in words.items()} == {
        name: _places(text) for name, text in ENGLISH.items()
    }
    assert {name for name, text in words.items() if text == ENGLISH[name]} <= {"month", "sessions"}


def _places(text):
    return re.findall(r"{\d?}", text)
