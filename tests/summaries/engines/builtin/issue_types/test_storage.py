import json
import zlib
from hashlib import sha256

import pytest

from summaries.engines.builtin.issue_types.storage import KIND, MAX_UNPACKED, VERSION, UnableToReadModel, pack, unpack
from tests.summaries.engines.builtin.issue_types.texts import small_model

BODY = {"labels": ["a", "b"], "bias": [0, 0], "unit": 1, "sharpness": 1, "texts": 1, "features": {"x": [1, 2, 3]}}


def stored(body, **header):
    packed = body if isinstance(body, bytes) else zlib.compress(json.dumps(body).encode())
    head = {"kind": KIND, "version": VERSION, "sha256": sha256(packed).hexdigest()} | header
    return json.dumps(head).encode() + b"\n" + packed


def test_a_model_is_read_back_as_it_was_written():
    assert unpack(pack(small_model())) == small_model()


def test_the_smallest_model_is_read():
    assert unpack(stored(BODY)).labels == ("a", "b")


@pytest.mark.parametrize("data", [b"", b"\x80\x04pickle", b"{}", b"[]\n", b'{"kind": "other"}\n', b"\xff" * 5000])
def test_foreign_bytes_are_refused(data):
    with pytest.raises(UnableToReadModel, match="This is no model of issue types"):
        unpack(data)


def test_another_version_is_refused():
    with pytest.raises(UnableToReadModel, match="This model has format 2; this release reads 1. Train it again."):
        unpack(stored(BODY, version=2))


@pytest.mark.parametrize("at", [-1, -100])
def test_damage_is_noticed(at):
    data = bytearray(pack(small_model()))
    data[at] ^= 1
    with pytest.raises(UnableToReadModel, match="its digest does not fit"):
        unpack(bytes(data))


@pytest.mark.parametrize(
    "body",
    [
        b"not compressed",
        zlib.compress(b"not json"),
        zlib.compress(b"[]"),
        zlib.compress(json.dumps(BODY).encode())[:-3],
        zlib.compress(b" " * (MAX_UNPACKED + 1)),
        {},
        BODY | {"labels": ["a"], "bias": [0], "features": {"x": [1, 2]}},
        BODY | {"bias": [0]},
        BODY | {"features": {"x": [1, 2]}},
        BODY | {"features": {"x": [1, 2, 300]}},
        BODY | {"features": {"x": [1, 2, 0.5]}},
        BODY | {"features": {"x": []}},
        BODY | {"sharpness": "much"},
        BODY | {"unit": float("nan")},
    ],
)
def test_a_body_of_another_shape_is_refused(body):
    with pytest.raises(UnableToReadModel, match="its content has not the shape of one"):
        unpack(stored(body))
