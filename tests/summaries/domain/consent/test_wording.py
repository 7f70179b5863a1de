import re
from dataclasses import fields

import pytest

from accounts.enums import EngineName, SummaryLanguage
from accounts.models import Company
from insights_portal.lib.text import show_controls
from summaries.domain.consent.wording import choose_language, incoming_notice, wording_of
from summaries.domain.consent.words import RIGHT_TO_LEFT, WORDS
from tests.summaries.consent_cases import waiting_session


@pytest.fixture
def session(cast, at):
    return waiting_session(cast, at)


def set_settings(company, **values):
    for name, value in values.items():
        setattr(company.ai_settings, name, value)
    company.ai_settings.save()


def sections(session, language="en"):
    found = wording_of(session=session, language=language).sections
    return {section.heading: section.sentences for section in found}


def test_every_language_of_summaries_has_its_words():
    assert sorted(WORDS) == sorted(SummaryLanguage.values)
    assert sorted(RIGHT_TO_LEFT) == ["ar"]


@pytest.mark.parametrize("language", SummaryLanguage.values)
def test_every_sentence_is_there_in_its_own_words_with_the_same_names_put_in(language):
    english, words = WORDS["en"], WORDS[language]
    for field in fields(words):
        text = getattr(words, field.name)
        assert text.strip() == text != ""
        assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", getattr(english, field.name)))
    same = [f.name for f in fields(words) if getattr(words, f.name) == getattr(english, f.name)]
    # "Questions" is French, too.
    assert language == "en" or set(same) <= {"contact"}


@pytest.mark.parametrize("language", SummaryLanguage.values)
def test_wording_is_whole_in_every_language(session, language):
    wording = wording_of(session=session, language=language)

    text = wording.as_text()
    assert "{" not in text
    for said in ("Bob", "Northwind IT Services", "ACC-14", WORDS[language].allow, WORDS[language].refuse):
        assert said in text
    assert wording.is_right_to_left == (language == "ar")


def test_wording_takes_the_companys_own_parts(session, cast):
    before = wording_of(session=session, language="en").version
    set_settings(
        cast.northwind,
        consent_purpose="For the invoice.",
        consent_processor="Fabrikam Data, Oslo",
        consent_contact="privacy@northwind.example",
        keep_logs_days=30,
        keep_summaries_days=1,
    )

    found = sections(session)

    assert found["Why"] == ("For the invoice.",)
    assert found["Who processes it"][0] == "Fabrikam Data, Oslo"
    assert found["Questions"] == ("privacy@northwind.example",)
    assert found["How long it is kept"] == (
        "Session log: 30 days",
        "Summary: 1 day",
        "Your answer: until the company deletes it",
    )
    assert wording_of(session=session, language="en").version != before
    assert len(before) <= 40


@pytest.mark.parametrize(
    ("engine", "base_url", "said"),
    [
        (EngineName.BUILT_IN, "", "Nothing is sent to an AI service."),
        (EngineName.CLAUDE, "", "the AI service of Anthropic"),
        (EngineName.CLAUDE, "https://llm.inside.example", "an AI service that Northwind IT Services has chosen"),
    ],
)
def test_wording_says_where_the_text_goes_and_names_no_machine(session, cast, engine, base_url, said):
    set_settings(cast.northwind, engine=engine, engine_base_url=base_url)

    text = wording_of(session=session, language="en").as_text()

    assert said in text
    assert "inside.example" not in text


def test_wording_without_a_device_offers_no_choice_for_the_next_time(cast, at):
    wording = wording_of(session=waiting_session(cast, at, device_name=""), language="en")

    assert wording.offers_next_time is False
    assert WORDS["en"].next_time not in wording.as_text()
    assert wording.asks == "Bob of Northwind IT Services is helping you and asks for your consent."


def test_wording_names_no_supporter_in_works_council_mode(session, cast):
    cast.northwind.works_council_mode = True
    cast.northwind.save()
    session.refresh_from_db()

    text = wording_of(session=session, language="en").as_text()

    assert "Bob" not in text
    assert "A supporter of Northwind IT Services" in text


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("", ["de-at", "en"], "de"),
        ("ar", ["de"], "ar"),
        ("xx", ["pt-br"], "pt"),
        ("", ["sv", "zh-hant-tw"], "zh"),
        ("", ["sv"], "en"),
        ("", [], "en"),
        ("zh_CN", [], "zh"),
    ],
)
def test_choose_language_takes_the_switch_then_the_browser(asked, accepted, language):
    assert choose_language(asked=asked, accepted=accepted) == language


def test_incoming_notice_is_the_companys_or_the_standard_in_its_language(cast):
    set_settings(cast.northwind, language="de")
    assert incoming_notice(company=cast.northwind).startswith("Verbindungen zu diesem Gerät werden von Northwind")

    set_settings(cast.northwind, incoming_notice="We log this.")
    assert incoming_notice(company=cast.northwind) == "We log this."


def test_what_the_company_wrote_can_reorder_nothing_on_the_page(session, cast):
    Company.objects.filter(pk=cast.northwind.pk).update(name="North\u202ewind")
    set_settings(
        cast.northwind,
        consent_purpose="To\u2066 learn",
        consent_processor="IT\u200b desk",
        consent_contact="it\u202e@northwind.example",
        incoming_notice="We\u202e record",
    )
    session.company.refresh_from_db()

    text = wording_of(session=session, language="en").as_text()

    assert text == show_controls(text)
    assert "Bob of North‹U+202E›wind" in text
    assert incoming_notice(company=session.company) == "We‹U+202E› record"
