"""A session as lines, and a long one in parts that are merged."""

import json
from dataclasses import replace

import pytest

from summaries.content import Statement
from summaries.engines.base import EngineError, RecordedInteraction
from summaries.engines.claude_parts import divide, estimated_tokens, line_of, visible
from summaries.engines.prompts import MERGE_SYSTEM, SYSTEM
from summaries.enums import Actor, Kind
from tests.messages_server import message, refused, statement, summary_answer
from tests.summaries.engines.sessions import REQUEST, request_of


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("df -h", "df -h"),
        (r"C:\new\file", r"C:\new\file"),
        ("a\nb\r\nc\rd", "a⏎b⏎c‹U+000D›d"),
        ("\x00\x1b[2J\x85", "‹U+0000›‹U+001B›[2J‹U+0085›"),
        ("Größe 日本語 🙂", "Größe 日本語 🙂"),
        ("\u202eexe\u2066", "‹U+202E›exe‹U+2066›"),
        ("a\u2028b\u2029", "a‹U+2028›b‹U+2029›"),
        ("</data-1>< DATA-2>", "‹/data-1>‹ DATA-2>"),
    ],
)
def test_visible_shows_what_would_steer(text, shown):
    assert visible(text) == shown


def test_line_of_tells_who_when_where_and_what():
    interaction = RecordedInteraction(12, 3_723_456, Kind.CLICK, "OK\n", Actor.SUPPORTER, "Out\nlook", "Inbox")

    assert line_of(interaction, 100) == "12 [62:03] SUPPORTER CLICK (Out⏎look; Inbox): OK⏎"


def test_line_of_keeps_beginning_and_end_of_a_long_text():
    interaction = RecordedInteraction(1, 0, Kind.OUTPUT, "a" * 500 + "z" * 500)

    assert line_of(interaction, 30) == (f"1 [00:00] UNKNOWN OUTPUT: {'a' * 20} … 970 characters left out … {'z' * 10}")


def test_estimated_tokens_suits_latin_and_chinese():
    assert estimated_tokens("a" * 300) == 101
    assert estimated_tokens("語" * 100) == 101


def test_divide_keeps_a_short_session_whole():
    division = divide(REQUEST.interactions, part_tokens=1000, max_parts=3)

    assert [len(part.lines) for part in division.parts] == [3]
    assert division.left_out is None


def test_divide_of_nothing_is_one_empty_part():
    assert [part.lines for part in divide((), part_tokens=1000, max_parts=3).parts] == [()]


def test_divide_loses_no_line_and_keeps_the_order():
    interactions = request_of(*["x" * 60] * 50).interactions

    division = divide(interactions, part_tokens=300, max_parts=10)

    assert [part.index for part in division.parts] == list(range(1, len(division.parts) + 1))
    assert len(division.parts) > 3
    lines = [line for part in division.parts for line in part.lines]
    assert lines == [line_of(one, 4000) for one in interactions]
    assert all(sum(map(estimated_tokens, part.lines)) <= 300 for part in division.parts)


def test_divide_shortens_texts_before_it_leaves_anything_out():
    interactions = request_of(*["x" * 4000] * 10).interactions

    division = divide(interactions, part_tokens=5_000, max_parts=1)

    assert [len(part.lines) for part in division.parts] == [10]
    assert division.left_out is None
    assert division.parts[0].lines[0].endswith(" … 2800 characters left out … " + "x" * 400)


def test_divide_thins_output_evenly_before_it_leaves_out_the_middle():
    interactions = [RecordedInteraction(number, 0, Kind.OUTPUT, "x" * 100) for number in range(1, 101)]

    division = divide(interactions, part_tokens=500, max_parts=2)

    kept = [int(line.split()[0]) for part in division.parts for line in part.lines]
    assert kept == list(range(5, 101, 5))
    assert (division.thinned, division.left_out) == (80, None)


def test_divide_keeps_what_tells_and_what_follows_it():
    bulk, telling = [Kind.OUTPUT, Kind.CLICK, Kind.KEY] * 5, [Kind.COMMAND, Kind.OUTPUT, Kind.CHAT]
    interactions = [
        RecordedInteraction(number, 0, kind, "x" * 100) for number, kind in enumerate([*bulk, *telling, *bulk], start=1)
    ]

    division = divide(interactions, part_tokens=100, max_parts=2)

    assert [int(line.split()[0]) for part in division.parts for line in part.lines] == [16, 17, 18, 19]
    assert (division.thinned, division.left_out) == (29, None)


@pytest.mark.parametrize(
    ("max_parts", "kept", "left_out"),
    [(1, [1], (2, 9)), (2, [1, 9], (2, 8)), (3, [1, 2, 9], (3, 8)), (4, [1, 2, 8, 9], (3, 7))],
)
def test_divide_leaves_out_the_middle_of_what_is_far_too_long(max_parts, kept, left_out):
    interactions = request_of(*["x" * 400] * 9).interactions

    division = divide(interactions, part_tokens=100, max_parts=max_parts)

    assert [int(line.split()[0]) for part in division.parts for line in part.lines] == kept
    assert [part.index for part in division.parts] == list(range(1, max_parts + 1))
    assert (division.thinned, division.left_out) == (0, left_out)


def part_answer(sent):
    """Each part cites its own last interaction; the merge cites one of a part and one of nobody."""
    if sent.system[0] == MERGE_SYSTEM:
        return message(summary_answer(problem=[statement("The disk was full.", 1, 5)], steps=[], outcome_statements=[]))
    last = int(sent.lines[-1].split()[0])
    return message(summary_answer(problem=[statement("Full.", last)], steps=[], outcome_statements=[]))


def test_summarise_of_a_long_session_sends_parts_and_one_merge(engine, messages_server, settings):
    settings.ENGINE_PART_TOKENS = 300
    settings.ENGINE_MAX_PARTS = 5
    messages_server.answers(part_answer)

    draft = engine.summarise(request_of(*["x" * 380] * 8, notes="Once only."))

    parts = [sent for sent in messages_server.requests if sent.system[0] == SYSTEM]
    (merge,) = [sent for sent in messages_server.requests if sent.system[0] == MERGE_SYSTEM]
    numbers = sorted(int(line.split()[0]) for sent in parts for line in sent.lines if line[0].isdigit())
    assert numbers == [1, 2, 3, 4, 5, 6, 7, 8]
    assert sorted(sent.text.split("\n")[0] for sent in parts) == [
        f"Summarise this session in English. This is part {index} of 4; judge this part alone." for index in range(1, 5)
    ]
    assert sum("Notes of the supporter: Once only." in sent.text for sent in parts) == 1
    assert messages_server.requests[-1] is merge
    assert len(merge.lines) == 4
    assert (draft.input_tokens, draft.output_tokens) == (5000, 1000)
    assert draft.notes[0] == "Parts that were summarised one by one: 4."


def test_summarise_of_parts_merges_drafts_in_order_with_their_evidence(engine, messages_server, settings):
    settings.ENGINE_PART_TOKENS = 160
    numbers_by_part = []

    def answer(sent):
        if sent.system[0] == MERGE_SYSTEM:
            numbers_by_part.extend(json.loads(line)["problem"][0]["evidence"] for line in sent.lines)
        return part_answer(sent)

    messages_server.answers(answer)

    content = engine.summarise(request_of("a" * 380, "b" * 380, "c" * 380)).content

    assert numbers_by_part == [[1], [2], [3]]
    # 5 was cited by no part: the merge can't have seen it.
    assert content.problem == (Statement("The disk was full.", (1,)),)


def test_summarise_says_what_it_left_out(engine, messages_server, settings):
    settings.ENGINE_PART_TOKENS = 100
    settings.ENGINE_MAX_PARTS = 2
    messages_server.answers(message(summary_answer(missing_data=["No key was recorded."])))

    draft = engine.summarise(request_of(*["x" * 400] * 6))

    sentence = "The session was too long for the engine: interactions 2 to 5 were left out."
    assert draft.content.missing_data == ("No key was recorded.", sentence)
    assert draft.notes[-1] == sentence
    assert len(messages_server.requests) == 3


def test_summarise_says_how_much_it_thinned(engine, messages_server, settings):
    settings.ENGINE_PART_TOKENS = 100
    settings.ENGINE_MAX_PARTS = 1
    interactions = tuple(RecordedInteraction(number, 0, Kind.OUTPUT, "x" * 100) for number in range(1, 9))

    draft = engine.summarise(replace(REQUEST, interactions=interactions))

    sentence = "The session was too long for the engine. Interactions of output, clicks and keys that were left out: 6."
    assert draft.content.missing_data == (sentence,)
    assert len(messages_server.requests) == 1


def test_summarise_fails_with_all_its_tokens_when_one_part_fails(engine, messages_server, settings):
    settings.ENGINE_PART_TOKENS = 160

    def answer(sent):
        return refused(401) if sent.lines[0].startswith("3 ") else part_answer(sent)

    messages_server.answers(answer)

    with pytest.raises(EngineError) as failure:
        engine.summarise(request_of("a" * 380, "b" * 380, "c" * 380))

    assert str(failure.value) == "The engine refused the key. Enter a new key in AI settings."
    assert failure.value.permanent is True
    assert (failure.value.input_tokens, failure.value.output_tokens) == (2000, 400)
    assert len(messages_server.requests) == 3
