import pytest

from summaries.domain.evaluation.material import UnableToEvaluate, find_sessions, scored_commands


def test_scored_commands_stand_between_the_recorders():
    keys = """
['cd /work', 'Enter']
['asciinema rec --stdin /logs/agent.cast', 'Enter']
['clear', 'Enter']
['bash ', 'run.sh', 'Enter']
['not submitted']
['C-d']
['asciinema rec --stdin /logs/tests.cast', 'Enter']
['bash /tests/run-tests.sh', 'Enter']
"""
    assert scored_commands(keys=keys) == ["clear", "bash run.sh"]


def test_scored_commands_without_a_recorder_are_all_commands():
    keys = "['ls', 'Enter']\n'pwd\\n'\n['Up', 'Enter', 3]\n['who', 'C-m', 'id', 'Enter']"
    assert scored_commands(keys=keys) == ["ls", "pwd", "who", "id"]


def test_scored_commands_keeps_quotes_and_here_documents_whole():
    keys = [
        str(["cat > a <<'E'\nls\nE\nwc a\n"]),
        str(["mini -t 'one\ntwo'", "Enter"]),
        str(["ls \\\n -l", "Enter"]),
        str(["echo 'open\nend", "Enter"]),
    ]
    assert scored_commands(keys="\n".join(keys)) == [
        "cat > a <<'E'\nls\nE",
        "wc a",
        "mini -t 'one\ntwo'",
        "ls \\\n -l",
        "echo 'open\nend",
    ]


def test_scored_commands_names_the_line_that_is_no_list():
    with pytest.raises(UnableToEvaluate, match=r"^x\.commands\.txt, line 2 is not a list of keys"):
        scored_commands(keys="['a', 'Enter']\nls -l", name="x.commands.txt")


def test_find_sessions_reads_what_stands_beside_a_recording(tmp_path):
    (tmp_path / "b.cast").write_text("{}")
    (tmp_path / "a.cast").write_text("{}")
    (tmp_path / "a.commands.txt").write_text("['ls', 'Enter']")
    (tmp_path / "a.results.json").write_text('{"is_resolved": false}')
    sessions = find_sessions(folder=tmp_path)
    assert [(each.name, each.commands, each.resolved) for each in sessions] == [("a", ("ls",), False), ("b", (), None)]


@pytest.mark.parametrize(
    ("results", "resolved"), [('{"is_resolved": null}', None), ("[]", None), ('{"is_resolved": true}', True)]
)
def test_find_sessions_knows_only_true_and_false(tmp_path, results, resolved):
    (tmp_path / "a.cast").write_text("{}")
    (tmp_path / "a.results.json").write_text(results)
    assert [each.resolved for each in find_sessions(folder=tmp_path)] == [resolved]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.results.json", b"{no", "a.results.json is not JSON"),
        ("a.commands.txt", b"['\xff']", "a.commands.txt is not UTF-8 text"),
        ("a.commands.txt", b"ls -l", "a.commands.txt, line 1 is not a list of keys"),
    ],
)
def test_find_sessions_tells_the_session_whose_facts_are_unreadable(tmp_path, name, content, problem):
    (tmp_path / "a.cast").write_text("{}")
    (tmp_path / "b.cast").write_text("{}")
    (tmp_path / name).write_bytes(content)
    first, second = find_sessions(folder=tmp_path)
    assert (first.problem[: len(problem)], second.problem) == (problem, "")


def test_find_sessions_refuses_a_folder_without_recordings(tmp_path):
    with pytest.raises(UnableToEvaluate, match="holds no recording"):
        find_sessions(folder=tmp_path)


def test_find_sessions_refuses_what_is_no_folder(tmp_path):
    with pytest.raises(UnableToEvaluate, match="is not a folder"):
        find_sessions(folder=tmp_path / "missing")
