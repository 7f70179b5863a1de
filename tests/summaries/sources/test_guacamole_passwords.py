"""The screen of a Guacamole recording can't be read, so that passwords are known by rule."""

import pytest

from summaries.enums import Kind
from summaries.sources.guacamole import GuacamoleSource
from tests.summaries.sources.casts import texts
from tests.summaries.sources.guacamole_records import (
    ALT,
    CONTROL,
    ENTER,
    UP,
    chord,
    clicked,
    clipboard,
    pressed,
    recorded,
    typed,
)
from tests.summaries.sources.reading import read_bytes

PASSWORDS = [
    "hunter2",
    "Blue-Harbour-7",
    "sunshine",
    "tree house 9",
    "Größe7!",
    "correct horse battery staple",
    "12345678",
]
BEGIN = typed("ls -l\n", 100)


def read(*parts):
    return read_bytes(GuacamoleSource(), recorded(*parts))[0]


def hidden(interactions):
    return [item.text for item in interactions if item.is_secret]


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize(
    "command",
    [
        "sudo systemctl restart shop",
        "cd /srv && sudo -u www id",
        "su -",
        "ssh ada@db1.example",
        "scp dump.sql ada@db1:/tmp",
        "sftp ada@db1",
        "passwd",
        "passwd clerk",
        "mysql -u root -p",
        "mysqldump --password shop",
        "$pin = Read-Host -AsSecureString 'New secret'",
        "$c = Get-Credential",
        "runas /user:Administrator cmd",
        "read -s PIN",
        "kinit ada",
        "ssh-keygen -t ed25519",
    ],
)
def test_line_after_a_command_that_asks_is_hidden(command, password):
    interactions = read(
        BEGIN, typed(command + "\n", 2000), typed(password + "\n", 6000), typed("systemctl status\n", 20_000)
    )

    assert hidden(interactions) == [password]
    assert [item.text for item in interactions if not item.is_secret] == ["ls -l", command, "systemctl status"]


@pytest.mark.parametrize("password", PASSWORDS)
def test_passwd_hides_the_old_password_and_the_new_one_twice(password):
    interactions = read(BEGIN, typed("passwd\n", 2000), *(typed(password + "\n", 6000 + n) for n in (0, 4000, 8000)))

    assert hidden(interactions) == [password] * 3


def test_new_password_with_blanks_is_hidden_although_it_is_another():
    lines = [typed("old one\n", 6000), typed("a new long one\n", 10_000), typed("a new long one\n", 14_000)]

    assert hidden(read(BEGIN, typed("passwd\n", 2000), *lines)) == ["old one", "a new long one", "a new long one"]


def test_second_and_third_try_are_hidden():
    tries = [typed(f"{word}\n", 6000 + 3000 * n) for n, word in enumerate(["sunshin", "Sunshine", "sunshine"])]

    assert hidden(read(BEGIN, typed("sudo id\n", 2000), *tries)) == ["sunshin", "Sunshine", "sunshine"]


def test_second_try_with_blanks_is_hidden_when_it_is_like_the_first():
    tries = [typed("tree huose 9\n", 6000), typed("tree house 9\n", 9000)]

    assert hidden(read(BEGIN, typed("sudo id\n", 2000), *tries)) == ["tree huose 9", "tree house 9"]


def test_answer_about_an_unknown_host_does_not_use_up_the_password():
    interactions = read(BEGIN, typed("ssh ada@db1\n", 2000), typed("yes\n", 5000), typed("tree house 9\n", 9000))

    assert hidden(interactions) == ["tree house 9"]


def test_command_after_a_command_that_did_not_ask_is_shown():
    interactions = read(BEGIN, typed("sudo apt-get update\n", 2000), typed("systemctl status shop\n", 9000))

    assert hidden(interactions) == []


@pytest.mark.parametrize("keys", [(UP,), (UP, UP), (0xFF54,)])
def test_word_after_a_command_that_was_recalled_is_hidden(keys):
    assert hidden(read(BEGIN, pressed(*keys, ENTER, at_ms=2000), typed("sunshine\n", 6000))) == ["sunshine"]


def test_password_with_a_long_pause_in_it_is_hidden_as_a_whole():
    parts = [typed("sudo id\n", 2000), typed("sun", 6000), typed("shine\n", 60_000)]

    assert hidden(read(BEGIN, *parts)) == ["sunshine"]


def test_password_that_the_recording_ends_in_is_hidden():
    assert hidden(read(BEGIN, typed("sudo id\n", 2000), typed("sunsh", 6000))) == ["sunsh"]


def test_password_that_is_ended_by_a_click_is_hidden():
    assert hidden(read(BEGIN, typed("sudo id\n", 2000), typed("sunshine", 6000), clicked(1, 1, 9000))) == ["sunshine"]


def test_password_after_the_sign_in_screen_came_up_is_hidden():
    keys = chord(CONTROL, ALT, 0xFFFF, at_ms=3000)

    interactions = read(BEGIN, keys, typed("any words at all\n", 6000), typed("notepad.exe report.txt\n", 20_000))

    assert hidden(interactions) == ["any words at all"]


def test_first_words_of_a_recording_may_be_a_sign_in():
    interactions = read(typed("administrator\n", 100), typed("sunshine\n", 3000), typed("ls -l\n", 9000))

    assert hidden(interactions) == ["administrator", "sunshine"]


def test_form_with_a_name_shows_the_name_and_hides_the_rest():
    interactions = read(BEGIN, typed("ada\tsunshine\n", 2000))

    assert texts(interactions)[1:] == [(Kind.INPUT, "ada<Tab>"), (Kind.INPUT, "sunshine")]
    assert hidden(interactions) == ["sunshine"]


def test_word_after_a_name_and_a_click_is_hidden():
    interactions = read(BEGIN, typed("ada.l", 2000), clicked(5, 9, 4000), typed("sunshine\n", 6000))

    assert hidden(interactions) == ["sunshine"]


@pytest.mark.parametrize("word", ["Blue-Harbour-7", "hunter2", "aB3$xyzw", "pässWort1"])
def test_word_that_looks_like_a_password_is_hidden_anywhere(word):
    assert hidden(read(BEGIN, typed("echo one two\n", 2000), typed(word + "\n", 6000))) == [word]


@pytest.mark.parametrize(
    "word",
    [
        "notepad",
        "https://intranet.example/orders?id=77",
        "/var/log/nginx/error.log",
        "C:\\Users\\Public",
        "ada@acme.example",
        "192.168.10.7",
        "report.final.txt",
        "printers",
        "42",
    ],
)
def test_plain_word_is_shown(word):
    assert hidden(read(BEGIN, typed("echo one two\n", 2000), typed(word + "\n", 6000))) == []


def test_tab_that_completes_a_command_hides_nothing():
    assert hidden(read(BEGIN, typed("cat /etc/host\tname\n", 2000), typed("less fstab\n", 6000))) == []


@pytest.mark.parametrize("paste", [(CONTROL, ord("v")), (0xFFE1, 0xFF63)])
def test_password_that_is_pasted_is_hidden_in_the_clipboard(paste):
    parts = [typed("sudo id\n", 2000), clipboard("tree house 9"), chord(*paste, at_ms=5000), pressed(ENTER, at_ms=5500)]

    interactions = read(BEGIN, *parts, typed("cat the notes\n", 9000))

    assert hidden(interactions) == ["tree house 9"]


def test_clipboard_that_looks_like_a_password_is_hidden():
    interactions = read(BEGIN, clipboard("Blue-Harbour-7"), clipboard("two plain words"))

    assert hidden(interactions) == ["Blue-Harbour-7"]


def test_clipboard_waits_behind_the_line_that_is_being_typed():
    interactions = read(BEGIN, typed("echo ", 2000), clipboard("two plain words"), typed("done now\n", 5000))

    assert texts(interactions)[1:] == [(Kind.INPUT, "echo done now"), (Kind.CLIPBOARD, "two plain words")]
