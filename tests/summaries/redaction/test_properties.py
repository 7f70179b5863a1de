"""What must hold for any text around any secret."""

import string

from hypothesis import given
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
#: Shapes in which people write phone numbers; the digits vary.
PHONES = st.builds(
    str.format,
    st.sampled_from(["+49 89 {0}", "+44 20 7946 0{1}", "+34 911 23 4{1}", "(212) 555-0{1}", "212-555-0{1}"]),
    st.integers(1_000_000, 9_999_999),
    st.integers(100, 999),
)
SECRETS = st.one_of(EMAILS, TOKENS, ADDRESSES, CARDS, IBANS, PHONES)
#: Passwords as people choose them: letters and digits, with signs between that don't end a word.
CHOSEN = st.builds(
    "{}{}{}7xQ".format,
    st.text(string.ascii_letters, min_size=2, max_size=9),
    st.sampled_from(["", "-", "_", "!", "%", "+", "^", "~", "#"]),
    st.text(string.ascii_letters + string.digits, min_size=2, max_size=300),
)
#: What a password stands in: a setting, a command, a header, a web address. The password is {}.
PLACES = st.sampled_from(
    [
        *(
            "password={}",
            "password: {}",
            "--password={} -v",
            "--password '{}'",
            'password = "{}"',
            '{{"password": "{}"}}',
        ),
        *(
            "DB_PASSWORD={} run",
            "mysql -u root -p{} db",
            "mysql -p'{}' db",
            "sshpass -p {} ssh host",
            "curl -u bob:{} -v",
        ),
        *(
            "Das Kennwort lautet {}",
            "contraseña: {}",
            "echo {} | sudo -S id",
            "htpasswd -b file bob {}",
            "net user bob {} /add",
        ),
    ]
)
IN_ADDRESSES = st.builds(
    "{}://{}:{{}}@{}".format,
    st.sampled_from(["https", "postgres", "ftp"]),
    st.text(string.ascii_lowercase, max_size=9),
    st.sampled_from(["db.example/x", "host.example:8080", "localhost"]),
)
BASE64 = st.text(string.ascii_letters + string.digits + "+/", min_size=64, max_size=64)
KEY_KINDS = st.sampled_from(["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])
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
def test_a_secret_never_survives(lines: list[tuple[list[str], str, list[str]]]) -> None:
    told = "\n".join(row.text for row in Redactor("session").mask([said(as_text(line)) for line in lines]))
    assert [secret for _, secret, _ in lines if secret in told] == []


@given(WORDS, PLACES, CHOSEN, WORDS)
def test_a_keyed_password_never_survives(before: list[str], place: str, password: str, after: list[str]) -> None:
    line = as_text((before, place.format(password), after))
    (row,) = Redactor("session").mask([said(line)])
    assert (password in row.text, row.text.count("[PASSWORD-1]")) == (False, 1)


@given(WORDS, IN_ADDRESSES, CHOSEN.filter(lambda password: "#" not in password), WORDS)
def test_credentials_in_a_web_address_never_survive(
    before: list[str], place: str, password: str, after: list[str]
) -> None:
    (row,) = Redactor("session").mask([said(as_text((before, place.format(password), after)))])
    assert (password in row.text, row.text.count("[URL_CREDENTIALS-1]")) == (False, 1)


@given(KEY_KINDS, st.lists(BASE64, min_size=1, max_size=8), st.integers(0, 9), WORDS)
def test_no_line_of_a_private_key_survives(kind: str, body: list[str], split: int, after: list[str]) -> None:
    lines = [f"-----BEGIN {kind}PRIVATE KEY-----", *body, f"-----END {kind}PRIVATE KEY-----"]
    rows = [said(line) for line in [*lines, *after]]
    redactor = Redactor("session")
    result = redactor.mask(rows[:split]) + redactor.mask(rows[split:])
    assert [row.text for row in result if row.text in lines or row.text == ""] == []
    assert [row.text for row in result[len(lines) :]] == after


@given(st.lists(LINES, min_size=1, max_size=6), TYPED)
def test_a_typed_password_never_survives(lines: list[tuple[list[str], str, list[str]]], password: str) -> None:
    rows = [said(f"{as_text(line)} ; {password}") for line in lines]
    rows.append(CapturedInteraction(0, Kind.INPUT, password, is_secret=True))
    assert [row.text for row in Redactor("session").mask(rows) if password in row.text] == []


@given(st.lists(LINES, max_size=6))
def test_masking_twice_changes_nothing(lines: list[tuple[list[str], str, list[str]]]) -> None:
    once = Redactor("session").mask([said(as_text(line)) for line in lines])
    assert Redactor("session").mask(once) == once


@given(st.lists(LINES, max_size=6), st.integers(0, 6))
def test_the_place_where_batches_are_split_changes_nothing(
    lines: list[tuple[list[str], str, list[str]]], split: int
) -> None:
    rows = [said(as_text(line)) for line in lines]
    redactor = Redactor("session")
    assert redactor.mask(rows[:split]) + redactor.mask(rows[split:]) == Redactor("session").mask(rows)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_masked_without_a_crash_and_twice_is_once(text: str, title: str) -> None:
    once = Redactor("session").mask([CapturedInteraction(0, Kind.CHAT, text, title=title)])
    assert (len(once), Redactor("session").mask(once)) == (1, once)
