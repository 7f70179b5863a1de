"""WebVTT transcripts, as meeting tools write them: `<v Name>` or "Name: " before what was said."""

from collections.abc import Iterator
from itertools import chain
from typing import ClassVar

from django.utils.translation import gettext

from summaries.enums import QualityFlag
from summaries.sources.base import CapturedInteraction, RecordingFile, RecordingNotes, UnableToRead
from summaries.sources.cues import CueReader, spoken
from summaries.sources.lines import Clock, bounded, decoded, numbered_lines

BOM = b"\xef\xbb\xbf"


class WebVTTSource:
    """The library webvtt-py holds the whole file and gives up at a bad cue, so the cues are read here."""

    code: ClassVar[str] = "WEBVTT"
    label: ClassVar[str] = "WebVTT transcript"

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the signature line is enough
        return _has_signature(head)

    def read(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
        lines = numbered_lines(recording.stream)
        first_cue_line = _read_header(lines, notes)
        reader, clock = CueReader(notes), Clock(notes)
        for cue in reader.read(chain(first_cue_line, lines)):
            yield from spoken(cue, clock, notes)
        if not reader.cue_count:
            notes.quality.add(QualityFlag.NOTHING_RECORDED)


def _has_signature(data: bytes) -> bool:
    data = data.removeprefix(BOM)
    return data.startswith(b"WEBVTT") and data[6:7] in (b"", b" ", b"\t", b"\r", b"\n")


def _read_header(lines: Iterator[tuple[int, bytes | None]], notes: RecordingNotes) -> list[tuple[int, bytes | None]]:
    """Read up to the empty line after the header; return the first cue's line when none separates them."""
    _, first = next(lines, (1, b""))
    if first is None or not _has_signature(first):
        raise UnableToRead(gettext("Line 1 doesn't begin with WEBVTT. Export the transcript as WebVTT (.vtt) again."))
    title = decoded(first.removeprefix(BOM)[6:], notes).strip(" \t-–")
    notes.title = bounded(title)[:300]
    for number, line in lines:
        if line is None or b"-->" in line:
            return [(number, line)]
        if not line.strip():
            break
    return []
