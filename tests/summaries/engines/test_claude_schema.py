import json
from typing import Any

import pytest

from summaries.content import Statement
from summaries.engines.claude_schema import AnswerUnusable, answer_schema, content_of, read_answer
from tests.messages_server import statement, summary_answer
from tests.summaries.engines.sessions import REQUEST


def objects_of(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for one in node for found in objects_of(one)]
    if not isinstance(node, dict):
        return []
    inner = [found for one in node.values() for found in objects_of(one)]
    return [node, *inner] if node.get("type") == "object" else inner


def test_answer_schema_names_and_requires_every_field_of_every_object():
    objects = objects_of(answer_schema())

    assert len(objects) == 3
    assert all(one["required"] == list(one["properties"]) for one in objects)
    assert all(one["additionalProperties"] is False for one in objects)


def test_answer_schema_offers_the_four_outcomes():
    outcomes = answer_schema()["$defs"]["Outcome"]["enum"]

    assert outcomes == ["RESOLVED", "PARTLY_RESOLVED", "UNRESOLVED", "UNKNOWN"]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"title": ""}, "title: String should have at least 1 character."),
        ({"title": "x" * 161}, "title: String should have at most 160 characters."),
        ({"problem": [{"text": "No numbers."}]}, "problem.0.evidence: Field required."),
        ({"cause": [statement("x" * 1001)]}, "cause.0.text: String should have at most 1000 characters."),
        ({"steps": None}, "steps: Input should be a valid list."),
        (
            {"open_points": [statement("x", 2**31)]},
            "open_points.0.evidence.0: Input should be less than or equal to 2147483647.",
        ),
        ({"missing_data": ["x"] * 13}, "missing_data: List should have at most 12 items after validation, not 13."),
    ],
)
def test_read_answer_checks_lengths_and_ranges_again(changed, problem):
    with pytest.raises(AnswerUnusable) as unusable:
        read_answer(json.dumps(summary_answer(**changed)))

    assert unusable.value.problem == problem


@pytest.mark.parametrize("text", ["[" * 100_000, "{" * 100_000 + "}", '{"title": "\\ud800"}', "{}{}"])
def test_read_answer_survives_hostile_text(text):
    with pytest.raises(AnswerUnusable):
        read_answer(text)


def test_read_answer_tells_back_a_limited_number_of_errors():
    with pytest.raises(AnswerUnusable) as unusable:
        read_answer(json.dumps(summary_answer(applications=list(range(20)))))

    assert unusable.value.problem.count(";") == 7


def test_content_of_drops_characters_that_no_summary_needs():
    answer = summary_answer(
        title="Disk\x00 \u202efull\n",
        problem=[statement("Zero\u200dwidth stays, ␛ too.\x1b", 1)],
        steps=[{**statement("Removed.", 7), "application": " bash\n", "commands": ["a\n\tb\x00\r"]}],
        missing_data=["No\nkeys."],
    )

    content = content_of(read_answer(json.dumps(answer)), REQUEST)

    assert content.title == "Disk full"
    assert content.problem == (Statement("Zero\u200dwidth stays, ␛ too.", (1,)),)
    assert (content.steps[0].application, content.steps[0].commands) == ("bash", ("a\n\tb",))
    assert content.steps[0].offset_ms is None
    assert content.missing_data == ("No keys.",)


def test_content_of_gives_a_title_without_statements_a_plain_one():
    empty = summary_answer(title="Pay by card", problem=[], steps=[], outcome_statements=[])
    assert content_of(read_answer(json.dumps(empty)), REQUEST).title == "Support session"


def test_content_of_sets_a_copied_title_as_a_quotation():
    copied = REQUEST.interactions[0].text
    answer = read_answer(json.dumps(summary_answer(title=copied)))
    assert content_of(answer, REQUEST).title == f"“{copied}”"
