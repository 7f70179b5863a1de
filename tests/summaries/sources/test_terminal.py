import pytest

from summaries.enums import Kind, QualityFlag
from summaries.sources.base import RecordingNotes
from summaries.sources.terminal import TerminalInterpreter

from .casts import ACCEPTED, PROMPT, play, played, texts

COMMAND, OUTPUT, INPUT, EXIT = Kind.COMMAND, Kind.OUTPUT, Kind.INPUT, Kind.EXIT


def test_a_command_is_the_rendered_line_not_the_keys():
    interactions = play(PROMPT, "systemctk\b \bl", " stat", "\x07us", ACCEPTED + "active\r\n", PROMPT)

    assert texts(interactions) == [(COMMAND, "systemctl status"), (OUTPUT, "active")]
    assert [interaction.application for interaction in interactions] == ["systemctl", "systemctl"]


@pytest.mark.parametrize("gap_ms", [0, 5, 500])
def test_a_pasted_command_over_several_lines_is_one_command(gap_ms):
    more = "\x1b[?2004h> "
    interactions = play(
        PROMPT,
        f"cat <<EOF{ACCEPTED}{more}one{ACCEPTED}{more}{ACCEPTED}{more}EOF{ACCEPTED}one\r\n",
        PROMPT,
        gap_ms=gap_ms,
    )

    assert texts(interactions) == [(COMMAND, "cat <<EOF\none\n\nEOF"), (OUTPUT, "one")]


def test_commands_joined_in_one_line_stay_one_command():
    interactions = play(PROMPT, f"cd /srv && make{ACCEPTED}", PROMPT)

    assert texts(interactions) == [(COMMAND, "cd /srv && make")]


def test_a_command_longer_than_the_screen_is_wide_is_whole():
    command = "echo " + "word " * 40 + "end"
    interactions = play(PROMPT, command, ACCEPTED, PROMPT, columns=20, rows=5)

    assert texts(interactions) == [(COMMAND, command)]


def test_a_command_cancelled_with_control_c_is_no_command():
    interactions = play(
        PROMPT, f"rm -rf /^C{ACCEPTED}", PROMPT, f"cat <<EOF{ACCEPTED}", "\x1b[?2004h> ", f"x^C{ACCEPTED}"
    )

    assert texts(interactions) == []


def test_a_line_that_was_never_accepted_is_no_command():
    interactions = play(PROMPT, f"ls{ACCEPTED}a\r\n", PROMPT + "reboot")

    assert texts(interactions) == [(COMMAND, "ls"), (OUTPUT, "a")]


def test_a_prompt_after_output_without_line_end_does_not_swallow_it():
    interactions = play(PROMPT, f"printf foo{ACCEPTED}foo", PROMPT, f"ls{ACCEPTED}", PROMPT)

    assert texts(interactions) == [(COMMAND, "printf foo"), (OUTPUT, "foo"), (COMMAND, "ls")]


def test_the_screen_cleared_under_a_prompt_keeps_the_command():
    first = f"true{ACCEPTED}"
    interactions = play(
        PROMPT, first, PROMPT, "echo a", "\x1b[H\x1b[2Jada@web1:~$ echo a", " b", f"{ACCEPTED}a b\r\n", PROMPT
    )

    assert texts(interactions) == [(COMMAND, "true"), (COMMAND, "echo a b"), (OUTPUT, "a b")]


def test_a_right_hand_prompt_is_no_part_of_the_command():
    drawn = "web1% \x1b[60C12:00:00\x1b[68D\x1b[?2004h"
    interactions = play(drawn, "ls", "\x1b[?2004l\r\r\na.txt\r\n", drawn)

    assert texts(interactions) == [(COMMAND, "ls"), (OUTPUT, "a.txt")]


def test_marks_of_the_shell_give_command_output_and_exit_status():
    prompt = "\x1b]133;A\x07» \x1b]133;B\x07"
    interactions = play(f"{prompt}false\r\n\x1b]133;C\x07oh no\r\n\x1b]133;D;1\x07{prompt}")

    assert texts(interactions) == [(COMMAND, "false"), (OUTPUT, "oh no"), (EXIT, "1")]
    assert interactions[-1].application == "false"


@pytest.mark.parametrize(
    ("prompt", "command", "program"),
    [
        ("$ ", "ls -l", "ls"),
        ("# ", "reboot", "reboot"),
        ("[ada@web1 srv]$ ", "df", "df"),
        (">>> ", "print(1)", "python"),
        ("mysql> ", "select 1;", "mysql"),
        ("shop=# ", "select 1;", "psql"),
        ("PS C:\\Users\\ada> ", "Get-Service", "Get-Service"),
    ],
)
def test_a_prompt_is_known_by_its_looks_when_the_terminal_waits(prompt, command, program):
    interactions = play(prompt, command, "\r\nresult\r\n", prompt)

    assert texts(interactions) == [(COMMAND, command), (OUTPUT, "result")]
    assert interactions[0].application == program


def test_output_that_looks_like_a_prompt_without_a_pause_is_output():
    interactions = play("$ ", "make", "\r\n[ 50% ] a.c > ", "a.o\r\n", "done\r\n", gap_ms=20)

    assert texts(interactions) == [(OUTPUT, "$ make\n[ 50% ] a.c > a.o\ndone")]


def test_without_times_only_prompts_beyond_doubt_are_believed():
    notes = RecordingNotes()
    interactions = played(notes, "ada@web1:~$ ls -l\r\ntotal 0\r\n> x\r\nada@web1:~$ exit\r\nexit\r\n", has_times=False)

    assert texts(interactions) == [(COMMAND, "ls -l"), (OUTPUT, "total 0\n> x"), (COMMAND, "exit"), (OUTPUT, "exit")]
    assert (notes.people, notes.device_name) == (["ada"], "web1")


def test_full_screen_programs_leave_their_first_screen_and_no_keys():
    interactions = play(
        PROMPT, f"vi a{ACCEPTED}", "\x1b]0;vi a\x07\x1b[?1049h\x1b[Hfirst\r\nscreen", "\x1b[2J" + "drawing" * 5000,
        ("i", "ihello\x1b:q!\r"), "hell", "\x1b[?1049l", PROMPT, gap_ms=400,
    )  # fmt: skip

    assert texts(interactions) == [(COMMAND, "vi a"), (OUTPUT, "first\nscreen")]
    assert [interaction.title for interaction in interactions] == ["", "vi a"]


def test_a_busy_full_screen_program_is_followed_for_its_first_characters_only():
    interactions = play("\x1b[?1049h" + "\x1b[Htick\r\n" * 20_000 + "\x1b[?1049lback", gap_ms=0)

    assert texts(interactions) == [(OUTPUT, "tick"), (OUTPUT, "back")]


def test_progress_collapses_to_its_last_state():
    interactions = play("".join(f"\r{percent}% done" for percent in range(101)) + "\r\nready\r\n")

    assert texts(interactions) == [(OUTPUT, "100% done\nready")]


def test_people_and_device_come_from_titles_and_prompts():
    notes = RecordingNotes()
    played(notes, "\x1b]0;ada@web1: ~\x07" + PROMPT, f"ssh bo@db2{ACCEPTED}", "\x1b[?2004hbo@db2:~$ ", f"ls{ACCEPTED}")

    assert (notes.people, notes.device_name) == (["ada", "bo"], "web1")


def test_missing_input_is_noted_only_when_nothing_tells_what_was_typed():
    notes = [RecordingNotes() for _ in range(4)]
    played(notes[0], "text\r\n")
    played(notes[1], PROMPT, f"ls{ACCEPTED}")
    played(notes[2], "? ", ("i", "x"), "x")
    played(notes[3])

    assert [note.quality for note in notes] == [
        {QualityFlag.MISSING_INPUT},
        set(),
        set(),
        {QualityFlag.NOTHING_RECORDED},
    ]


def test_a_pause_in_the_output_begins_a_new_chunk_at_its_own_time():
    interactions = play("one\r\n", "two\r\n", gap_ms=6000)

    assert [(i.text, i.offset_ms) for i in interactions] == [("one", 0), ("two", 6000)]


def test_a_prompt_seen_in_two_pieces_belongs_to_the_program():
    interactions = play("$ ", "python3 -q", "\r\n", ">", ">> ", "1+1", "\r\n2\r\n>>> ")

    assert [(i.text, i.application) for i in interactions] == [
        ("python3 -q", "python3"),
        ("1+1", "python"),
        ("2", "python"),
    ]


def test_a_multi_line_block_of_ipython_loses_its_marks():
    shown = "In [1]: for i in x:\r\n   ...:     print(i)\r\n   ...: "
    interactions = play("\x1b[?2004hIn [1]: ", shown.removeprefix("In [1]: "), "\r\n\x1b[?2004l0\r\n")

    assert texts(interactions) == [(COMMAND, "for i in x:\n    print(i)"), (OUTPUT, "0")]


def test_a_command_and_its_output_are_handed_on_when_the_next_prompt_waits():
    terminal = TerminalInterpreter(RecordingNotes())
    counts = []
    for _ in range(5):
        terminal.printed(PROMPT, 0, None)
        terminal.printed(f"ls{ACCEPTED}a\r\n", 0, None)
        counts.append(len(terminal.take()))

    assert counts == [0, 2, 2, 2, 2]


def test_shell_marks_on_the_alternate_screen_and_unknown_ones_are_left_alone():
    prompt = "\x1b]133;A\x07» \x1b]133;B\x07"
    interactions = play(f"{prompt}ls\r\n\x1b]633;C\x07\x1b]133;P;x\x07a\r\n\x1b]133;D\x07{prompt}\x1b]133;A\x07")

    assert texts(interactions) == [(COMMAND, "ls"), (OUTPUT, "a")]


def test_a_prompt_told_to_be_one_after_it_was_seen_goes_on_until_it_is_accepted():
    interactions = play("web1% ", "", "\x1b[?2004h", "ls", "\x1b[?2004l\r\r\na.txt\r\n")

    assert texts(interactions) == [(COMMAND, "ls"), (OUTPUT, "a.txt")]


def test_what_looked_a_little_like_a_prompt_at_the_end_is_output():
    assert texts(play("done\r\n", "=> ")) == [(OUTPUT, "done"), (OUTPUT, "=>")]
    assert texts(play("$ ", "ls", "\r\na\r\n", "$ ")) == [(COMMAND, "ls"), (OUTPUT, "a")]


def test_a_marker_and_the_end_stand_where_they_happened():
    notes = RecordingNotes()
    terminal = TerminalInterpreter(notes)
    terminal.printed(PROMPT, 0, None)
    terminal.printed(f"make{ACCEPTED}built\r\n", 1000, None)
    terminal.marked("here", 2000, None)
    terminal.exited("0", 3000, None)
    terminal.finish()

    assert [(i.kind, i.text, i.offset_ms, i.application) for i in terminal.take()] == [
        (COMMAND, "make", 1000, "make"),
        (OUTPUT, "built", 1000, "make"),
        (Kind.MARKER, "here", 2000, "make"),
        (EXIT, "0", 3000, ""),
    ]


def test_what_goes_on_beyond_all_bounds_is_cut():
    more = "\x1b[?2004h> "
    interactions = play(PROMPT, f"cat <<EOF{ACCEPTED}" + f"{more}{'x' * 300}{ACCEPTED}" * 200)

    assert [len(interaction.text) for interaction in interactions] == [20_000]


def test_a_shell_without_any_prompt_gives_its_commands():
    assert texts(play("\x1b[?2004h", f"ls{ACCEPTED}a\r\n", "\x1b[?2004h")) == [(COMMAND, "ls"), (OUTPUT, "a")]


def test_a_prompt_of_a_continued_line_that_scrolls_out_is_still_read():
    interactions = play(PROMPT, "echo " + "x" * 100, ACCEPTED + "y\r\n", PROMPT, columns=10, rows=3)

    assert texts(interactions) == [(COMMAND, "echo " + "x" * 100), (OUTPUT, "y")]


def test_a_cleared_screen_under_an_unknown_prompt_still_gives_the_command():
    interactions = play(PROMPT, "ls", "\x1b[H\x1b[2Jada@web1:~$ ls", ACCEPTED + "a\r\n", PROMPT)

    assert texts(interactions) == [(COMMAND, "ls"), (OUTPUT, "a")]
