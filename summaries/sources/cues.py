"""Timed text, the part WebVTT and SRT share: blocks of lines become cues, whatever is broken between them.

A line with "-->" always begins a cue, even in the middle of another's text, as in the WebVTT parser of the standard.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from summaries.enums import Actor, Kind, PlaceUnit, QualityFlag
from summaries.sources.base import MAX_TEXT_CHARS, CapturedInteraction, Place, RecordingNotes
from summaries.sources.lines import Clock, bounded, decoded
from summaries.sources.speakers import actor_named, split_prefix

_TIME = r"(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$", re.ASCII)
_VOICE = re.compile(r"<v(?:\.[^\s>]{0,100})?\s{1,10}([^>\s][^>]{0,199})>")
_TAG = re.compile(r"<[^<>]{0,500}>")
#: Blocks that hold no speech.
_ASIDES = ("NOTE", "STYLE", "REGION")


@dataclass(slots=True)
class Cue:
    line: int
    start_ms: int
    end_ms: int
    lines: list[str] = field(default_factory=list)
    characters: int = 0

    def add(self, text: str) -> None:
        if self.characters <= MAX_TEXT_CHARS:
            self.lines.append(text)
            self.characters += len(text)


class CueReader:
    """Feeds on lines, gives cues. *first_problem* is the sentence about the first thing that was wrong."""

    def __init__(self, notes: RecordingNotes) -> None:
        self.notes = notes
        self.first_problem = ""
        self.cue_count = 0
        self._cue: Cue | None = None
        self._stray: tuple[int, str] | None = None
        self._skipping = False

    def read(self, lines: Iterator[tuple[int, bytes | None]]) -> Iterator[Cue]:
        """Yield every cue that has text. Notes TRUNCATED when the last one is cut before its text."""
        for number, line in lines:
            if line is None:
                self._bad(number, gettext_noop("the line is too long"))
                continue
            done = self._take(number, decoded(line, self.notes))
            if done and done.lines:
                self.cue_count += 1
                yield done
        if self._stray or (self._cue and not self._cue.lines):
            self.notes.quality.add(QualityFlag.TRUNCATED)
        last = self._close()
        if last and last.lines:
            self.cue_count += 1
            yield last

    def _take(self, number: int, text: str) -> Cue | None:
        if not text.strip():
            return self._close()
        if self._skipping:
            return None
        if "-->" in text:
            self._stray = None  # it was the cue's identifier
            done, self._cue = self._cue, self._timed(number, text)
            self._skipping = self._cue is None
            return done
        if self._cue:
            self._cue.add(text)
        elif text.split(maxsplit=1)[0] in _ASIDES:
            self._skipping = True
        elif self._stray is None:
            self._stray = (number, text)
        return None

    def _close(self) -> Cue | None:
        if self._stray:
            self._bad(self._stray[0], gettext_noop("the text has no time before it"))
        done, self._cue, self._stray, self._skipping = self._cue, None, None, False
        return done

    def _timed(self, number: int, text: str) -> Cue | None:
        match = _TIMING.match(text)
        if not match:
            self._bad(number, gettext_noop("the time of the cue can't be read"))
            return None
        parts = match.groups()
        return Cue(number, _milliseconds(parts[:4]), _milliseconds(parts[4:]))

    def _bad(self, number: int, problem: str) -> None:
        place = Place(PlaceUnit.LINE, number)
        self.first_problem = self.first_problem or f"{place}: {problem}"
        self.notes.add_bad_record(place, problem)


def spoken(cue: Cue, clock: Clock, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
    """Yield one VOICE interaction for each speaker of a cue; *title* holds the speaker's name."""
    offset_ms = clock.at(cue.start_ms)
    if offset_ms == cue.start_ms < cue.end_ms:
        notes.duration_ms = max(notes.duration_ms, cue.end_ms)
    for speaker, text in utterances(cue.lines):
        name, actor = actor_named(speaker, notes) if speaker else ("", Actor.UNKNOWN)
        place = Place(PlaceUnit.LINE, cue.line)
        yield CapturedInteraction(offset_ms, Kind.VOICE, bounded(text), actor, title=bounded(name), place=place)


def utterances(lines: list[str]) -> list[tuple[str, str]]:
    """Split the lines of a cue into (speaker or "", text), markup removed."""
    found: list[tuple[str, str]] = []
    for line in lines:
        before, *voices = _VOICE.split(line)
        _append(found, *split_prefix(_plain(before).removeprefix("- ")), starts=_plain(before).startswith("- "))
        for name, text in zip(voices[::2], voices[1::2], strict=True):
            _append(found, _plain(name), _plain(text))
    return [(speaker, text) for speaker, text in found if text]


def _append(found: list[tuple[str, str]], speaker: str, text: str, *, starts: bool = False) -> None:
    if speaker or starts or not found:
        found.append((speaker, text))
    else:
        found[-1] = (found[-1][0], f"{found[-1][1]} {text}".strip())


def _plain(text: str) -> str:
    return html.unescape(_TAG.sub("", text)).strip()


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))
