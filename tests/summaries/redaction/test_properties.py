"""What must hold for any text around any secret."""

import string

from hypothesis import given, settings
from hypothesis import strategies as st

from summaries.enums import Kind
from summaries.redaction.redactor import Redactor
from summaries.sources.base import CapturedInteraction

EMAILS = st.builds(
    "{}@{}.example".format,
    st.text(string.ascii_lowercase, min_size=3, max_size=9),
    st.sampled_from(["northwind", "contoso"]),
)
TOKENS = st.text(string.ascii_letters + string.digits, min_size=36, max_size=36).map("ghp_{}".format)
ADDRESSES = st.tuples(st.integers(11, 100), *[st.integers(0, 255)] * 3).map(lambda parts: ".".join(map(str, parts)))
CARDS = st.sampled_from(["4111111111111111", "5500 0000 0000 0004", "3782-822463-10005"])
IBANS = st.sampled_from(["DE89370400440532013000", "GB82 WEST 1234 5698 7654 32"])
SECRETS = st.one_of(EMAILS, TOKENS, ADDRESSES, CARDS, IBANS)
WORDS = st.lists(
    st.sampled_from(["df -h", "then", "restart it", "ok", "über", "日本", "(see)", "12:30", "v1.2", "[EMAIL-4]"]),
    max_size=3,
)
LINES = st.tuples(WORDS, SECRETS, WORDS)
TYPED = st.text(string.ascii_letters + string.digits, min_size=9, max_size=12).map("{}7xQ".format)


def as_text(line: tuple[list[str], str, list[str]]) -> str:
    before, secret, after = line
    return " ; ".join([*before, secret, *after])


def said(text: str) -> CapturedInteraction:
    return CapturedInteraction(0, Kind.OUTPUT, text)


@given(st.lists(LINES, min_size=1, max_size=6))
@settings(deadline=None)
def test_a_secret_never_survives(lines: list[tuple[list[str], str, list[str]]]) -> None:
    told = "\n".join(row.text for row in Redactor("session").mask([said(as_text(line)) for line in lines]))
    assert [secret for _, secret, _ in lines if secret in told] == []


@given(st.lists(LINES, min_size=1, max_size=6), TYPED)
@settings(deadline=None)
def test_a_typed_password_never_survives(lines: list[tuple[list[str], str, list[str]]], password: str) -> None:
    rows = [said(f"{as_text(line)} ; {password}") for line in lines]
    rows.append(CapturedInteraction(0, Kind.INPUT, password, is_secret=True))
    assert [row.text for row in Redactor("session").mask(rows) if password in row.text] == []


@given(st.lists(LINES, max_size=6))
@settings(deadline=None)
def test_masking_twice_changes_nothing(lines: list[tuple[list[str], str, list[str]]]) -> None:
    once = Redactor("session").mask([said(as_text(line)) for line in lines])
    assert Redactor("session").mask(once) == once


@given(st.lists(LINES, max_size=6), st.integers(0, 6))
@settings(deadline=None)
def test_the_place_where_batches_are_split_changes_nothing(
    lines: list[tuple[list[str], str, list[str]]], split: int
) -> None:
    rows = [said(as_text(line)) for line in lines]
    redactor = Redactor("session")
    assert redactor.mask(rows[:split]) + redactor.mask(rows[split:]) == Redactor("session").mask(rows)


@given(st.text(max_size=200), st.text(max_size=200))
@settings(deadline=None)
def test_any_text_is_masked_without_a_crash_and_twice_is_once(text: str, title: str) -> None:
    once = Redactor("session").mask([CapturedInteraction(0, Kind.CHAT, text, title=title)])
    assert (len(once), Redactor("session").mask(once)) == (1, once)
