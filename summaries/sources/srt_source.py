"""SRT subtitles: an index, `00:00:01,000 --> 00:00:04,000`, text. Tolerant: no index, dots for commas, gaps.

YouTube's .sbv looks alike, but is refused with a sentence that says what to do.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from summaries.sources.base import CapturedInteraction, RecordingFile, RecordingNotes, UnableToRead
from summaries.sources.cues import CueReader, spoken
from summaries.sources.lines import Clock, numbered_lines
from summaries.sources.webvtt import BOM

#: An optional index, then a time, at the very beginning of the file.
_OPENING = re.compile(rb"^\s*(?:\d{1,9}[ \t]*\r?\n\s*)?(?:\d{1,6}:)?\d{1,2}:\d{1,2}[,.]\d{1,3}[ \t]*-->")
_SBV_OPENING = re.compile(rb"^\s*\d{1,3}:\d{2}:\d{2}\.\d{3},\d{1,3}:\d{2}:\d{2}\.\d{3}[ \t]*\r?\n")


class SRTSource:
    code: ClassVar[str] = "SRT"
    label: ClassVar[str] = "SRT transcript"

    def recognises(self, head: bytes, name: str) -> bool:
        head = head.removeprefix(BOM)
        if b"\0" in head:
            return False
        looks_alike = _OPENING.match(head) or _SBV_OPENING.match(head)
        # A broken file with this suffix gets the sentence about its first line rather than "not known".
        return bool(looks_alike) or name.lower().endswith((".srt", ".sbv"))

    def read(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
        reader, clock = CueReader(notes), Clock(notes)
        is_sbv = recording.name.lower().endswith(".sbv")
        for cue in reader.read(_checked(numbered_lines(recording.stream), is_sbv=is_sbv)):
            yield from spoken(cue, clock, notes)
        if not reader.cue_count:
            problem = reader.first_problem or gettext_noop("line 1: no cue was found")
            raise UnableToRead(
                _("No subtitle could be read; %(problem)s. Export the transcript as SRT or WebVTT again.")
                % {"problem": problem}
            )


def _checked(lines: Iterator[tuple[int, bytes | None]], *, is_sbv: bool) -> Iterator[tuple[int, bytes | None]]:
    for number, line in lines:
        text = line.removeprefix(BOM) if line and number == 1 else line
        if number == 1 and (is_sbv or (text and _SBV_OPENING.match(text + b"\n"))):
            raise UnableToRead(
                _("Line 1: this is a YouTube .sbv file, which can't be read. Export the transcript as SRT or WebVTT.")
            )
        yield number, text
