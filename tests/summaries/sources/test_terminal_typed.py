from summaries.enums import Kind

from .casts import ACCEPTED, PROMPT, play, texts

COMMAND, OUTPUT, INPUT = Kind.COMMAND, Kind.OUTPUT, Kind.INPUT


def test_typed_text_that_is_not_shown_is_secret():
    interactions = play(
        PROMPT, ("i", "sudo id\r"), f"sudo id{ACCEPTED}", "[sudo] secret: ", ("i", "hunter2\r"), "\r\nuid=0\r\n", PROMPT
    )

    assert texts(interactions) == [
        (COMMAND, "sudo id"),
        (OUTPUT, "[sudo] secret:"),
        (INPUT, "hunter2"),
        (OUTPUT, "uid=0"),
    ]
    assert [interaction.is_secret for interaction in interactions] == [False, False, True, False]


def test_typed_text_shown_as_stars_is_secret():
    interactions = play("Code: ", ("i", "ab"), "**", ("i", "c\r"), "*\r\nabc is right\r\n")

    assert [(i.text, i.is_secret) for i in interactions if i.kind == INPUT] == [("abc", True)]


def test_typed_text_at_a_password_prompt_is_secret_even_when_shown():
    interactions = play("Password: ", ("i", "hunter2\r"), "hunter2\r\n")

    assert [(i.text, i.is_secret) for i in interactions if i.kind == INPUT] == [("hunter2", True)]


def test_typed_text_that_is_shown_is_input_as_corrected():
    interactions = play("Name: ", ("i", "bo"), "bo", ("i", "\x7f"), "\b \b", ("i", "yb\r"), "yb\r\nHello\r\n")

    assert [(i.text, i.is_secret) for i in interactions if i.kind == INPUT] == [("byb", False)]


def test_lines_typed_ahead_each_find_their_own_echo():
    interactions = play("? ", ("i", "one\rtwo\r"), "one\r\n? two\r\n", ("i", "\x15three"), "three")

    assert [(i.text, i.is_secret) for i in interactions if i.kind == INPUT] == [
        ("one", False),
        ("two", False),
        ("three", False),
    ]


def test_an_answer_that_no_line_feed_follows_is_judged_after_a_while():
    interactions = play("? ", ("i", "abc\r"), "abc", "thinking", gap_ms=1500)

    assert [(i.text, i.is_secret) for i in interactions if i.kind == INPUT] == [("abc", False)]


def test_keys_that_end_no_line_are_no_input_and_too_many_lines_do_not_wait():
    interactions = play("? ", ("i", "\r\x04\x03"), ("i", "\x1b[A"), ("i", "".join(f"{n}\r" for n in range(60))))

    typed = [interaction for interaction in interactions if interaction.kind == INPUT]
    assert [interaction.text for interaction in typed] == [str(n) for n in range(60)]
    assert {interaction.is_secret for interaction in typed} == {True}
