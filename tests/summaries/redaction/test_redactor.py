import pytest

from summaries.enums import Actor, Kind
from summaries.redaction.redactor import Redactor
from summaries.sources.base import CapturedInteraction


def said(text: str, **fields: object) -> CapturedInteraction:
    return CapturedInteraction(0, Kind.OUTPUT, text, **fields)


def masked(*texts: str, redactor: Redactor | None = None) -> list[str]:
    return [row.text for row in (redactor or Redactor("session")).mask([said(text) for text in texts])]


SECRETS = [
    ("mysql -u root -pS3cretPw db", "mysql -u root -p[PASSWORD-1] db"),
    ("tool --password=Hunter2x -v", "tool --password=[PASSWORD-1] -v"),
    ("tool --db-password Hunter3x -v", "tool --db-password [PASSWORD-1] -v"),
    ("sshpass -p 'abc def' ssh host", "sshpass -p '[PASSWORD-1]' ssh host"),
    ("curl -u bob:hunter99 https://a.example", "curl -u bob:[PASSWORD-1] https://a.example"),
    ("PGPASSWORD=pgpw123 psql", "PGPASSWORD=[PASSWORD-1] psql"),
    ("export GITHUB_TOKEN=abcdef", "export GITHUB_TOKEN=[TOKEN-1]"),
    ("export DB_PASSWORD=zomg1", "export DB_PASSWORD=[PASSWORD-1]"),
    ('export MY_API_KEY="foo-bar-1"', 'export MY_API_KEY="[TOKEN-1]"'),
    ("password: swordfish1", "password: [PASSWORD-1]"),
    ("Das Passwort lautet Sommer2024!", "Das Passwort lautet [PASSWORD-1]"),
    ("contraseña: Verano2024", "contraseña: [PASSWORD-1]"),
    ("mot de passe : Ete2024!", "mot de passe : [PASSWORD-1]"),
    ("the password is hunter2", "the password is [PASSWORD-1]"),
    ("密码：abc12345", "密码：[PASSWORD-1]"),
    ("passphrase: correct horse battery staple", "passphrase: [PASSWORD-1]"),
    ("net user bob Passw0rd! /add", "net user bob [PASSWORD-1] /add"),
    ("echo 'hunter2' | sudo -S apt update", "echo '[PASSWORD-1]' | sudo -S apt update"),
    ("echo 'bob:newpass1' | chpasswd", "echo 'bob:[PASSWORD-1]' | chpasswd"),
    ('{"user": "x", "password": "p@ss w0rd", "a": 1}', '{"user": "x", "password": "[PASSWORD-1]", "a": 1}'),
    ("htpasswd -b /etc/x.htpasswd bob Pa55word", "htpasswd -b /etc/x.htpasswd bob [PASSWORD-1]"),
    ("openssl rsa -in k -passin pass:Kk12345", "openssl rsa -in k -passin pass:[PASSWORD-1]"),
    ("key AKIAIOSFODNN7EXAMPLE ok", "key [TOKEN-1] ok"),
    ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "[TOKEN-1]"),
    ("Authorization: Bearer abcdefghijklmnop1234", "Authorization: Bearer [TOKEN-1]"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefgh", "[TOKEN-1]"),
    ("https://hooks.slack.com/services/T0/B0/" + "a1B2c3D4" * 3, "https://hooks.slack.com/services/[TOKEN-1]"),
    ("dapi" + "0123456789abcdef" * 2 + " \ud800 is it", "[TOKEN-1] \ud800 is it"),
    ("storage_key=/" + "aB3dE6gH9jKlMnOpQrStUv" * 2 + "==", "storage_key=[TOKEN-1]"),
    ("PING 2001:db8:1:2:3:4:5:6: 56 data bytes", "PING [IP_ADDRESS-1]: 56 data bytes"),
    ("my server is ::ffff:176.16.1.169.", "my server is [IP_ADDRESS-1]."),
    ("ask anna@acme.xn--p1ai", "ask [EMAIL-1]"),
    ("paid with 4111 1111 1111 1111.", "paid with [CARD-1]."),
    ("Doe,4111111111111111,123,12/27", "Doe,[CARD-1],123,12/27"),
    ("4111111111111111:12:27:123", "[CARD-1]:12:27:123"),
    ("office,833.719.3994x1887-fax", "office,[PHONE-1]-fax"),
    ("12 4111-1111-1111-1111 9", "12 [CARD-1] 9"),
    ("DE89 3704 0044 0532 0130 00 thanks", "[IBAN-1] thanks"),
    ("mail Bob@Example.com, please", "mail [EMAIL-1], please"),
    ("dial +49 89 1234567 now", "dial [PHONE-1] now"),
    ("(555) 123-4567", "[PHONE-1]"),
    ("inet 192.168.1.10/24", "inet [IP_ADDRESS-1]/24"),
    ("inet6 2001:db8::17 scope", "inet6 [IP_ADDRESS-1] scope"),
    ("git clone https://bob:pa@ss@host.example/x", "git clone https://[URL_CREDENTIALS-1]@host.example/x"),
    ("sudo -S id <<< Hunter22x", "sudo -S id <<< [PASSWORD-1]"),
    ("key=" + "aB3dE6gH9jKlMnOpQrSt" * 40, "key=[TOKEN-1]"),
    ("password=" + "Xy7." * 400, "password=[PASSWORD-1]"),
    ("ghp_" + "aB3d" * 200 + " ok", "[TOKEN-1] ok"),
    ("https://bob:" + "x9" * 600 + "@host.example/", "https://[URL_CREDENTIALS-1]@host.example/"),
    ("postgres://app:s3/cr3t@db:5432/x", "postgres://[URL_CREDENTIALS-1]@db:5432/x"),
]


@pytest.mark.parametrize(("text", "expected"), SECRETS)
def test_mask_replaces_the_value_and_nothing_else(text: str, expected: str) -> None:
    assert masked(text) == [expected]


HARMLESS = [
    "total 12,345,678,901 bytes, 1,234,567 files, 3.14159265358979",
    "k3b won't work with kernel 2.6.8|2.6.8.1",
    "2.6.10 is way better than 2.6.12.3",
    "if you hate entering your password: tell sudo not to ask it",
    "passwd: password updated successfully",
    "2024-01-02T10:02:13Z kernel: eth0 up",
    "Microsoft Windows [Version 10.0.19045.3693]",
    "listening on 127.0.0.1:8080 and [::1]:8080 and 0.0.0.0",
    "commit 3f786850e387550fdab836ed7e6dc881de23001b",
    "550e8400-e29b-41d4-a716-446655440000",
    "getty@tty1.service loaded active running",
    "Mozilla/5.0 (X11) Chrome/120.0.0.0 Safari/537.36",
    "root@web01:~# systemctl status nginx",
    "git clone git@github.com:acme/tool.git",
    "cat: /etc/passwd: No such file or directory",
    "PWD=/home/bob",
    "The password is required. Your password: must be long",
    "password=$DB_PASSWORD password=${PW} password=********",
    "password = getpass.getpass()",
    "12 passed, 3 failed; tests passing: 12",
    "dpkg: libstdc++6_12.2.0-14+deb12u1_amd64.deb 1.2.3.4-5",
    "std::vector<int> dead::beef pkgs/linux-64::ca-certificates-2025.7.15",
    "exit code 137, 1732262411 seconds, 10485760 bytes, pid 4024",
    "https://host.example:80/path@x http://host.example/a?b=c",
    "/dev/sda1  20511312 19456720  2048 100% /",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_mask_leaves_harmless_text_alone(text: str) -> None:
    assert masked(text) == [text]


ATTACKS = [
    ("AKIAIOSFO", "DNN7EXAMPLE"),
    ("card 41111111", "11111111"),
    ("write to bob.long@exam", "ple.com"),
    ("ghp_abcdefghijklmnopqrst", "uvwxyz0123456789"),
]


@pytest.mark.parametrize(("first", "second"), ATTACKS)
def test_mask_finds_a_value_cut_by_the_end_of_an_interaction(first: str, second: str) -> None:
    one, two = masked(first, second)
    assert (one.endswith("-1]"), two[0], two.endswith("-1]")) == (True, "[", True)


def test_mask_never_joins_a_command_and_its_output() -> None:
    rows = [
        CapturedInteraction(0, Kind.COMMAND, "cut -d: -f1,8- /etc/dovecot/users"),
        said("clerk@acme.example:nologin=y"),
        CapturedInteraction(0, Kind.COMMAND, "less bob.long@exam"),
        said("ple.com"),
    ]
    assert [row.text for row in Redactor("session").mask(rows)] == [
        "cut -d: -f1,8- /etc/dovecot/users",
        "[EMAIL-1]:nologin=y",
        "less bob.long@exam",
        "ple.com",
    ]


def test_mask_never_joins_output_of_two_people_or_around_a_typed_secret() -> None:
    cut = [said("bob.long@exam", actor=Actor.SUPPORTER), said("ple.com", actor=Actor.SYSTEM)]
    parted = [said("bob.long@exam"), said("horse7battery", is_secret=True), said("ple.com")]
    assert [row.text for row in Redactor("session").mask(cut)] == ["bob.long@exam", "ple.com"]
    assert [row.text for row in Redactor("session").mask(parted)] == ["bob.long@exam", "[PASSWORD-1]", "ple.com"]


def test_a_whole_value_on_the_next_line_is_no_second_half() -> None:
    texts = ("/etc/dovecot/users\nclerk@acme.example", "/etc/dovecot/users\n-clerk@acme.example")
    assert masked(*texts) == ["/etc/dovecot/users\n[EMAIL-1]", "/etc/dovecot/users\n-[EMAIL-1]"]


def test_a_cut_value_beside_a_typed_placeholder_is_masked_in_its_place() -> None:
    assert masked("[EMAIL-4] card 41111111\n11111111 [EMAIL-5]") == ["[EMAIL-4] card [CARD-1]\n[CARD-1] [EMAIL-5]"]


def test_mask_sees_through_colours_invisible_and_fullwidth_characters() -> None:
    texts = (
        "\x1b[31mAKIAIOSF\x1b[0mODNN7EXAMPLE",
        "4111\u200b111111111111",
        "mail ｂｏｂ＠example.com",
        "１９２.１６８.１.７７",
    )
    assert masked(*texts) == ["\x1b[31m[TOKEN-1]", "[CARD-1]", "mail [EMAIL-1]", "[IP_ADDRESS-1]"]


def test_mask_keeps_one_number_for_one_value_however_written() -> None:
    assert masked("bob@a.example BOB@A.example eve@a.example", "4111-1111-1111-1111 4111111111111111") == [
        "[EMAIL-1] [EMAIL-1] [EMAIL-2]",
        "[CARD-1] [CARD-1]",
    ]


def test_mask_covers_a_password_typed_without_echo_and_wherever_else_it_stands() -> None:
    rows = [
        said("first horse7battery then"),
        said("horse7battery", is_secret=True),
        said("sudo", title="horse7battery - x"),
    ]
    result = Redactor("session").mask(rows)
    assert [(row.text, row.title) for row in result] == [
        ("first [PASSWORD-1] then", ""),
        ("[PASSWORD-1]", ""),
        ("sudo", "[PASSWORD-1] - x"),
    ]


def test_mask_covers_a_learned_password_in_later_batches_and_other_spellings() -> None:
    redactor = Redactor("session")
    redactor.mask([said("p&ss word9", is_secret=True)])
    assert masked("a=p%26ss%20word9&b", "<p>p&amp;ss word9</p>", redactor=redactor) == [
        "a=[PASSWORD-1]&b",
        "<p>[PASSWORD-1]</p>",
    ]


def test_a_later_redactor_recognises_passwords_and_numbers_by_memory() -> None:
    first = Redactor("session")
    first.mask([said("horse7battery", is_secret=True), said("bob@a.example and eve@a.example")])
    again = Redactor("session", first.memory())
    assert masked("x=horse7battery, (horse7battery) eve@a.example zoe@a.example", redactor=again) == [
        "x=[PASSWORD-1], ([PASSWORD-1]) [EMAIL-2] [EMAIL-3]"
    ]


def test_a_common_word_typed_as_password_is_masked_only_where_it_was_typed() -> None:
    result = Redactor("session").mask([said("docker", is_secret=True), said("docker ps")])
    assert [row.text for row in result] == ["[PASSWORD-1]", "docker ps"]


def test_memory_and_report_hold_no_raw_value() -> None:
    redactor = Redactor("session")
    redactor.mask([said("horse7battery", is_secret=True), said("bob@a.example 4111111111111111")])
    told = repr(redactor.memory()) + repr(redactor.report())
    assert [value for value in ("horse7battery", "bob@", "4111111") if value in told] == []
    assert redactor.report().counts == {"PASSWORD": 1, "EMAIL": 1, "CARD": 1}


def test_a_typed_placeholder_stays_and_keeps_its_number() -> None:
    assert masked("see [EMAIL-1] and password: [PASSWORD-3]", "bob@a.example") == [
        "see [EMAIL-1] and password: [PASSWORD-3]",
        "[EMAIL-2]",
    ]


KEY_LINES = [
    "-----BEGIN RSA PRIVATE KEY-----",
    "MIIEowIBAAKCAQEAx1y2z3" * 3,
    "Zm9vYmFyYmF6cXV4" * 4,
    "-----END RSA PRIVATE KEY-----",
]


def test_mask_covers_a_private_key_in_one_text() -> None:
    assert masked("$ cat key\n" + "\n".join(KEY_LINES) + "\n$ ls") == ["$ cat key\n[PRIVATE_KEY-1]\n$ ls"]


def test_mask_covers_a_private_key_over_interactions_and_batches() -> None:
    redactor = Redactor("session")
    assert masked(*KEY_LINES[:2], redactor=redactor) == ["[PRIVATE_KEY-1]", "[PRIVATE_KEY-1]"]
    assert masked(*KEY_LINES[2:], "$ ls -l", redactor=redactor) == ["[PRIVATE_KEY-1]", "[PRIVATE_KEY-1]", "$ ls -l"]


def test_a_key_that_breaks_off_does_not_swallow_the_session() -> None:
    texts = [KEY_LINES[0], KEY_LINES[1], "a b c", "$ ls -l /tmp", "total 0 in x", "abcdefghijkl"]
    assert masked(*texts) == ["[PRIVATE_KEY-1]", "[PRIVATE_KEY-1]", *texts[2:]]


def test_mask_keeps_order_count_and_every_other_field() -> None:
    rows = [CapturedInteraction(at, Kind.CHAT, f"line {at}", application="app", title="t") for at in (5, 7, 9)]
    assert Redactor("session").mask(rows) == rows
    assert Redactor("session").mask([]) == []


def test_the_password_on_the_line_after_the_question_is_masked() -> None:
    assert masked("What is the password?", "Winter2024!", "thanks") == [
        "What is the password?",
        "[PASSWORD-1]",
        "thanks",
    ]
