"""Reads bytes as a source would read a file."""

from io import BytesIO

from summaries.enums import PlaceUnit
from summaries.sources.base import CapturedInteraction, RecordingFile, RecordingNotes, Source


def read_bytes(source: Source, data: bytes, name: str = "") -> tuple[list[CapturedInteraction], RecordingNotes]:
    notes = RecordingNotes()
    return list(source.read(RecordingFile(BytesIO(data), name), notes)), notes


def bad_places(notes: RecordingNotes) -> list[tuple[PlaceUnit, int]]:
    return [(bad.place.unit, bad.place.number) for bad in notes.bad_records]
