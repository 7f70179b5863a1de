"""What the fuzz begins with: the project's recordings, and what the tests' encoders write."""

import gzip
import json
from pathlib import Path

from summaries.sources.base import HEAD_BYTES, CollectionSource, Source
from summaries.sources.registry import COLLECTIONS, SOURCES
from tests.summaries import session_files
from tests.summaries.sources import casts, test_broken_exports, test_broken_recordings

RECORDINGS = Path(__file__).parents[1] / "recordings"

#: The main file, and its companion or nothing.
Seed = tuple[bytes, bytes]
Parser = Source | CollectionSource

_EVENT = {"etype": "relay", "action": "relaylog", "msg": "x", "userid": "user//dana", "nodeid": "node//a"}
_MESHCENTRAL = [
    _EVENT | {"msgid": 10, "msgArgs": ["s1", "192.0.2.1", "192.0.2.2", 180], "time": "2026-11-22T09:43:00.000Z"},
    _EVENT
    | {"etype": "node", "action": "agentlog", "msgid": 24, "msgArgs": ["df -h"], "time": "2026-11-22T09:41:00.000Z"},
    _EVENT | {"msgid": 14, "msgArgs": ["s1", "192.0.2.1", "192.0.2.2"], "time": "2026-11-22T09:40:00.000Z"},
]
_PART = {"id": "p1", "part_type": "comment", "body": "<p>Hi <b>you</b></p>", "created_at": 1795340460}
_PART |= {"author": {"type": "admin", "id": "1", "name": "Dana"}, "attachments": []}
_INTERCOM = {
    "type": "conversation", "id": "77", "created_at": 1795340400, "updated_at": 1795340900,
    "source": {"body": "<p>Help</p>", "author": {"type": "user", "id": "9", "name": "Omar"}},
    "conversation_parts": {"conversation_parts": [_PART]},
}  # fmt: skip
_MESSAGE = {
    "_id": "m1",
    "rid": "r1",
    "msg": "Hi",
    "ts": "2026-11-22T09:40:00.000Z",
    "u": {"_id": "u1", "username": "dana"},
}
_ROCKETCHAT = [_MESSAGE, _MESSAGE | {"_id": "m2", "ts": {"$date": "2026-11-22T09:41:00.000Z"}, "t": "uj"}]
_INCOMING = "\r\n123456789\tDana\t22-11-2026 09:40:00\t22-11-2026 09:55:00\tomar\tRemoteControl\t{4f1c8e0a}\t\r\n"
_OUTGOING = "".join(
    f"{field:<32}"
    for field in ("123456789", "22-11-2026 09:40:00", "22-11-2026 09:55:00", "dana", "RemoteControl", "{4f1c}")
)
_CSV = (
    "id;userid;username;deviceid;devicename;support_session_type;start_date;end_date;fee;currency;notes\r\n"
    'G-1;u1;Dana;d1;FRONT-3;1;2026-11-22T09:40:00Z;2026-11-22T09:55:00Z;"12,50";EUR;"a\r\nb"\r\n'
)
_MESSENGER = b'{"magic":"MeshCentralRelaySession","ver":1,"protocol":200}\nUTC 22 Nov, <<<START>>>\n'

#: Whole files of formats of which the tests hold none in a constant.
_WRITTEN: list[bytes] = [
    casts.cast_v1([0.1, casts.PROMPT], [0.5, "id" + casts.ACCEPTED], [0.2, "uid=0\r\n"]),
    casts.cast_v2([0.1, "o", casts.PROMPT], [0.5, "i", "i"], [0.6, "r", "90x20"], [0.7, "m", "é"]),
    casts.cast_v3([0.1, "o", casts.PROMPT], [0.5, "i", "i"], [0.6, "x", "1"]),
    b'Script started on 2026-11-22 09:40:00+00:00 [COLUMNS="80" LINES="24"]\n$ id\r\nuid=0\r\n\nScript done on x\n',
    session_files.pages(session_files.connection(1), session_files.connection(2)),
    json.dumps([session_files.zendesk_chat()]).encode(),
    json.dumps(_MESHCENTRAL).encode(),
    json.dumps([_INTERCOM]).encode(),
    json.dumps(_ROCKETCHAT).encode(),
    _INCOMING.encode(),
    (_OUTGOING + "\r\n").encode(),
    _CSV.encode(),
    _MESSENGER,
]


def parsers() -> list[Parser]:
    return [*SOURCES, *COLLECTIONS]


def seeds() -> dict[str, list[Seed]]:
    """Return the files to begin with by the code of the parser that recognises them; each parser has its own key."""
    found: dict[str, list[Seed]] = {parser.code: [] for parser in parsers()}
    for data, companion in _files():
        for parser in parsers():
            if parser.recognises(data[:HEAD_BYTES], ""):
                found[parser.code].append((data, companion))
    return found


def _files() -> list[Seed]:
    files = [
        (path.read_bytes(), path.with_suffix(".timing").read_bytes() if path.suffix == ".typescript" else b"")
        for path in sorted(RECORDINGS.iterdir())
        if path.is_file() and path.suffix not in (".py", ".timing") and path.name != "recordings.json"
    ]
    samples = (*test_broken_recordings.SAMPLES, *test_broken_exports.SAMPLES)
    files += [(sample.values[1], b"") for sample in samples]
    files += [(data, b"") for data in _WRITTEN]
    files.append((gzip.compress(test_broken_recordings.JSON_LINES, mtime=0), b""))
    return files
