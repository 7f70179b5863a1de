from datetime import UTC, datetime

import pytest

from summaries.enums import Actor, Kind, PlaceUnit, QualityFlag
from summaries.sources.base import UnableToRead
from summaries.sources.teleport import TeleportSource
from tests.summaries.sources.casts import texts
from tests.summaries.sources.reading import bad_places, read_bytes
from tests.summaries.sources.teleport_records import begun, command, ended, event, log, played, printed

PROMPT = "\x1b[?2004hroot@web-01:~# "
ACCEPTED = "\r\n\x1b[?2004l\r"


def read(*events):
    return read_bytes(TeleportSource(), log(*events))


def test_audit_log_gives_the_session_from_begin_to_end():
    interactions, notes = read(
        begun(),
        command(5, "systemctl", "restart", "shop site"),
        event("session.join", 9, user="omar"),
        event("session.leave", 30, user="omar"),
        ended(61.5),
    )

    assert [(item.offset_ms, item.kind, item.text) for item in interactions] == [
        (0, Kind.CONNECT, "Session begins: dana as root on web-01"),
        (5000, Kind.COMMAND, "systemctl restart 'shop site'"),
        (9000, Kind.CONNECT, "omar as root joined on web-01"),
        (30_000, Kind.DISCONNECT, "omar as root left on web-01"),
        (61_500, Kind.DISCONNECT, "Session ends: dana as root on web-01"),
    ]
    assert (notes.device_name, notes.supporter_name, notes.people) == ("web-01", "dana", ["dana", "omar"])
    assert notes.started_at == datetime(2026, 11, 22, 9, 40, tzinfo=UTC)
    assert notes.ended_at == datetime(2026, 11, 22, 9, 41, 1, 500_000, tzinfo=UTC)
    assert notes.quality == set()


def test_commands_are_the_supporters_with_their_program():
    interactions, _ = read(command(0, "/bin/echo", "a b", program="echo"), command(1, "nginx", argv=["nginx", "-t"]))

    assert [(item.text, item.application, item.actor) for item in interactions] == [
        ("echo 'a b'", "echo", Actor.SUPPORTER),
        ("nginx -t", "nginx", Actor.SUPPORTER),
    ]


def test_program_that_could_not_start_is_told():
    interactions, _ = read(command(0, "nginxx", "-t", return_code=-2), command(1, "ls", argv=None))

    assert texts(interactions) == [
        (Kind.COMMAND, "nginxx -t"),
        (Kind.NOTE, "The program could not be started (return code -2)"),
        (Kind.COMMAND, "ls"),
    ]


def test_exec_gives_command_error_and_exit_status():
    failed = event("exec", 3, code="T3002E", command="/usr/sbin/nginx -t", exitCode="1", exitError="exit status 1")

    interactions, _ = read(failed)

    assert [(item.kind, item.text, item.application) for item in interactions] == [
        (Kind.COMMAND, "/usr/sbin/nginx -t", "nginx"),
        (Kind.OUTPUT, "exit status 1", "nginx"),
        (Kind.EXIT, "1", "nginx"),
    ]


def test_files_and_queries_are_told():
    interactions, _ = read(
        event("scp", 1, path="/tmp/app.tar", action="upload"),
        event("sftp", 2, path="/etc/hosts", action=3),
        event("db.session.query", 3, db_query="SELECT 1", db_protocol="postgres"),
    )

    assert [(item.kind, item.text, item.application) for item in interactions] == [
        (Kind.FILE_TRANSFER, "/tmp/app.tar (upload)", "Teleport"),
        (Kind.FILE_TRANSFER, "/etc/hosts", "Teleport"),
        (Kind.COMMAND, "SELECT 1", "postgres"),
    ]


def test_other_events_are_notes_and_the_recording_itself_is_silent():
    interactions, _ = read(
        event("auth", 1, success=False, error="no such principal"),
        event("session.network", 2, program="curl", dst_addr="198.51.100.4"),
        event("session.upload", 3, ei=2147483646),
        event("session.data", 4, ei=2147483647, tx=1, rx=2),
        event("resize", 5, size="80:25"),
        event("session.disk", 6, path="/etc/passwd"),
    )

    assert texts(interactions) == [
        (Kind.NOTE, "auth failed: no such principal"),
        (Kind.NOTE, "session.network: 198.51.100.4, curl"),
    ]


def test_events_are_ordered_by_time_and_not_by_ei():
    late = event("exec", 9, command="late", ei=1)
    early = event("exec", 1.5, command="early", ei=2147483646)

    interactions, notes = read(late, early)

    assert [(item.text, item.offset_ms, item.place.number) for item in interactions] == [
        ("early", 0, 2),
        ("late", 7500, 1),
    ]
    assert notes.quality == set()


@pytest.mark.parametrize(
    ("moment", "ms"),
    [
        ("2026-11-22T09:40:01Z", 1000),
        ("2026-11-22T09:40:01.5Z", 1500),
        ("2026-11-22T09:40:01.123456789Z", 1123),
        ("2026-11-22T10:40:01.000+01:00", 1000),
        ("2026-11-22 09:40:01", 1000),
    ],
)
def test_times_have_up_to_nine_digits_of_a_second(moment, ms):
    interactions, _ = read(begun(), event("exec", 0, command="id", time=moment))

    assert [item.offset_ms for item in interactions] == [0, ms]


def test_other_sessions_of_the_log_are_kept_apart_and_told_once():
    theirs = event("exec", 2, command="rm -rf /srv", sid="other", user="eve")

    interactions, notes = read(event("user.login", 0, sid=None, user="zoe"), begun(1), theirs, theirs, command(3, "id"))

    assert [item.text for item in interactions] == ["Session begins: dana as root on web-01", "id"]
    assert notes.people == ["dana"]
    assert bad_places(notes) == [(PlaceUnit.LINE, 3)]


def test_log_without_any_session_is_read_as_it_is():
    interactions, _ = read(event("user.login", 0, sid=None, method="local"), event("cert.create", 1, sid=""))

    assert texts(interactions) == [(Kind.NOTE, "user.login: local"), (Kind.NOTE, "cert.create")]


def test_interactive_session_without_commands_lacks_its_input():
    _, notes = read(begun(), ended(60, enhanced_recording=False))

    assert notes.quality == {QualityFlag.MISSING_INPUT}


def played_session():
    return [
        begun(),
        printed(1, PROMPT + "\x1b[K"[:2]),
        printed(1.5, "\x1b[K"[2:] + "df -h" + ACCEPTED + "4 % used\r\n" + PROMPT),
        command(1.6, "df", "-h"),
        event("resize", 3, size="120:40"),
        printed(5, "exit" + ACCEPTED),
        ended(6),
    ]


@pytest.mark.parametrize("container", [log, played])
def test_printed_bytes_go_through_the_terminal(container):
    data = container(*played_session())

    assert TeleportSource().recognises(data[:65536], "")
    interactions, notes = read_bytes(TeleportSource(), data)

    assert [(item.kind, item.text) for item in interactions if item.application != "Teleport"] == [
        (Kind.COMMAND, "df -h"),
        (Kind.OUTPUT, "4 % used"),
        (Kind.COMMAND, "exit"),
    ]
    assert notes.bad_record_count == 0


def test_character_that_is_split_over_two_prints_is_whole():
    interactions, notes = read(printed(1, "Größe".encode()[:4]), printed(2, "Größe".encode()[4:] + b"\r\n"))

    assert texts(interactions) == [(Kind.OUTPUT, "Größe")]
    assert QualityFlag.UNDECODABLE not in notes.quality


def test_print_without_its_data_is_passed_over_and_broken_data_is_counted():
    without = event("print", 1, bytes=5, ms=3)

    interactions, notes = read(without, printed(2, "ok\r\n") | {"data": "?"}, printed(3, "ok\r\n"))

    assert texts(interactions) == [(Kind.OUTPUT, "ok")]
    assert bad_places(notes) == [(PlaceUnit.LINE, 2)]


@pytest.mark.parametrize(
    "bad",
    [
        *(b"{", b"[]", b"7", b'{"event": "exec"}', b'{"event": 1, "time": "x", "uid": ""}', b"\xff", b"{" * 9999),
        log(event("exec", time="yesterday")).strip(),
        log(event("exec", time="2026-13-45T99:00:00Z")).strip(),
    ],
)
def test_bad_line_is_counted_and_the_rest_is_read(bad):
    interactions, notes = read_bytes(TeleportSource(), log(begun()) + bad + b"\n" + log(command(2, "id")))

    assert [item.text for item in interactions] == ["Session begins: dana as root on web-01", "id"]
    assert bad_places(notes) == [(PlaceUnit.LINE, 2)]


def test_bad_item_of_a_list_is_counted():
    interactions, notes = read_bytes(TeleportSource(), played(begun(), 7, event("exec", time="?"), command(2, "id")))

    assert [item.text for item in interactions] == ["Session begins: dana as root on web-01", "id"]
    assert bad_places(notes) == [(PlaceUnit.ITEM, 2), (PlaceUnit.ITEM, 3)]


@pytest.mark.parametrize("container", [log, played])
def test_cut_file_is_noted_as_truncated(container):
    interactions, notes = read_bytes(TeleportSource(), container(begun(), command(2, "id"), command(3, "w"))[:-60])

    assert [item.text for item in interactions] == ["Session begins: dana as root on web-01", "id"]
    assert QualityFlag.TRUNCATED in notes.quality


def test_times_that_run_backwards_in_a_list_are_clamped():
    interactions, notes = read_bytes(TeleportSource(), played(begun(10), command(5, "id")))

    assert [item.offset_ms for item in interactions] == [0, 0]
    assert notes.quality == {QualityFlag.CLOCK_SKEW}


@pytest.mark.parametrize("data", [b'{"event":1}\n', b"[1]", b"[]"])
def test_file_without_an_event_is_refused(data):
    with pytest.raises(UnableToRead, match="No event of Teleport"):
        read_bytes(TeleportSource(), data)


@pytest.mark.parametrize(
    "head",
    [b'{"event": "click", "timestamp": 1795340400}\n', b'{"time": "10:02", "text": "a"}', b'[{"event": "x"}]', b""],
)
def test_events_of_other_tools_are_not_recognised(head):
    assert not TeleportSource().recognises(head, "audit.json")
