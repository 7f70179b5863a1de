from datetime import UTC, datetime

import pytest

from summaries.enums import Actor, Kind, PlaceUnit, QualityFlag
from summaries.sources.base import UnableToRead
from summaries.sources.meshcentral_messenger import MeshCentralMessengerSource
from tests.summaries.sources.mcrec import WHOLE
from tests.summaries.sources.reading import bad_places, read_bytes

MESSENGER = b"""{"magic":"MeshCentralRelaySession","username":"dana","devicename":"front-desk-3","protocol":200}
Sun, 22 Nov 2026 09:40:00 GMT, <<<START>>>
Sun, 22 Nov 2026 09:40:05 GMT, --> Good morning
Sun, 22 Nov 2026 09:40:15 GMT, <-- My printer is stuck
Sun, 22 Nov 2026 09:41:00 GMT, File Transfer, "driver.zip" (2048 bytes)
Sun, 22 Nov 2026 09:42:00 GMT, <<<END>>>
"""


def test_messenger_tells_who_wrote_what():
    interactions, notes = read_bytes(MeshCentralMessengerSource(), MESSENGER)

    assert [(item.kind, item.actor, item.offset_ms, item.text) for item in interactions[1:-1]] == [
        (Kind.CHAT, Actor.SUPPORTER, 5000, "Good morning"),
        (Kind.CHAT, Actor.REMOTE_USER, 15000, "My printer is stuck"),
        (Kind.FILE_TRANSFER, Actor.UNKNOWN, 60000, 'File Transfer, "driver.zip" (2048 bytes)'),
    ]
    assert [interactions[0].kind, interactions[-1].kind] == WHOLE
    assert (notes.supporter_name, notes.device_name) == ("dana", "front-desk-3")
    assert notes.started_at == datetime(2026, 11, 22, 9, 40, tzinfo=UTC)
    assert notes.quality == set()


def test_messenger_without_end_and_with_a_bad_line():
    torn = MESSENGER.replace(b"Sun, 22 Nov 2026 09:40:05 GMT", b"Sun, 99 Nov 2026 09:40:05 GMT").partition(b"File")[0]

    interactions, notes = read_bytes(MeshCentralMessengerSource(), torn)

    assert [item.text for item in interactions if item.kind == Kind.CHAT] == ["My printer is stuck"]
    assert bad_places(notes) == [(PlaceUnit.LINE, 3)]
    assert notes.quality == {QualityFlag.TRUNCATED, QualityFlag.PARTIAL_PARSE}


def test_messenger_with_a_broken_first_line_is_refused():
    with pytest.raises(UnableToRead, match=r"^Line 1: "):
        read_bytes(MeshCentralMessengerSource(), b"{" + MESSENGER)
