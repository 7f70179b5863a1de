from summaries.domain.evidence.transcript import read_runs
from summaries.engines.builtin.nested import MAX_NESTED, nested_commands
from tests.summaries.hand_made import actions, session, summarised

FENCED = """Example: ```bash
ls -la
```
and so on, with no result at all in the lines below
one
two
three
THOUGHT: look first
```bash
git status
```

User:
<returncode>0</returncode>
<output>
clean
</output>
"""


def nested(text):
    (run,) = read_runs(session(("COMMAND", "agent"), ("OUTPUT", text)))
    return [command for _, _, command in nested_commands(run)]


def test_nested_commands_need_a_result():
    assert nested(FENCED) == ["git status"]


def test_nested_commands_of_several_shapes():
    assert nested("● Bash(git log -3)\n  ⎿  c39923f Merge\n") == ["git log -3"]
    assert nested("exec\nbash -lc 'rg --files' in /app\n succeeded in 12ms:\n") == ["rg --files"]
    assert nested("some words\n$ make test\nok\n") == ["make test"]


def test_nested_commands_are_bounded():
    assert len(nested("$ make\n" * (MAX_NESTED + 20))) == MAX_NESTED


def test_a_programs_own_commands_are_told_as_its_own():
    content = summarised(("COMMAND", "mini -t 'Please find the changes that I lost on this site'"), ("OUTPUT", FENCED))
    assert actions(content) == [
        "Handed the request to mini (`mini -t 'Please find the changes that I lost on this site'`).",
        "Inside mini: Looked at the Git repository (`git status`).",
    ]
    assert content.missing_data[1] == "What `mini` reported about its own work was not taken as proof of the result."


def test_the_last_line_of_a_transcript_is_no_failure_of_the_program():
    content = summarised(("COMMAND", "mini now"), ("OUTPUT", f"{FENCED}ImportError: no module named backoff"))
    assert (content.problem, content.outcome) == ((), "UNKNOWN")
