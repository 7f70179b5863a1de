"""Passages that bear on a question, found by its words and by what it is about."""

import pytest

from summaries.engines.base import RecordedInteraction
from summaries.engines.builtin.finding import ranked, stems_of, topic_of
from summaries.enums import Actor, Kind, QuestionTopic

LOG = (
    RecordedInteraction(1, 1_000, Kind.CHAT, "The printer in the hall is offline", Actor.REMOTE_USER),
    RecordedInteraction(2, 2_000, Kind.COMMAND, "systemctl status cups", Actor.SUPPORTER, "systemctl"),
    RecordedInteraction(
        3, 3_000, Kind.OUTPUT, "cups.service\nError: unit cups.service could not be found", Actor.SYSTEM
    ),
    RecordedInteraction(4, 4_000, Kind.EXIT, "4"),
    RecordedInteraction(5, 5_000, Kind.FILE_TRANSFER, "driver.zip", Actor.SUPPORTER),
    RecordedInteraction(6, 6_000, Kind.APP_FOCUS, "", Actor.SUPPORTER, "Outlook", "Fatal: mailbox"),
    RecordedInteraction(7, 7_000, Kind.COMMAND, "systemctl restart cups", Actor.SUPPORTER, "systemctl"),
    RecordedInteraction(8, 8_000, Kind.EXIT, "0"),
    RecordedInteraction(9, 9_000, Kind.CHAT, "Try it now", Actor.SUPPORTER),
    RecordedInteraction(10, 10_000, Kind.VOICE, "Thanks, it prints", Actor.REMOTE_USER),
    RecordedInteraction(11, 11_000, Kind.CLICK, " "),
)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Which printer was offline?", [1, 10]),
        ("What was done in Outlook?", [6]),
        ("Was driver.zip sent?", [5]),
        ("What is the capital of France?", []),
        ("What was it?", []),
        ("", []),
        ("Did [EMAIL-1] write?", []),
    ],
)
def test_rare_words_of_a_question_find_passages(question, found):
    assert ranked(question, "", LOG) == found


@pytest.mark.parametrize(
    ("topic", "found"),
    [
        (QuestionTopic.COMMANDS, [2, 7]),
        (QuestionTopic.ERRORS, [3, 4]),
        (QuestionTopic.FILES, [5]),
        (QuestionTopic.SAID, [1, 10]),
        (QuestionTopic.ENDING, [7, 8, 9, 10]),
    ],
)
def test_topic_finds_what_is_of_its_kind(topic, found):
    assert sorted(ranked("…", topic, LOG)) == found


def test_words_decide_within_a_topic():
    assert ranked("Which command restarted cups?", QuestionTopic.COMMANDS, LOG) == [7, 2]


def test_topic_of_which_nothing_is_recorded_leaves_it_to_the_words():
    log = (RecordedInteraction(1, 0, Kind.NOTE, "The chat was closed"),)

    assert ranked("Who closed the chat?", QuestionTopic.SAID, log) == [1]


def test_placeholder_is_looked_for_as_it_stands():
    log = (
        RecordedInteraction(1, 0, Kind.CHAT, "Write to [EMAIL-1]"),
        RecordedInteraction(2, 0, Kind.CHAT, "[EMAIL-12]"),
    )

    assert ranked("[EMAIL-1]?", "", log) == [1]


def test_writing_without_blanks_is_found_by_pairs_of_signs():
    log = (
        RecordedInteraction(1, 0, Kind.CHAT, "プリンターがオフラインです"),
        RecordedInteraction(2, 0, Kind.CHAT, "メールが届きません"),
    )

    assert ranked("プリンターは？", "", log) == [1]
    assert stems_of("字") == ("字",)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Welche Befehle wurden ausgeführt?", QuestionTopic.COMMANDS),
        ("¿Qué errores se mostraron?", QuestionTopic.ERRORS),
        ("كيف انتهت الجلسة؟", QuestionTopic.ENDING),
        ("Which printer?", ""),
        ("Which command failed?", ""),
    ],
)
def test_words_tell_what_a_question_is_about_unless_they_disagree(question, topic):
    assert topic_of(question) == topic


def test_other_forms_of_a_word_are_the_same_word():
    assert stems_of("printers Printer 5439 the") == ("printe", "print", "5439")
