import pyte
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from summaries.sources.terminal_escapes import MAX_SEQUENCE_CHARS
from summaries.sources.terminal_rows import Row
from summaries.sources.terminal_screen import MAX_COLUMNS, MAX_ROWS, Screen

COLUMNS, ROWS = 12, 5


class Heard:
    """A listener that writes down what it is told."""

    def __init__(self) -> None:
        self.left: list[str] = []
        self.heard: list[tuple[str, object]] = []

    def on_row_left(self, row: Row) -> None:
        self.left.append(row.shown())

    def on_cleared(self) -> None:
        self.heard.append(("cleared", None))

    def on_line_feed(self) -> None: ...

    def on_bracketed_paste(self, is_on: bool) -> None:
        self.heard.append(("paste", is_on))

    def on_system_command(self, code: str, text: str) -> None:
        self.heard.append((code, text))

    def on_first_screen(self, text: str) -> None:
        self.heard.append(("screen", text))


def screen_after(*pieces: str, columns: int = COLUMNS, rows: int = ROWS) -> tuple[Screen, Heard]:
    heard = Heard()
    screen = Screen(heard, columns, rows)
    for piece in pieces:
        screen.feed(piece)
    return screen, heard


def shown(screen: Screen) -> list[str]:
    return [row.text.rstrip() for row in screen.rows]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("abc\rX", ["Xbc", "", "", "", ""]),
        ("abc\b\bX", ["aXc", "", "", "", ""]),
        ("a\tb\r\n\tc", ["a       b", "        c", "", "", ""]),
        ("abcdefghijklmn", ["abcdefghijkl", "mn", "", "", ""]),
        ("\x1b[3;4Hx\x1b[Ay\x1b[2Dz\x1b[Bw", ["", "   zy", "   xw", "", ""]),
        ("abcdef\x1b[3G\x1b[K", ["ab", "", "", "", ""]),
        ("abcdef\x1b[3G\x1b[1K", ["   def", "", "", "", ""]),
        ("abcdef\x1b[2K", ["", "", "", "", ""]),
        ("abcdef\x1b[2G\x1b[2P", ["adef", "", "", "", ""]),
        ("abcdef\x1b[2G\x1b[2@", ["a  bcdef", "", "", "", ""]),
        ("abcdef\x1b[2G\x1b[2X", ["a  def", "", "", "", ""]),
        ("1\r\n2\r\n3\x1b[2;1H\x1b[L", ["1", "", "2", "3", ""]),
        ("1\r\n2\r\n3\x1b[2;1H\x1b[M", ["1", "3", "", "", ""]),
        ("1\r\n2\r\n3\x1b[2;1H\x1b[J", ["1", "", "", "", ""]),
        ("1\r\n2\r\n3\x1b[2;1H\x1b[1J", ["", "", "3", "", ""]),
        ("1\r\n2\x1b[T", ["", "1", "2", "", ""]),
        ("1\r\n2\x1b[S", ["2", "", "", "", ""]),
        ("\x1b7abc\x1b8X\x1b[sabc\x1b[uY", ["XYbc", "", "", "", ""]),
        ("1\r\n2\x1bM3", ["13", "2", "", "", ""]),
        ("1\x1bM2\x1bD3\x1bE4", [" 2", "1 3", "4", "", ""]),
        ("a\x1b(0b\x1b=c\x1b[>1;2md\x1b[!pe\x1bPq;1\x1b\\f", ["abcdef", "", "", "", ""]),
        ("\x1b[2;3r1\r\n2\r\n3\r\n4\x1b[5;1Hend", ["1", "3", "4", "", "end"]),
        ("\x1b[9;2rab", ["ab", "", "", "", ""]),
        ("\x1b[3Ed\x1b[2Fe\x1b[4df\x1b[2`g\x1b[1eh\x1b[2ai", ["", "e", "", "dg", "  h  i"]),
    ],
)  # fmt: skip
def test_sequences_change_the_text_as_a_terminal_would(text, rows):
    screen, _ = screen_after(text)

    assert shown(screen) == rows


#: What pyte does as xterm does; its deletion of lines leaves an empty screen's first line standing.
PIECES = st.one_of(
    st.text("ab xyz", min_size=1, max_size=20),
    st.sampled_from(["\r", "\n", "\b", "\r\n", "\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[J", "\x1b[1J", "\x1b[31m"]),
    st.builds("\x1b[{}{}".format, st.integers(1, 14), st.sampled_from("ABCDEFG@PXd")),
    st.builds("\x1b[{};{}H".format, st.integers(1, 7), st.integers(1, 14)),
)


@given(st.lists(PIECES, max_size=25))
@settings(max_examples=100, deadline=None)
def test_the_screen_shows_what_pyte_shows(pieces):
    """On a screen so wide that nothing wraps: pyte lets a wrap wait longer than xterm does."""
    expected = pyte.Screen(900, ROWS)
    pyte.Stream(expected).feed("".join(pieces))

    screen, _ = screen_after(*pieces, columns=900)

    assert shown(screen) == [line.rstrip() for line in expected.display]


@given(st.text(st.characters(codec=None), max_size=60), st.integers(0, 60))
@settings(max_examples=100, deadline=None)
@example("\x1b]0;title\x1b\\x", 10)
@example("\x1b[?1049h\x1b[?1049lx", 11)
def test_a_text_split_anywhere_gives_the_same_screen(text, split):
    whole, whole_heard = screen_after(text)
    parts, parts_heard = screen_after(text[:split], text[split:])

    assert (shown(parts), parts.x, parts.y) == (shown(whole), whole.x, whole.y)
    assert (parts_heard.left, parts_heard.heard) == (whole_heard.left, whole_heard.heard)


def test_rows_that_scroll_out_are_told_in_order():
    _, heard = screen_after("".join(f"{number}\r\n" for number in range(8)))

    assert heard.left == ["0", "1", "2", "3"]


def test_rows_that_are_cleared_are_told_first():
    for clear in ("\x1b[2J", "\x1b[H\x1b[J", "\x1bc"):
        screen, heard = screen_after("1\r\n2" + clear)
        assert heard.left == ["1", "2", "", "", ""]
        assert heard.heard == [("cleared", None)]
        assert shown(screen) == [""] * ROWS


def test_wide_characters_take_two_cells():
    screen, _ = screen_after("日本\b\bx")

    assert screen.rows[0].shown() == "日x"
    assert screen.x == 3


def test_titles_marks_and_paste_mode_are_told():
    _, heard = screen_after("\x1b]0;ada@web1\x07\x1b]133;A\x1b\\\x1b[?1;2004h\x1b[?2004l")

    assert heard.heard == [("0", "ada@web1"), ("133", "A"), ("paste", True), ("paste", False)]


def test_the_alternate_screen_is_told_once_and_gives_the_first_back():
    screen, heard = screen_after("main\x1b[?1049h\x1b[Hedit\x1b[?2004h\x1b[?1049h\x1b[?1049l!")

    assert heard.heard == [("screen", "edit")]
    assert shown(screen)[0] == "main!"


def test_titles_are_told_while_drawings_are_skipped():
    drawing = "x" * 20_000
    screen, heard = screen_after("\x1b[?1049h", drawing, drawing + "\x1b]0;vim\x07" + drawing, "\x1b[?1049lback")

    assert [name for name, _ in heard.heard] == ["screen", "0"]
    assert shown(screen)[0] == "back"


def test_a_screen_grows_and_shrinks():
    screen, heard = screen_after("1\r\n2\r\n3\r\n4")
    screen.resize(5, 2)
    screen.feed("abcdefg")

    assert shown(screen) == ["4abcd", "efg"]
    assert heard.left == ["1", "2", "3"]

    screen.resize(10**9, 10**9)
    assert (screen.columns, len(screen.rows)) == (MAX_COLUMNS, MAX_ROWS)
    screen.resize(0, -5)
    assert (screen.columns, len(screen.rows)) == (2, 2)


def test_a_sequence_that_never_ends_is_given_up():
    screen, _ = screen_after("\x1b]0;" + "x" * (MAX_SEQUENCE_CHARS + 1), "\x07", columns=80)

    assert "x" in shown(screen)[-1]


def test_numbers_of_any_size_are_survived():
    screen, _ = screen_after(f"\x1b[{'9' * 5000}Ca\x1b[;;;H\x1b[1:2Hb\x1b[{'9' * 9}Lc\x1b[9999S\x1b[9999@")

    assert (screen.x, screen.y) == (2, 0)
