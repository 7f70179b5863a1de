"""A model as bytes: a line of JSON with format and digest, then compressed JSON. Nothing in it can run."""

import hashlib
import json
import math
import zlib
from typing import Any

from summaries.engines.builtin.issue_types.model import STEPS, Feature, IssueTypeModel

KIND = "session-insights issue types"
VERSION = 1
MAX_BYTES = 4 * 1024 * 1024
MAX_UNPACKED = 32 * 1024 * 1024
_MAX_HEADER = 1000
_HARDEST = 9


class UnableToReadModel(Exception):
    """The bytes are no model of this version; the sentence says what to do."""


def pack(model: IssueTypeModel) -> bytes:
    """The same model gives the same bytes."""
    body = {
        "labels": model.labels,
        "bias": model.bias,
        "unit": model.unit,
        "sharpness": model.sharpness,
        "texts": model.texts,
        "features": {key: [each.rarity, *each.weights] for key, each in model.features.items()},
    }
    packed = zlib.compress(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), _HARDEST)
    header = {"kind": KIND, "version": VERSION, "sha256": hashlib.sha256(packed).hexdigest()}
    return json.dumps(header).encode() + b"\n" + packed


def unpack(data: bytes) -> IssueTypeModel:
    """Raises UnableToReadModel for anything that `pack` did not write."""
    header, packed = _parted(data)
    if header.get("kind") != KIND:
        raise UnableToReadModel("This is no model of issue types. Train one with manage.py train_issue_types.")
    if header.get("version") != VERSION:
        raise UnableToReadModel(
            f"This model has format {header.get('version')!r}; this release reads {VERSION}. Train it again."
        )
    if header.get("sha256") != hashlib.sha256(packed).hexdigest():
        raise UnableToReadModel("This model is damaged: its digest does not fit. Train it again.")
    try:
        return _model(json.loads(_unpacked(packed)))
    except (ValueError, TypeError, KeyError, AttributeError, zlib.error) as error:
        raise UnableToReadModel(
            "This model is damaged: its content has not the shape of one. Train it again."
        ) from error


def _parted(data: bytes) -> tuple[dict[str, Any], bytes]:
    head, _, packed = data[:MAX_BYTES].partition(b"\n")
    try:
        header = json.loads(head[:_MAX_HEADER])
    except ValueError:
        header = None
    return (header if isinstance(header, dict) else {}), packed


def _unpacked(packed: bytes) -> bytes:
    reader = zlib.decompressobj()
    text = reader.decompress(packed, MAX_UNPACKED)
    if not reader.eof:
        raise ValueError("cut off, or larger than a model is")
    return text


def _model(body: dict[str, Any]) -> IssueTypeModel:
    labels = tuple(str(label) for label in body["labels"])
    bias = tuple(float(each) for each in body["bias"])
    features = {
        str(key): Feature(float(rarity), tuple(_whole(each) for each in weights))
        for key, (rarity, *weights) in body["features"].items()
    }
    numbers = (float(body["unit"]), float(body["sharpness"]), *bias, *(each.rarity for each in features.values()))
    widths = {len(bias), *(len(each.weights) for each in features.values())}
    if len(labels) < 2 or widths != {len(labels)} or not all(map(math.isfinite, numbers)):  # noqa: PLR2004
        raise ValueError("numbers that do not fit together")
    return IssueTypeModel(labels, bias, numbers[0], features, numbers[1], int(body["texts"]))


def _whole(value: object) -> int:
    if not isinstance(value, int) or abs(value) > STEPS:
        raise ValueError("a weight out of range")
    return value
