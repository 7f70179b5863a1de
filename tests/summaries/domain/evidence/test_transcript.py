import pytest

from summaries.domain.evidence.transcript import (
    MAX_OUTPUTS,
    READ_CHARS,
    core_command,
    has_failed,
    output_lines,
    read_runs,
    without_stamp,
)
from tests.summaries.hand_made import session


def run(command, output="", status=""):
    rows = [("COMMAND", command)]
    rows += [("OUTPUT", output)] if output else []
    rows += [("EXIT", status)] if status else []
    (only,) = read_runs(session(*rows))
    return only


def test_read_runs_groups_what_followed_a_command():
    runs = read_runs(
        session(("OUTPUT", "motd"), ("COMMAND", "a"), ("OUTPUT", "1"), ("EXIT", "0"), ("EXIT", "9"), ("COMMAND", "b"))
    )
    assert [(each.number, each.numbers, each.status) for each in runs] == [(2, (2, 3, 4), 0), (6, (6,), None)]


def test_read_runs_keeps_the_last_of_many_outputs():
    rows = [("COMMAND", "a"), *[("OUTPUT", str(number)) for number in range(MAX_OUTPUTS + 5)]]
    (only,) = read_runs(session(*rows))
    assert (len(only.outputs), only.outputs[-1].text) == (MAX_OUTPUTS, str(MAX_OUTPUTS + 4))


def test_output_lines_reads_the_ends_of_a_long_output():
    lines = output_lines(run("a", "first\n" + "x" * 3 * READ_CHARS + "\nlast"))
    assert (lines[0], lines[-1]) == ((2, "first"), (2, "last"))


@pytest.mark.parametrize(
    ("command", "output", "status", "failed"),
    [
        ("make", "ok", "0", False),
        ("make", "error: no", "0", False),
        ("make", "fine", "2", True),
        ("make", "fine", "", None),
        ("make", "error: no rule", "", True),
        ("make", "0 errors", "", None),
        ("make", "error: early\n" + "line\n" * 6, "", None),
        ("make", "line\n" * 80 + "error: late", "", None),
        ("cat app.log", "error: told by the log", "", None),
        ("cat app.log", "cat: app.log: No such file or directory", "", True),
        ("vpn", "2026-11-22 08:35:23 could not guess, using AF_INET", "", None),
        ("vpn", "2026-11-22 08:35:23 fatal: could not open tun", "", True),
        ('export; echo "status $?"', "status 0", "", False),
        ('export; echo "status $?"', "status 3", "", True),
        ('export; echo "status $?"', "status", "", None),
        ("touch x && echo done", "done", "", False),
        ("touch x && echo all well", "all well", "", False),
        ("touch x && echo done", "touch: permission denied", "", True),
        ("touch x && echo done", "", "", None),
        ("make", "x", "not a number", None),
    ],
)
def test_has_failed_believes_the_status_before_words(command, output, status, failed):
    assert has_failed(run(command, output, status)) is failed


def test_the_error_is_the_line_without_its_time():
    assert run("x", "Nov 02 10:00:00 host: error: bad line").error == (2, "host: error: bad line")


def test_the_error_is_none_for_a_silent_failure():
    assert run("x", "", "1").error is None


def test_without_stamp_keeps_a_line_that_has_none():
    assert without_stamp("Listen  80") == "Listen 80"


def test_core_command_leaves_out_what_only_shows_the_status():
    assert {core_command(each) for each in ("a  b", 'a b; echo "$?"', "a b && echo ok")} == {"a b"}
