import pytest

from summaries.domain.evidence.quoting import (
    folded,
    is_copy,
    neutralised,
    one_line,
    shortened,
    squeezed,
    without_continuations,
)


def test_neutralised_shows_steering_characters():
    assert neutralised("a\u202eb\x1b[31m\rc\r\nd\te") == "a⟨U+202E⟩b⟨U+001B⟩[31m\nc\nd\te"


def test_neutralised_keeps_joined_emoji():
    assert neutralised("👩\u200d💻") == "👩\u200d💻"


def test_one_line_joins_lines():
    assert one_line(" a\n  b\tc ") == "a b c"


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("short", 10, "short"),
        ("one two three four", 12, "one two…"),
        ("unbreakable-word-of-length", 12, "unbreakable…"),
        ("a very, very long sentence", 13, "a very, very…"),
    ],
)
def test_shortened_cuts_between_words(text, limit, shown):
    assert shortened(text, limit) == shown


def test_squeezed_equals_wrapped_quoted_and_continued_forms():
    assert squeezed("mini -t 'I can'\"'\"'t\n> find \"it\"'") == squeezed("mini -t 'I can't find “it”'")


def test_without_continuations_keeps_the_lines():
    assert without_continuations("cat <<E\n> a\n> E") == "cat <<E\na\nE"


def test_folded_takes_case_and_accents_away():
    assert (folded("ContraseÑa"), folded("VPN")) == ("contrasena", "vpn")


def test_is_copy_forgives_case_blanks_and_the_full_stop():
    assert is_copy("Labels  are OUT.", ["the labels are out again"])
    assert not is_copy("Labels were out.", ["the labels are out again"])
    assert not is_copy("la", ["the labels are out again"])
