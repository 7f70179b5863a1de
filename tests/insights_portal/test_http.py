import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat
from cryptography.x509.oid import NameOID

from insights_portal.lib.async_http import async_outbound_client, outbound_loop
from insights_portal.lib.http import AddressNotAllowed, AnswerNotAllowed, is_public, outbound_client
from tests.messages_server import Reply


class InTheLoop:
    """The client of the event loop, called as the other one is."""

    def __init__(self, **limits):
        self._client = self._wait(self._made(**limits))

    async def _made(self, **limits):
        return async_outbound_client(**limits)

    def _wait(self, call):
        return asyncio.run_coroutine_threadsafe(call, outbound_loop()).result()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self._wait(self._client.aclose())

    def get(self, address):
        return self._wait(self._client.get(address))

    def post(self, address, **sent):
        return self._wait(self._client.post(address, **sent))


@pytest.fixture(params=[outbound_client, InTheLoop], ids=["blocking", "in the loop"])
def outbound(request):
    """Both clients: one rule that holds for one of them holds for the other."""
    return request.param


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "fe80::1%eth0",
        "fec0::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:0:7f00:1::",
        "2002:7f00:1::",
    ],
)
def test_is_public_refuses_what_leads_inside(address):
    assert is_public(address) is False


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_is_public_lets_through_what_leads_outside(address):
    assert is_public(address) is True


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:7f00:1]"])
def test_outbound_client_refuses_every_spelling_of_a_private_address(outbound, settings, host):
    settings.OUTBOUND_ALLOWED_HOSTS = []

    with outbound(timeout=5) as client, pytest.raises(AddressNotAllowed):
        client.get(f"https://{host}:1/")


def test_outbound_client_tells_the_operator_what_to_do(outbound, settings):
    settings.OUTBOUND_ALLOWED_HOSTS = []

    with outbound(timeout=5) as client, pytest.raises(AddressNotAllowed) as refusal:
        client.get("https://localhost:1/")

    assert str(refusal.value) == (
        "The address localhost leads into a private network. If that is intended, the operator of this installation "
        "adds the host to OUTBOUND_ALLOWED_HOSTS."
    )


def test_outbound_client_refuses_plain_http_to_a_host_that_is_not_allowed(outbound, settings):
    settings.OUTBOUND_ALLOWED_HOSTS = []

    with outbound(timeout=5) as client, pytest.raises(AddressNotAllowed) as refusal:
        client.get("http://1.1.1.1/")

    assert str(refusal.value) == "The address of 1.1.1.1 must begin with https://."


def test_outbound_client_reaches_an_allowed_host_by_that_name_alone(outbound, messages_server, settings):
    settings.OUTBOUND_ALLOWED_HOSTS = ["127.0.0.1"]

    with outbound(timeout=5) as client:
        assert client.post(messages_server.base_url, json={}).status_code == 200
        with pytest.raises(AddressNotAllowed):
            client.post(messages_server.base_url.replace("http://127.0.0.1", "https://localhost"), json={})


def test_outbound_client_does_not_follow_redirects(outbound, messages_server):
    messages_server.answers(Reply(status=307, headers=(("location", "http://169.254.169.254/"),)))

    with outbound(timeout=5) as client:
        answer = client.post(messages_server.base_url, json={})

    assert answer.status_code == 307
    assert len(messages_server.requests) == 1


def test_outbound_client_ignores_a_proxy_of_the_environment(outbound, messages_server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    with outbound(timeout=5) as client:
        assert client.post(messages_server.base_url, json={}).status_code == 200


def test_outbound_client_refuses_an_answer_that_is_too_large(outbound, messages_server):
    messages_server.answers(Reply(body=b"x" * 2000))

    with outbound(timeout=5, max_bytes=1999) as client, pytest.raises(AnswerNotAllowed) as refusal:
        client.post(messages_server.base_url, json={})

    assert str(refusal.value) == "The answer is larger than 1,999 bytes. Check the address."


def test_outbound_client_takes_an_answer_of_exactly_the_limit(outbound, messages_server):
    messages_server.answers(Reply(body=b"x" * 1999))

    with outbound(timeout=5, max_bytes=1999) as client:
        assert len(client.post(messages_server.base_url, json={}).content) == 1999


def test_outbound_client_refuses_a_compressed_answer(outbound, messages_server):
    messages_server.answers(Reply(headers=(("content-encoding", "gzip"),)))

    with outbound(timeout=5) as client, pytest.raises(AnswerNotAllowed):
        client.post(messages_server.base_url, json={})

    assert messages_server.requests[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "reply", [Reply(hang=True), Reply(drip=0.05), Reply(drip=0.0)], ids=["silent", "byte by byte", "without pause"]
)
def test_outbound_client_gives_up_at_the_time_limit(outbound, messages_server, reply):
    messages_server.answers(reply)

    # The server never ends by itself: that this test ends is the proof.
    with outbound(timeout=0.4) as client, pytest.raises(httpx2.TimeoutException):
        client.post(messages_server.base_url, json={})


def test_outbound_client_reports_a_name_that_does_not_exist(outbound):
    with outbound(timeout=5) as client, pytest.raises(httpx2.ConnectError) as failure:
        client.get("https://no-such-host.invalid/")

    assert str(failure.value) == "The name no-such-host.invalid can't be resolved."


def test_outbound_client_reports_an_address_where_nobody_listens(outbound, messages_server):
    messages_server.close()

    with outbound(timeout=5) as client, pytest.raises(httpx2.ConnectError):
        client.post(messages_server.base_url, json={})


def test_outbound_client_without_any_time_does_not_connect(outbound, messages_server):
    with outbound(timeout=0) as client, pytest.raises(httpx2.ConnectTimeout):
        client.post(messages_server.base_url, json={})

    assert messages_server.requests == []


@pytest.fixture
def certificate(tmp_path) -> Path:
    """A certificate for the name `localhost` alone, and its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "localhost.pem"
    path.write_bytes(
        signed.public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def test_outbound_client_checks_the_certificate_against_the_name(outbound, messages_server, certificate, monkeypatch):
    """The connection goes to the checked address; what the certificate must name is still the host."""
    base_url = messages_server.secure(certificate)

    with outbound(timeout=5) as client, pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        client.post(base_url, json={})

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with outbound(timeout=5) as client:
        assert client.post(base_url, json={}).status_code == 200
        with pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            client.post(base_url.replace("localhost", "127.0.0.1"), json={})
