"""Builds MeshCentral recordings block by block, as its relay server writes them."""

import json
import struct

from summaries.enums import Kind
from summaries.sources.base import CapturedInteraction, RecordingNotes
from summaries.sources.meshcentral import MeshCentralSource
from tests.summaries.sources.reading import read_bytes

START_MS = 1_795_340_400_000  # 2026-11-22 09:40:00 UTC
FROM_DEVICE, FROM_DEVICE_TEXT, FROM_SUPPORTER_TEXT, FROM_SUPPORTER = 1, 0, 2, 3


def block(kind: int, flags: int, data: bytes, at_ms: int = 0) -> bytes:
    return struct.pack(">HHIQ", kind, flags, len(data), START_MS + at_ms) + data


def metadata(protocol: object, **fields: object) -> bytes:
    described = {"magic": "MeshCentralRelaySession", "ver": 1, "userid": "user//dana", "username": "dana"}
    described |= {"time": "22.11.2026, 9:40:00", "protocol": protocol, "devicename": "front-desk-3"} | fields
    return block(1, 0, json.dumps(described).encode())


def data(flags: int, content: bytes | dict[str, object], at_ms: int = 0) -> bytes:
    return block(2, flags, content if isinstance(content, bytes) else json.dumps(content).encode(), at_ms)


def end(at_ms: int = 0) -> bytes:
    return block(3, 0, b"MeshCentralMCREC", at_ms)


def indexed_end(offset: int) -> bytes:
    index = json.dumps({"indexInterval": 10, "indexStartTime": START_MS, "indexes": [0]}).encode()
    marker = struct.pack(">HHIQ", 3, 0, 16, offset) + b"MeshCentralMCNDX"
    return marker + block(4, 0, index)


def key(code: int, *, is_up: bool = False) -> bytes:
    return struct.pack(">HHBB", 1, 6, int(is_up), code)


def pressed(*codes: int) -> bytes:
    return b"".join(key(code) + key(code, is_up=True) for code in codes)


def mouse(button: int, x: int, y: int) -> bytes:
    return struct.pack(">HHBBHH", 2, 10, 0, button, x, y)


#: What every whole session has before and after its content.
WHOLE = [Kind.CONNECT, Kind.DISCONNECT]


def read(*blocks: bytes) -> tuple[list[CapturedInteraction], RecordingNotes]:
    return read_bytes(MeshCentralSource(), b"".join(blocks))


def told(interactions: list[CapturedInteraction]) -> list[tuple[Kind, str]]:
    """Kind and text of the content, without begin and end."""
    return [(item.kind, item.text) for item in interactions if item.kind not in WHOLE]
