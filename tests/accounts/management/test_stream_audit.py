"""The stream against real listeners on loopback."""

import json
import re
import socket
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.domain import audit, audit_chain
from accounts.domain.audit_stream import begin_stream, note_sent, unsent
from accounts.models import AuditEntry, AuditSeal

HEADER = re.compile(rb"^<110>1 (\S+Z) (\S+) session-insights - (\S+) - (\{.*\})$")


@pytest.fixture
def record(cast, at):
    def write(action="company.changed", **fields):
        entry = audit.record(company=cast.northwind, action=action, at=at, actor=cast.alice, **fields)
        audit_chain.seal_leftovers()
        return entry

    audit_chain.seal_leftovers()
    return write


@pytest.fixture
def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(10)
        yield listener


class TcpListener:
    """Takes one connection at a time and keeps what came over each."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.received = []
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    @property
    def address(self):
        return f"tcp://127.0.0.1:{self.socket.getsockname()[1]}"

    def _serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                parts = []
                while part := connection.recv(65536):
                    parts.append(part)
                self.received.append(b"".join(parts))

    def close(self):
        if self.thread.is_alive():
            self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        self.socket.close()


@pytest.fixture
def tcp():
    listener = TcpListener()
    yield listener
    listener.close()


def stream(*arguments):
    output = StringIO()
    call_command("stream_audit", *arguments, stdout=output)
    return [json.loads(line) for line in output.getvalue().splitlines()]


def address_of(listener):
    return f"udp://127.0.0.1:{listener.getsockname()[1]}"


def counted(stream_of_bytes):
    """The messages of a stream in which each is preceded by its length."""
    while stream_of_bytes:
        length, _, rest = stream_of_bytes.partition(b" ")
        yield rest[: int(length)]
        stream_of_bytes = rest[int(length) :]


def test_sealed_entries_are_written_in_the_order_of_the_chain(cast, record):
    record("company.changed", address="192.0.2.7", details={"name": "a\nb"})

    told = [each for each in stream("--output", "-") if each["company"] == "northwind"]

    assert [each["sequence"] for each in told] == list(range(1, len(told) + 1))
    last = AuditSeal.objects.get(company=cast.northwind, sequence=len(told))
    assert (told[-1]["digest"], told[-1]["address"], told[-1]["account"]) == (
        last.digest,
        "192.0.2.7",
        cast.alice.email,
    )


def test_a_stream_goes_on_where_it_stopped(cast, record):
    stream("--output", "-", "--company", "northwind")
    record("role.changed")

    told = stream("--output", "-", "--company", "northwind")

    # That a stream began is an event as well.
    assert [each["action"] for each in told] == ["audit.streamed", "role.changed"]
    assert stream("--output", "-", "--company", "northwind") == []
    assert (
        len(stream("--output", "-", "--company", "northwind", "--again"))
        == AuditSeal.objects.filter(company=cast.northwind).count()
    )


def test_each_name_has_a_place_of_its_own(cast, record):
    stream("--output", "-", "--company", "contoso")

    assert len(stream("--output", "-", "--company", "contoso", "--name", "second")) > 0


def test_many_entries_are_handed_over_in_batches(cast, record, monkeypatch):
    monkeypatch.setattr("accounts.domain.audit_stream.BATCH", 2)
    count = AuditSeal.objects.filter(company=cast.northwind).count()

    assert len(stream("--output", "-", "--company", "northwind")) == count


def test_a_datagram_carries_one_entry(cast, record, udp):
    stream("--syslog", address_of(udp), "--company", "contoso")
    count = AuditSeal.objects.filter(company=cast.contoso).count()

    messages = [udp.recv(65536) for _ in range(count)]

    moment, _, name, body = HEADER.match(messages[0]).groups()
    first = AuditEntry.objects.get(company=cast.contoso, seal__sequence=1)
    assert (name.decode(), json.loads(body)["id"]) == (first.action, str(first.public_id))
    assert moment == b"2026-11-20T09:00:00.000Z"
    assert [json.loads(HEADER.match(each).group(4))["sequence"] for each in messages] == list(range(1, count + 1))


def test_an_entry_too_long_for_a_datagram_is_sent_without_its_details(cast, record, udp, at):
    begin_stream(company=cast.northwind, target=address_of(udp), at=at)
    entry = record(details={"names": "x" * 70_000})
    last = AuditSeal.objects.filter(company=cast.northwind).count()
    note_sent(company=cast.northwind, target=address_of(udp), sequence=last - 1)

    stream("--syslog", address_of(udp), "--company", "northwind")

    told = json.loads(HEADER.match(udp.recv(65536)).group(4))
    assert (told["id"], list(told["details"])) == (str(entry.public_id), ["left_out"])


def test_a_stream_of_messages_is_counted_and_survives_a_restart(cast, record, tcp):
    stream("--syslog", tcp.address, "--company", "northwind")
    record("role.changed", details={"name": "Straße"})
    stream("--syslog", tcp.address, "--company", "northwind")
    tcp.close()

    first, second = [[HEADER.match(each) for each in counted(received)] for received in tcp.received]
    sequences = [json.loads(each.group(4))["sequence"] for each in first]
    assert sequences == list(range(1, len(sequences) + 1))
    assert [json.loads(each.group(4))["action"] for each in second] == ["audit.streamed", "role.changed"]


def test_a_server_that_does_not_answer_is_told_and_nothing_is_skipped(cast, record):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"tcp://127.0.0.1:{gone.getsockname()[1]}"

    with pytest.raises(CommandError, match="does not answer"):
        stream("--syslog", address)


def test_a_server_that_hangs_up_gets_the_entries_again(cast, record):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"

        def hang_up():
            connection, _ = server.accept()
            connection.close()

        hung_up = threading.Thread(target=hang_up, daemon=True)
        hung_up.start()
        with pytest.raises(CommandError, match="closed the connection|does not take messages"):
            stream("--syslog", address, "--follow")
        hung_up.join(10)

        assert len(unsent(company=cast.contoso, target=address)) > 0


def test_many_entries_arrive_once_at_a_server_that_stays(cast, record, tcp, monkeypatch):
    monkeypatch.setattr("accounts.domain.audit_stream.BATCH", 2)
    count = AuditSeal.objects.filter(company=cast.northwind).count()

    address = tcp.address
    stream("--syslog", address, "--company", "northwind")
    tcp.close()

    [received] = tcp.received
    sequences = [json.loads(HEADER.match(each).group(4))["sequence"] for each in counted(received)]
    assert (sequences, count > 2) == (list(range(1, count + 1)), True)
    assert unsent(company=cast.northwind, target=address) == []


def test_following_goes_on_with_what_comes(cast, record):
    class Reader(StringIO):
        """Reads what is there, lets one more thing happen, and goes away after it."""

        happened = False

        def write(self, text):
            if self.happened and "role.changed" in text:
                raise BrokenPipeError
            if not self.happened:
                self.happened = True
                record("role.changed")
            return super().write(text)

    reader = Reader()
    call_command("stream_audit", "--output", "-", "--follow", "--company", "northwind", stdout=reader)

    assert "role.changed" not in reader.getvalue()
    [*_, next_one] = unsent(company=cast.northwind, target="stdout")
    assert next_one.action == "role.changed"


@pytest.mark.parametrize("address", ["udp://", "http://x:1", "tcp://x", "nonsense", "tcp://x:99999", "tcp://[x"])
def test_an_address_that_is_none_is_told(db, address):
    with pytest.raises(CommandError, match="udp://host:port"):
        stream("--syslog", address)


def test_a_name_that_nobody_knows_is_told(db):
    with pytest.raises(CommandError, match="is not known"):
        stream("--syslog", "tcp://no-such-host.invalid:514")


def test_an_unknown_company_is_told(db):
    with pytest.raises(CommandError, match="There is no company"):
        stream("--output", "-", "--company", "nobody")
