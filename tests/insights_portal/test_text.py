import pytest

from insights_portal.lib.text import direction_of, listed, set_apart, show_controls


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\nline", "plain\ttext\nline"),
        ("a\r\nb\rc", "a\nb‹U+000D›c"),
        ("\x00\x1b[31m", "‹U+0000›‹U+001B›[31m"),
        ("\x7f\x85", "‹U+007F›‹U+0085›"),
        ("invoice\u202egpj.exe", "invoice‹U+202E›gpj.exe"),
        ("\u2066x\u2069\u200f", "‹U+2066›x‹U+2069›‹U+200F›"),
        ("pass\u200bword\ufeff", "pass‹U+200B›word‹U+FEFF›"),
        ("a\u200db", "a‹U+200D›b"),
        ("\u200d", "‹U+200D›"),
        ("é\u200d\u200dé", "é‹U+200D›‹U+200D›é"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("می\u200cروم", "می\u200cروم"),
        ("\ud800", "‹U+D800›"),
        ("\U000e0041", "‹U+E0041›"),
        ("", ""),
    ],
)
def test_show_controls_writes_out_what_cannot_be_seen(text: str, shown: str) -> None:
    assert show_controls(text) == shown


@pytest.mark.parametrize(
    ("text", "direction"), [("abc", "ltr"), ("", "ltr"), ("1) שלום", "rtl"), ("مرحبا abc", "rtl"), ("日本", "ltr")]
)
def test_direction_of_follows_the_first_letter(text: str, direction: str) -> None:
    assert direction_of(text) == direction


def test_a_list_has_a_comma_between_its_texts():
    assert (listed([]), listed(["A"]), listed(each for each in ("A", 2))) == ("", "A", "A, 2")


@pytest.mark.parametrize(
    ("text", "direction", "shown"), [("A", "rtl", "\u2068A\u2069"), ("", "rtl", ""), ("A", "ltr", "A")]
)
def test_what_is_set_apart_is_one_piece_in_lines_from_the_right(text: str, direction: str, shown: str) -> None:
    assert set_apart(text, direction=direction) == shown
