import json
from itertools import count

import pytest

from summaries.content import Statement, Step, SummaryContent
from summaries.domain.evaluation.material import KnownSession, find_sessions
from summaries.domain.evaluation.sessions import evaluate, is_supported, read_recording
from summaries.engines.base import EngineError, SummaryDraft
from summaries.engines.builtin import BuiltInEngine
from summaries.enums import Kind, Outcome
from tests.summaries.hand_made import STARTED


class ScriptedEngine:
    """Writes what it was given, as an engine of somebody else would."""

    def __init__(self, content=None, error=None):
        self.content, self.error = content, error

    def summarise(self, request):
        if self.error:
            raise self.error
        return SummaryDraft(content=self.content)


def shell(command, output=""):
    """What an interactive bash writes for one command: prompt, echo, output."""
    return ["\x1b[?2004huser@host:~$ ", command, "\r\n\x1b[?2004l\r", *([output] if output else [])]


def record(folder, name, *pieces, resolved=None, keys=()):
    rows = [json.dumps({"version": 2, "width": 80, "height": 24})]
    rows += [json.dumps([second, "o", piece]) for second, piece in enumerate(pieces)]
    (folder / f"{name}.cast").write_text("\n".join(rows) + "\n")
    (folder / f"{name}.results.json").write_text(json.dumps({"is_resolved": resolved}))
    (folder / f"{name}.commands.txt").write_text("\n".join(str([key, "Enter"]) for key in keys))


def scored(folder, engine=None, **fields):
    ticks = count()
    return evaluate(
        sessions=find_sessions(folder=folder),
        engine=engine or BuiltInEngine(),
        at=STARTED,
        timer=lambda: float(next(ticks)),
        **fields,
    )


def test_evaluate_scores_commands_and_outcomes(tmp_path):
    failing = [
        *shell("systemctl is-active cups", "inactive\r\n"),
        *shell("systemctl start cups"),
    ]
    record(
        tmp_path,
        "a",
        *failing,
        *shell("systemctl is-active cups; ls", "active\r\n"),
        *shell("exit"),
        resolved=True,
        keys=("systemctl start cups", "systemctl is-active cups", "never typed"),
    )
    record(tmp_path, "b", *failing, *shell("systemctl is-active cups", "failed\r\n"), *shell("exit"), resolved=False)
    record(tmp_path, "c", *shell("ls", "a\r\n"), *shell("exit"), resolved=True)
    record(tmp_path, "d", *shell("ls", "a\r\n"), *shell("exit"), resolved=None)
    seen = []
    evaluation = scored(tmp_path, on_progress=lambda: seen.append(1))
    assert [score.outcome for score in evaluation.scores] == ["RESOLVED", "UNRESOLVED", "UNKNOWN", "UNKNOWN"]
    assert evaluation.scores[0].commands_missing == ("never typed",)
    assert len(seen) == 4
    assert evaluation.figures() == {
        "sessions": 4,
        "command_recall": 0.6667,
        "evidence_precision": 1.0,
        "false_success_rate": 0.0,
        "outcome_accuracy": 1.0,
        "outcome_unknown": 0.3333,
        "silence_honesty": None,
        "seconds_per_session": 1.0,
        "failures": [],
    }


def test_evaluate_finds_false_success_by_itself(tmp_path):
    record(tmp_path, "a", *shell("pytest", "1 passed\r\n"), *shell("exit"), resolved=False)
    content = SummaryContent("Tests", outcome=Outcome.RESOLVED, outcome_statements=(Statement("Tests ran.", (1, 2)),))
    figures = scored(tmp_path, ScriptedEngine(content)).figures()
    assert (figures["false_success_rate"], figures["outcome_accuracy"]) == (1.0, 0.0)


def test_evaluate_takes_engine_errors_and_bad_recordings_as_failures(tmp_path):
    record(tmp_path, "a", *shell("ls"), *shell("exit"))
    (tmp_path / "b.cast").write_text("\n")
    record(tmp_path, "c", *shell("ls"), *shell("exit"))
    (tmp_path / "c.results.json").write_text("{")
    evaluation = scored(tmp_path, ScriptedEngine(error=EngineError("No answer.", permanent=True)))
    assert [failure["session"] for failure in evaluation.failures] == ["a", "b", "c"]
    assert evaluation.failures[0]["problem"] == "No answer."
    assert evaluation.figures()["sessions"] == 3


def test_evaluate_asks_silent_sessions_to_say_so(tmp_path):
    record(tmp_path, "a", "some output without any prompt\r\n")
    (score,) = scored(tmp_path).scores
    assert (score.silent, score.says_missing) == (True, True)
    assert scored(tmp_path).figures()["silence_honesty"] == 1.0


def test_evaluate_counts_statements_again(tmp_path):
    record(tmp_path, "a", *shell("ls /tmp", "x\r\n"), *shell("exit"))
    steps = (Step(Statement("Looked at `ls /tmp`.", (1,)), "", ("ls /tmp",)),)
    (score,) = scored(tmp_path, ScriptedEngine(SummaryContent("t", steps=steps))).scores
    assert (score.statements, score.statements_supported, score.statements_dropped) == (1, 1, 0)


def test_evaluate_knows_a_command_that_facts_cut(tmp_path):
    command = "echo " + "word " * 1200 + "end"
    record(tmp_path, "a", *shell(command), *shell("exit"), keys=(command,))
    (score,) = scored(tmp_path).scores
    assert score.commands_missing == ()


@pytest.mark.parametrize(
    ("text", "evidence", "commands", "supported"),
    [
        ("Looked at `ls`.", (1,), ("ls -l",), True),
        ("Looked at `ls`.", (1,), ("rm x",), False),
        ("Looked at `rm`.", (1,), (), False),
        ("Freed 8 of them.", (2,), (), True),
        ("Freed 9 of them.", (2,), (), False),
        ("Looked.", (3,), (), False),
        ("Looked.", (), (), False),
    ],
)
def test_is_supported_reads_the_cited_interactions(text, evidence, commands, supported):
    assert is_supported(Statement(text, evidence), commands, {1: "ls-l", 2: "8files"}) is supported


def test_read_recording_masks_in_batches(tmp_path):
    pieces = [piece for number in range(300) for piece in shell(f"ssh user{number % 2}@mail.example", "hello\r\n")]
    record(tmp_path, "a", *pieces, *shell("exit"))
    interactions, _ = read_recording(session=KnownSession("a", tmp_path / "a.cast"))
    commands = {each.text for each in interactions if each.kind == Kind.COMMAND}
    assert len(interactions) > 500
    assert not any("@mail.example" in command for command in commands)
    assert [each.number for each in interactions] == list(range(1, len(interactions) + 1))
