import json
from itertools import count

import pytest

from summaries.content import Statement, Step, SummaryContent
from summaries.domain.evaluation.chats import (
    MAX_WORDS,
    ChatEvaluation,
    KnownChat,
    cut,
    evaluate_chats,
    find_chats,
    prose_of,
)
from summaries.domain.evaluation.material import UnableToEvaluate
from summaries.engines.base import EngineError
from summaries.engines.builtin import BuiltInEngine
from summaries.enums import Actor
from tests.conftest import NOW

ROW = {
    "turns": [
        {"speaker": "customer", "text": "@shop Hello, my tablet does not charge any more since today"},
        {"speaker": "agent", "text": "Please use the grey charger of the other tablet for it"},
        {"speaker": "robot", "text": "bye"},
    ],
    "abstractive_references": ["My tablet does not charge. Use the grey charger."],
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(ROW)}\n\n{json.dumps(ROW)}\n")
    return tmp_path


def scored(chats, engine=None):
    return evaluate_chats(chats=chats, engine=engine or BuiltInEngine(), at=NOW, timer=count().__next__)


def test_chats_are_found(folder):
    first, second = find_chats(folder=folder)
    assert first == second
    assert [actor for actor, _ in first.turns] == [Actor.REMOTE_USER, Actor.SUPPORTER, Actor.UNKNOWN]


def test_what_the_page_shows_is_scored_beside_the_first_and_last_message(folder):
    figures = scored(find_chats(folder=folder)).figures()
    (prose, _) = (score.prose for score in scored(find_chats(folder=folder)).scores)
    assert prose == (
        "The remote user reported: “my tablet does not charge any more since today”. "
        "The supporter answered: “Please use the grey charger of the other tablet for it”."
    )
    assert (figures["chats"], figures["says_resolved"], figures["statements_dropped"]) == (2, 0, 0)
    # 9 words of 9 in the reference, of 27; of the baseline's 12 words 5.
    assert figures["engine"]["rouge_1"] == round(100 * 2 * 9 / (27 + 9), 2)
    assert figures["baseline"]["rouge_1"] == round(100 * 2 * 5 / (12 + 9), 2)
    assert figures["seconds_per_chat"] == 1.0


def test_an_engine_that_gives_up_is_a_failure():
    class Broken:
        def summarise(self, request):
            raise EngineError("no answer", permanent=True)

    figures = scored([KnownChat(((Actor.REMOTE_USER, "x"),), ("y",))], Broken()).figures()
    assert figures["failures"] == ["chat 1: no answer"]
    assert figures["engine"] == {"rouge_1": None, "rouge_2": None, "rouge_l": None}


def test_without_chats_there_are_no_figures():
    assert ChatEvaluation().figures()["seconds_per_chat"] == 0.0


def test_prose_is_problem_outcome_and_steps():
    content = SummaryContent(
        title="t",
        problem=(Statement("Problem."),),
        steps=(Step(Statement("Step.")),),
        outcome_statements=(Statement("Outcome."),),
    )
    assert prose_of(content) == "Problem. Outcome. Step."
    assert cut("word " * 100) == " ".join(["word"] * MAX_WORDS)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "holds no chats. Put"),
        ("{", "a.jsonl is not JSON Lines in UTF-8"),
        (b"\xff", "a.jsonl is not JSON Lines in UTF-8"),
        ("{}", "a.jsonl, line 1 is no chat: it lacks turns or abstractive_references."),
        ("[1]", "a.jsonl, line 1 is no chat"),
        ('{"turns": [], "abstractive_references": ["x"]}', "a.jsonl, line 1 has no turn or no summary."),
    ],
)
def test_a_folder_that_cannot_be_read_says_why(tmp_path, content, sentence):
    (tmp_path / "a.jsonl").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UnableToEvaluate, match=sentence):
        find_chats(folder=tmp_path)


def test_a_missing_folder_says_so(tmp_path):
    with pytest.raises(UnableToEvaluate, match="is not a folder"):
        find_chats(folder=tmp_path / "none")
