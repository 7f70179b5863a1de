"""How fast batches of 500 interactions come in over HTTP, masked and stored, beside the same without masking.

    .ci/with-postgresql python -m tests.bench.ingest [--json] [--sessions 1000000] [--rounds 5]

A server process of its own (gunicorn, one worker) answers three addresses over the same kept connection, by turns:
`ours` is the API's own, as a client calls it; `limit` is the same without masking. `lean` is a view that does nothing
but find the token, read the batch with msgspec and put it into the same table by COPY, in one transaction with the
session's count: without roles, rules, consent, policies or masking. Interactions a second; the median round.
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from tests.bench.seeded import Seeded, run_bench  # first: it sets Django up

# isort: split
from django.db import connection
from django.utils import timezone

from accounts.domain.ai_settings import activate
from accounts.domain.companies import create_company
from accounts.domain.members import add_member
from accounts.domain.tokens import issue_token
from accounts.enums import ApiScope
from accounts.models import Company, Membership
from policies.enums import AccessControl
from policies.models import Device
from summaries.domain.capture import open_session
from summaries.models import Interaction, SupportSession
from tests.bench.redaction import LINES

GOAL = 0.4
BATCH, BATCHES = 500, 20
KINDS = {"ours": "/api/v1/sessions/{}/interactions/", "limit": "/unmasked/{}/", "lean": "/lean/{}/"}


def bodies() -> list[bytes]:
    """A round's batches: lines as terminals show them, two in ten with something to mask."""
    rows = [
        {
            "sequence": number,
            "offset_ms": number * 40,
            "kind": "OUTPUT",
            "actor": "SUPPORTER",
            "application": "Terminal",
            "title": "root@web01",
            "text": f"{LINES[number % len(LINES)]} {number}",
        }
        for number in range(1, BATCH * BATCHES + 1)
    ]
    parts = [rows[first : first + BATCH] for first in range(0, len(rows), BATCH)]
    return [json.dumps({"interactions": part}).encode() for part in parts]


def ensure_member() -> Membership:
    """An administrator of a company that captures without asking, with a device that allows it."""
    at = timezone.now()
    company = Company.objects.filter(slug="bench-ingest").first()
    if company is None:
        company = create_company(name="Bench", slug="bench-ingest", plan="TENSOR", at=at)
        member = add_member(
            company=company, email="i@bench.example", name="I", role_names=["Administrator"], at=at
        ).user
        company.ai_settings.outgoing_enabled = True
        company.ai_settings.save()
        activate(ai_settings=company.ai_settings, actor=member, at=at)
        Device.objects.create(company=company, name="PC-1", access_control=AccessControl.ALLOWED)
    return Membership.objects.get(company=company)


def token_of(membership: Membership) -> str:
    at = timezone.now()
    _, plain = issue_token(
        membership=membership,
        name=f"Bench {at}",
        scopes=[ApiScope.SESSIONS_WRITE.value],
        expires_at=at + timedelta(hours=1),
        actor=membership.user,
        at=at,
    )
    return plain


@contextmanager
def server() -> Iterator[http.client.HTTPConnection]:
    """A server process on this database, and a connection to it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = connection.settings_dict
    address = f"postgres://{given['USER']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    environment = os.environ | {"DATABASE_URL": address, "API_RATE": "100000000/min"}
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "tests.bench.ingest_server",
        "--worker-class",
        "gthread",
        "--keep-alive",
        "60",
    ]
    # It logs a line for each request.
    none = subprocess.DEVNULL
    process = subprocess.Popen([*command, "--bind", f"127.0.0.1:{port}"], env=environment, stdout=none, stderr=none)
    try:
        yield _connected(port)
    finally:
        process.terminate()
        process.wait()


def _connected(port: int) -> http.client.HTTPConnection:
    for _ in range(300):
        found = http.client.HTTPConnection("127.0.0.1", port)
        try:
            found.connect()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return found
    raise ConnectionError("The server does not answer.")


def send(to: http.client.HTTPConnection, address: str, token: str, sent: list[bytes]) -> float:
    """Interactions a second."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    begun = time.perf_counter()
    for body in sent:
        to.request("POST", address, body, headers)
        answer = to.getresponse()
        said = answer.read()
        assert answer.status == 200, (answer.status, said[:500])
    return len(sent) * BATCH / (time.perf_counter() - begun)


def fresh_session(membership: Membership) -> SupportSession:
    user = membership.user
    return open_session(company=membership.company, supporter=user, actor=user, at=timezone.now(), device_name="PC-1")


def check_stored(session: SupportSession, kind: str) -> None:
    session.refresh_from_db()
    rows = Interaction.objects.filter(session=session)
    assert rows.count() == session.interaction_count == BATCH * BATCHES
    is_masked = not rows.filter(text__contains="bob@northwind.example").exists()
    assert is_masked == (kind == "ours"), kind
    assert rows.filter(text__contains="[EMAIL-1]").count() == (BATCH * BATCHES // 10 if is_masked else 0)


def forget(session: SupportSession) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM summaries_interaction WHERE session_id = %s", [session.pk])
        cursor.execute("DELETE FROM summaries_supportsession WHERE id = %s", [session.pk])


def measure(_: Seeded, rounds: int) -> dict[str, Any]:
    membership = ensure_member()
    token, sent = token_of(membership), bodies()
    rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with server() as to:
        for turn in range(rounds + 1):
            for kind, address in KINDS.items():
                session = fresh_session(membership)
                rate = send(to, address.format(session.public_id), token, sent)
                check_stored(session, kind)
                forget(session)
                if turn:  # the first is to get warm
                    rates[kind].append(rate)
    found = {kind: statistics.median(values) for kind, values in rates.items()}
    return {
        "name": "ingest",
        **{kind: round(value) for kind, value in found.items()},
        "ratio": round(found["ours"] / found["limit"], 3),
        "goal": GOAL,
        "ratio_to_lean": round(found["ours"] / found["lean"], 3),
        "batch": BATCH,
    }


if __name__ == "__main__":
    run_bench(__doc__, measure, rounds=5)
