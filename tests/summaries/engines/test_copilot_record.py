"""The record of a session as a question needs it."""

from summaries.engines.base import RecordedInteraction
from summaries.engines.claude_parts import estimated_tokens
from summaries.engines.copilot_base import CopilotRequest
from summaries.engines.copilot_record import record_for
from summaries.enums import Kind


def numbers(lines):
    return [int(line.split()[0]) for line in lines]


def asked(*texts, question="What of the printer?"):
    log = tuple(RecordedInteraction(place, place, Kind.OUTPUT, text) for place, text in enumerate(texts, start=1))
    return CopilotRequest(question=question, interactions=log)


def test_short_session_is_whole():
    lines, left_out = record_for(asked("one", "two"), room_tokens=1_000)

    assert (numbers(lines), left_out) == ([1, 2], 0)


def test_long_texts_are_shortened_before_anything_is_left_out():
    lines, left_out = record_for(asked("x" * 9_000, "y" * 9_000), room_tokens=1_000)

    assert (numbers(lines), left_out) == ([1, 2], 0)
    assert "characters left out" in lines[0]


def test_of_a_session_that_is_too_long_beginning_end_and_what_bears_on_the_question_stay():
    texts = ["something else that was shown"] * 400
    texts[199] = "the printer jams"

    lines, left_out = record_for(asked(*texts), room_tokens=1_500)

    shown = numbers(lines)
    assert (shown[0], shown[-1]) == (1, 400)
    assert set(range(197, 204)) <= set(shown)
    assert (len(shown) + left_out, shown) == (400, sorted(shown))
    assert sum(map(estimated_tokens, lines)) <= 1_500


def test_many_passages_fill_the_room_and_no_more():
    lines, left_out = record_for(asked(*["the printer jams"] * 400), room_tokens=900)

    assert sum(map(estimated_tokens, lines)) <= 900
    assert left_out == 400 - len(lines)
