"""The fixed sentences in every language that a summary can be asked for in."""

import re
import unicodedata
from string import Formatter

import pytest

from accounts.enums import SummaryLanguage
from summaries.engines.builtin import phrases_en
from summaries.engines.builtin.wording import LANGUAGES, Wording
from tests.summaries.hand_made import actions, summarised, texts

TABLES = ["ACTIONS", "TOPICS", "SENTENCES", "MISSING", "TITLES"]
#: Only English tells that it stands in for another language.
ONLY_ENGLISH = {"fallback_language"}
#: What a sentence of a summary begins with that holds no words of its own.
FILLED_FIRST = {"did", "did_failed", "did_failed_status", "checked", "windows"}
BROKEN_DISK = (
    ("COMMAND", "df -h"),
    ("OUTPUT", "/dev/sda1 20G 20G 0 100% /"),
    ("COMMAND", "systemctl restart nginx"),
    ("OUTPUT", "Job for nginx.service failed because the control process exited."),
    ("COMMAND", "ping -c1 10.0.0.1"),
    ("OUTPUT", "1 packets transmitted, 0 received, 100% packet loss"),
)


def places(phrase):
    return sorted({name for _, name, _, _ in Formatter().parse(phrase) if name is not None})


def phrases_of(language):
    """(table, key, phrase) of everything that *language* writes."""
    module = LANGUAGES[language]
    return [(table, key, phrase) for table in TABLES for key, phrase in getattr(module, table).items()]


def test_every_language_that_can_be_chosen_is_written():
    assert set(LANGUAGES) == set(SummaryLanguage.values)


@pytest.mark.parametrize("language", SummaryLanguage.values)
@pytest.mark.parametrize("table", TABLES)
def test_every_language_has_every_phrase_with_the_same_places(language, table):
    theirs, ours = getattr(LANGUAGES[language], table), getattr(phrases_en, table)
    assert set(theirs) == set(ours)
    for key in set(ours) - ONLY_ENGLISH:
        assert theirs[key].strip() != ""
        assert (key, places(theirs[key])) == (key, places(ours[key]))


@pytest.mark.parametrize("language", SummaryLanguage.values)
def test_every_form_without_an_object_does_without_it(language):
    for table, key, phrase in phrases_of(language):
        if table not in ("ACTIONS", "TITLES"):
            continue
        full, bar, bare = phrase.partition("|")
        assert (table, key, bool(bar)) == (table, key, "{obj}" in full)
        assert (table, key, places(bare)) == (table, key, [])


@pytest.mark.parametrize("language", sorted(set(SummaryLanguage.values) - {"en"}))
def test_no_language_repeats_english_sentences(language):
    module = LANGUAGES[language]
    same = {key for key, phrase in module.SENTENCES.items() if phrase == phrases_en.SENTENCES[key]}
    assert same <= {"did", "checked", "windows"}
    assert {key for key, phrase in module.MISSING.items() if phrase == phrases_en.MISSING[key]} == set()


@pytest.mark.parametrize("language", SummaryLanguage.values)
def test_no_phrase_steers_the_direction_or_hides_characters(language):
    for _, key, phrase in phrases_of(language):
        hidden = [each for each in phrase if unicodedata.category(each) in ("Cf", "Cc")]
        assert (key, hidden) == (key, [])


def test_every_arabic_sentence_begins_from_right_to_left():
    for table, key, phrase in phrases_of("ar"):
        if key in FILLED_FIRST | ONLY_ENGLISH:
            continue
        for form in phrase.split("|"):
            first = next(each for each in form if unicodedata.bidirectional(each) in ("L", "R", "AL") or each == "{")
            assert (table, key, unicodedata.bidirectional(first)) == (table, key, "AL")


@pytest.mark.parametrize("language", SummaryLanguage.values)
def test_a_session_is_told_whole_in_every_language(language):
    content = summarised(*BROKEN_DISK, language=language)
    told = [content.title, *texts(content.problem), *actions(content), *texts(content.outcome_statements)]
    assert content.language == language
    assert len(told) >= 5
    assert [sentence for sentence in told if re.search(r"[{}|]", sentence)] == []
    stops = LANGUAGES[language].FULL_STOP
    assert [sentence for sentence in told[1:] if sentence.endswith(stops * 2)] == []


@pytest.mark.parametrize(
    ("language", "listed"),
    [
        ("en", "a, b and c"),
        ("ja", "a、b、c"),
        ("zh", "a、b和c"),
        ("ar", "a، b وc"),
        ("ko", "a, b 및 c"),
        ("de", "a, b und c"),
    ],
)
def test_lists_are_joined_as_the_language_does(language, listed):
    assert Wording(language).listed(["a", "b", "c"]) == listed


@pytest.mark.parametrize(
    ("language", "said", "sentence"),
    [
        ("ja", "直りました。", "サポート担当者の発言：「直りました。」"),
        ("ja", "試して", "サポート担当者の発言：「試して」。"),
        ("fr", "C'est fait.", "Le technicien a dit\u00a0: «\u00a0C'est fait.\u00a0»"),
        ("pl", "gotowe", "Serwisant powiedział: „gotowe”."),
        ("zh", "好了「吗」", "支持人员说：“好了'吗'”。"),
    ],
)
def test_a_quote_that_ends_like_a_sentence_gets_no_second_full_stop(language, said, sentence):
    assert Wording(language).spoken("supporter_said", said) == sentence
