"""A recording of each tool becomes a session, and no password that was typed into it is stored."""

import json
from pathlib import Path

import pytest

from summaries.domain.imports.recordings import import_recording
from summaries.models import Interaction, SupportSession
from tests.summaries.conftest import order_of

RECORDINGS = Path(__file__).parents[3] / "recordings"


@pytest.mark.parametrize(
    ("name", "code", "secret"),
    [
        ("clerk-locked-out.tlog", "TLOG", "Quiet-Meadow-63"),
        ("scanner-share-repaired.guac", "GUACAMOLE", "Lantern-River-82"),
        ("invoice-wrong-printer.zip", "STEPS_RECORDER", ""),
        ("time-sheets-not-sent.json", "ACTIVITYWATCH", ""),
        ("log-folder-full.jsonl", "TELEPORT", ""),
        ("address-list-cleaned.csv", "CSV", ""),
    ],
)
def test_recording_becomes_a_session_whose_typed_passwords_are_masked(cast, at, name, code, secret):
    import_recording(order=order_of(cast.northwind, cast.bob, (RECORDINGS / name).read_bytes(), at=at, name=name))

    session = SupportSession.objects.get()
    stored = json.dumps(list(Interaction.objects.values_list("text", "title", "application")))
    assert (session.source_format, session.status, session.verdict) == (code, "ENDED", "YES")
    assert session.interaction_count == Interaction.objects.count() > 5
    assert ("[PASSWORD-1]" in stored) == bool(secret)
    assert not secret or secret not in stored
