"""What every parser must keep to, whatever it is given. An AssertionError tells what it did not."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import TypeVar

from summaries.sources.base import (
    MAX_BAD_RECORDS_KEPT,
    MAX_TEXT_CHARS,
    CapturedInteraction,
    RecordingFile,
    RecordingNotes,
    SessionRecord,
    UnableToRead,
)
from tests.fuzz.corpus import Parser, Seed

#: A refusal tells where: a line, a byte, an item.
_NAMES_A_PLACE = re.compile(r"\b(?:line|byte|item|character)s? \d+\b|\bempty\b", re.IGNORECASE)
#: No more than this many interactions are looked at; a session may have 100,000.
_MAX_INTERACTIONS = 400_000

_Any = TypeVar("_Any")

#: What a reading came to: it tells a mutant that shows something new from one that doesn't.
Signature = tuple[object, ...]


def examine(parser: Parser, seed: Seed) -> Signature:
    """Read *seed* and check all that comes of it. Anything but UnableToRead goes through."""
    data, companion = seed
    parser.recognises(data[: 64 * 1024], "")
    recording = RecordingFile(BytesIO(data), "", BytesIO(companion) if companion else None)
    notes = RecordingNotes()
    kinds: set[str] = set()
    try:
        if hasattr(parser, "read_sessions"):
            for session in _bounded(parser.read_sessions(recording, notes)):
                _check_session(session)
                kinds |= {each.kind.value for each in session.interactions} | {"session"}
        else:
            for interaction in _in_order(_bounded(parser.read(recording, notes))):
                kinds.add(f"{interaction.kind.value} {interaction.is_secret} {bool(interaction.application)}")
    except UnableToRead as refusal:
        assert _NAMES_A_PLACE.search(str(refusal)), f"a refusal without a place: {refusal}"
        return ("refused", re.sub(r"\d+", "0", str(refusal))[:60])
    _check_notes(notes)
    problems = {re.sub(r"\d+", "0", bad.problem)[:60] for bad in notes.bad_records}
    flags = sorted(flag.value for flag in notes.quality)
    return (*sorted(kinds), *flags, *sorted(problems), notes.started_at is None, min(notes.duration_ms, 1))


def _bounded(found: Iterator[_Any]) -> Iterator[_Any]:
    for number, each in enumerate(found):
        yield each
        if number >= _MAX_INTERACTIONS:
            return


def _in_order(interactions: Iterator[CapturedInteraction]) -> Iterator[CapturedInteraction]:
    last = 0
    for interaction in interactions:
        assert interaction.offset_ms >= last, f"time runs backwards: {last} {interaction}"
        last = interaction.offset_ms
        for text in (interaction.text, interaction.title, interaction.application):
            _check_text(text, MAX_TEXT_CHARS)
        assert interaction.place is not None
        assert interaction.place.number >= 0
        yield interaction


def _check_session(session: SessionRecord) -> None:
    list(_in_order(iter(session.interactions)))
    assert session.started_at.tzinfo is not None
    for text in (session.external_id, session.device_name, session.remote_user, session.notes, *session.supporters):
        _check_text(text, MAX_TEXT_CHARS)


def _check_notes(notes: RecordingNotes) -> None:
    for text in (notes.title, notes.device_name, notes.operating_system, notes.supporter_name, notes.remote_user):
        _check_text(text, MAX_TEXT_CHARS)
    for name in notes.people:
        _check_text(name, MAX_TEXT_CHARS)
    assert len(notes.bad_records) <= MAX_BAD_RECORDS_KEPT
    assert notes.bad_record_count >= len(notes.bad_records)
    for bad in notes.bad_records:
        _check_text(bad.problem, 1000)
    assert notes.duration_ms >= 0
    assert notes.started_at is None or notes.started_at.tzinfo is not None


def _check_text(text: str, limit: int) -> None:
    assert len(text) <= limit, f"a text of {len(text)} characters"
    assert "\0" not in text, "a text with NUL, which PostgreSQL refuses"
    text.encode()
