"""The built-in copilot quotes what it finds."""

from summaries.content import Statement
from summaries.engines.base import RecordedInteraction
from summaries.engines.builtin.copilot import MAX_OF_A_KIND, MAX_PASSAGE, MAX_PASSAGES
from summaries.engines.copilot_base import CopilotDraft, CopilotRequest
from summaries.engines.registry import copilot_for
from summaries.enums import Kind, QuestionTopic


def answer(question, *interactions, topic=""):
    engine = copilot_for(ai_settings=None, name="BUILT_IN")
    request = CopilotRequest(question=question, topic=topic, interactions=interactions)
    return engine.answer(request, told=lambda _: True)


def test_passages_come_in_the_order_of_time_each_with_its_number():
    log = (RecordedInteraction(3, 0, Kind.CHAT, "cups"), RecordedInteraction(5, 0, Kind.CHAT, "cups\nis down"))

    assert answer("cups down?", *log) == CopilotDraft(
        statements=(Statement("cups", (3,)), Statement("cups is down", (5,)))
    )


def test_nothing_found_is_no_statement():
    assert answer("printer?", RecordedInteraction(1, 0, Kind.CHAT, "cups")).statements == ()


def test_of_a_long_output_its_errors_are_quoted():
    output = RecordedInteraction(1, 0, Kind.OUTPUT, "one\nError: disk\ntwo\nError: tape\nthree")

    assert [each.text for each in answer("errors?", output).statements] == ["Error: disk … Error: tape"]


def test_passages_are_few_and_short_and_of_a_kind_more():
    log = [RecordedInteraction(number, 0, Kind.COMMAND, f"cups {'x' * 400}") for number in range(1, 21)]

    found = answer("cups?", *log).statements
    of_kind = answer("?", *log, topic=QuestionTopic.COMMANDS).statements

    assert (len(found), len(of_kind)) == (MAX_PASSAGES, MAX_OF_A_KIND)
    assert {len(each.text) for each in found} == {MAX_PASSAGE}


def test_window_without_a_text_is_quoted_by_its_title():
    log = (
        RecordedInteraction(1, 0, Kind.APP_FOCUS, "", title="Inbox"),
        RecordedInteraction(2, 0, Kind.APP_FOCUS, "", application="Inbox"),
    )

    assert [each.text for each in answer("inbox?", *log).statements] == ["Inbox", "Inbox"]
