from datetime import datetime

import pytest

from accounts.enums import SummaryLanguage
from accounts.models import Company
from summaries.domain.reports.sample_words import WORDS
from summaries.domain.reports.samples import sample_language, sample_report
from summaries.models import ReportLayout
from tests.conftest import Cast


def test_the_sample_is_in_the_language_of_the_companys_summaries(cast: Cast) -> None:
    cast.contoso.ai_settings.language = "ja"
    cast.contoso.ai_settings.save()

    assert (sample_language(company=cast.northwind), sample_language(company=cast.contoso)) == ("en", "ja")


@pytest.mark.parametrize("language", SummaryLanguage.values)
def test_the_sample_says_all_that_a_report_can_in_every_language(language: str, at: datetime) -> None:
    report = sample_report(company=Company(name="Northwind"), layout=ReportLayout(), language=language, at=at)

    assert (report.language, report.number, report.title) == (language, "S-1042", WORDS[language].title)
    assert len(report.sections) == 6
    assert len(report.sections[1].lines) == 3
    assert report.particulars[3].value != report.particulars[4].value


def test_the_words_of_the_sample_are_there_in_every_language() -> None:
    assert list(WORDS) == SummaryLanguage.values
    for words in WORDS.values():
        said = [getattr(words, name) for name in words.__slots__]
        assert all(said)
        assert len(set(said)) == len(said)
