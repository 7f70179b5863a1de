import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.summaries.domain.evaluation.test_sessions import record, shell


def run(*arguments):
    out, err = StringIO(), StringIO()
    call_command("evaluate", *arguments, stdout=out, stderr=err)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path):
    record(tmp_path, "a", *shell("ls /tmp", "x\r\n"), *shell("exit"), resolved=False, keys=("ls /tmp",))
    return tmp_path


def test_evaluate_prints_one_object(folder):
    figures = json.loads(run(str(folder), "--json"))
    assert list(figures) == [
        "sessions",
        "command_recall",
        "evidence_precision",
        "false_success_rate",
        "outcome_accuracy",
        "outcome_unknown",
        "silence_honesty",
        "seconds_per_session",
        "failures",
    ]
    assert (figures["sessions"], figures["command_recall"], figures["failures"]) == (1, 1.0, [])


def test_evaluate_prints_rows_with_details(folder):
    (row,) = json.loads(run(str(folder), "--json", "--details"))["details"]
    assert (row["name"], row["outcome"], row["commands_missing"]) == ("a", "UNKNOWN", [])


def test_evaluate_prints_a_table(folder):
    (folder / "b.cast").write_text("")
    lines = run(str(folder), "--details").splitlines()
    assert lines[0].split() == ["Sessions", "2"]
    assert lines[1].endswith("100.0%")
    assert lines[4].endswith("not measured: no such session")
    assert lines[8].startswith("failed: b: The file is empty")
    assert lines[10].startswith("Unknown          (was not)        1/1 commands  a: ")


def test_evaluate_prints_eight_figures_without_details(folder):
    assert len(run(str(folder)).splitlines()) == 8


def test_evaluate_refuses_a_folder_without_recordings(tmp_path):
    with pytest.raises(CommandError, match="holds no recording") as refused:
        run(str(tmp_path))
    assert refused.value.returncode == 1


@pytest.mark.django_db
def test_evaluate_with_claude_needs_a_company(folder):
    with pytest.raises(CommandError, match="--company SLUG"):
        run(str(folder), "--engine", "claude", "--company", "nobody")


def test_evaluate_with_claude_takes_the_companys_settings(folder, cast):
    figures = json.loads(run(str(folder), "--engine", "claude", "--company", "contoso", "--json"))
    assert [failure["session"] for failure in figures["failures"]] == ["a"]
