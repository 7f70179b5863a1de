"""Windows Steps Recorder (psr.exe): an .mht with the steps and a picture of each, mostly inside of a .zip.

The pictures are not decoded. What was typed is never in it: keys stand as "[... Enter ...]". Its times are those of
the clock on the user's wall, without a zone; they are taken as UTC.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import BinaryIO, ClassVar, cast

from django.utils.translation import gettext, gettext_noop

from summaries.enums import Actor, Kind, PlaceUnit, QualityFlag
from summaries.sources.base import HEAD_BYTES, CapturedInteraction, Place, RecordingFile, RecordingNotes, UnableToRead
from summaries.sources.lines import Clock, bounded, decoded
from summaries.sources.mime_parts import boundary_of, read_parts
from summaries.sources.steps_report import Report, Step, date_of, read_page, read_steps, report_xml

_ZIP = b"PK\x03\x04"
_NAME = struct.Struct("<26xHH")
#: The end of a zip file: its size without a comment, and where it names the size of the list of files.
_END, _END_BYTES, _MAX_COMMENT = b"PK\x05\x06", 22, 65_535
_ZIP64 = b"PK\x06\x07"
_MAX_LIST_BYTES = 1024 * 1024
_MAX_UNPACKED = 512 * 1024 * 1024
_MAX_PAGE = 16 * 1024 * 1024
_DAY = 24 * 3600
_MEANT = re.compile(r"--WEBVIEW-EXE-NAME=([\w.-]{1,60})", re.IGNORECASE)
_HOSTS = frozenset({"msedgewebview2.exe", "applicationframehost.exe"})
_KEYS = re.compile(r"key|tast|clavier|tecl|キー|键", re.IGNORECASE)
_WHEEL = re.compile(r"wheel|drag", re.IGNORECASE)
_PLAIN_CLICK = "Mouse Left Click"
_ELEMENT_AND_WINDOW = 2
_QUOTED = re.compile(r'"([^"]{1,300})"')


class StepsRecorderSource:
    code: ClassVar[str] = "STEPS_RECORDER"
    label: ClassVar[str] = "Windows Steps Recorder (.zip, .mht)"

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the content tells
        if head.startswith(_ZIP) and len(head) >= _NAME.size + 4:
            size, _ = _NAME.unpack_from(head)
            return head[30 : 30 + size].lower().endswith((b".mht", b".mhtml"))
        return boundary_of(head[:4096]) is not None and b"main.htm" in head and b"multipart/related" in head[:4096]

    def read(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
        stream, name = recording.stream, recording.name
        if stream.read(4) != _ZIP:
            stream.seek(0)
            yield from _interactions(stream, name, notes)
            return
        document, name = _unpacked(stream)
        try:
            yield from _interactions(document, name, notes)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise UnableToRead(gettext("The zip file is broken (from byte 0 on). Copy the recording again.")) from error


class _Limited(io.RawIOBase):
    """Ends what unpacks to more than *limit* bytes."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream, self._left, self._limit = stream, limit, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        data = self._stream.read(len(view))
        self._left -= len(data)
        if self._left < 0:
            raise UnableToRead(
                gettext("The file unpacks to more than %(limit)s bytes (at byte %(limit)s).") % {"limit": self._limit}
            )
        view[: len(data)] = data
        return len(data)


def _unpacked(stream: BinaryIO) -> tuple[BinaryIO, str]:
    """Return the .mht inside of a zip, and its name. Raises UnableToRead."""
    _check_list(stream)
    try:
        archive = zipfile.ZipFile(stream)
        documents = [entry for entry in archive.infolist() if entry.filename.lower().endswith((".mht", ".mhtml"))]
        entry = documents[0] if documents else None
        if entry is None:
            raise UnableToRead(
                gettext("The zip holds no .mht of Steps Recorder (byte 0). Choose the recording's own zip.")
            )
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or entry.flag_bits & 1:
            raise UnableToRead(
                gettext("The zip is packed or locked in a way that can't be read (byte 0). Unpack it first.")
            )
        return io.BufferedReader(_Limited(cast("BinaryIO", archive.open(entry)), _MAX_UNPACKED)), entry.filename
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, OSError) as error:
        raise UnableToRead(gettext("The zip file is broken (from byte 0 on). Copy the recording again.")) from error


def _check_list(stream: BinaryIO) -> None:
    """Refuse a zip whose list of files alone would fill the memory. Raises UnableToRead."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _END_BYTES - _MAX_COMMENT - len(_ZIP64) - 16))
    tail = stream.read()
    stream.seek(0)
    at = tail.rfind(_END)
    if at < 0 or at + _END_BYTES > len(tail):
        raise UnableToRead(
            gettext("The zip file ends in the middle, at byte %(size)s. Copy the recording again.") % {"size": size}
        )
    sizes = [int.from_bytes(tail[i + 12 : i + 16], "little") for i in range(len(tail)) if tail.startswith(_END, i)]
    if _ZIP64 in tail or max(sizes) > _MAX_LIST_BYTES:
        raise UnableToRead(
            gettext("The zip's list of files, before byte %(size)s, is too large for a recording.") % {"size": size}
        )


def _interactions(document: BinaryIO, name: str, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
    page = _main_page(document, notes)
    xml = report_xml(page)
    if xml is None:
        raise UnableToRead(
            gettext("main.htm holds no list of steps (line 1). Save the recording again with Steps Recorder.")
        )
    comments, dates = read_page(decoded(page, notes))
    report = Report()
    times = _Times(notes)
    count, application = 0, ""
    for position, step in enumerate(read_steps(xml, report), 1):
        if not count:
            times.begin(report)
        count += 1
        place = Place(PlaceUnit.ITEM, position)
        if step.seconds is None:
            notes.add_bad_record(place, gettext_noop("the time of the step can't be read"))
        told = _told(step, times.offset_ms(step.seconds), place, notes)
        if told.application and told.application != application:
            application = told.application
            yield replace(told, kind=Kind.APP_FOCUS, text="")
        yield told
        for comment in comments.get(step.number or position, []):
            yield CapturedInteraction(times.clock.now_ms, Kind.NOTE, bounded(comment), place=place)
    _note_report(report, times, date_of(PurePath(name.replace("\\", "/")).name, dates), count, notes)
    if report.missed_actions:
        text = f"The recorder missed {report.missed_actions} action{'s' if report.missed_actions > 1 else ''}"
        place = Place(PlaceUnit.ITEM, max(count, 1))
        yield CapturedInteraction(times.clock.now_ms, Kind.NOTE, text, Actor.SYSTEM, place=place)


def _main_page(document: BinaryIO, notes: RecordingNotes) -> bytes:
    """Return main.htm; pictures are passed over. Raises UnableToRead."""
    head = cast("io.BufferedReader", document).peek(HEAD_BYTES)[:4096] if hasattr(document, "peek") else b""
    if not head:
        head = document.read(4096)
        document.seek(0)
    boundary = boundary_of(head)
    if boundary is not None:
        for part in read_parts(document, boundary):
            if PurePath(part.location.replace("\\", "/")).name.casefold() == "main.htm":
                page = part.content(_MAX_PAGE)
                if page is None:
                    raise UnableToRead(
                        gettext("main.htm is longer than %(_max_page)s bytes (line 1), too long for a recording.")
                        % {"_max_page": _MAX_PAGE}
                    )
                if not part.is_complete:
                    notes.quality.add(QualityFlag.TRUNCATED)
                return page
    raise UnableToRead(
        gettext("The document holds no main.htm (line 1). Save the recording again with Steps Recorder.")
    )


class _Times:
    """Offsets from times of day without a date: one that jumps far back is the next day."""

    def __init__(self, notes: RecordingNotes) -> None:
        self.clock = Clock(notes)
        self.first: int | None = None
        self._last, self._days = 0, 0

    def begin(self, report: Report) -> None:
        if report.start_seconds is not None:
            self.offset_ms(report.start_seconds)

    def offset_ms(self, seconds: int | None) -> int:
        if seconds is None:
            return self.clock.now_ms
        if self.first is None:
            self.first = self._last = seconds
        if seconds < self._last - _DAY // 2:
            self._days += 1
        self._last = seconds
        return self.clock.at((self._days * _DAY + seconds - self.first) * 1000)


def _note_report(report: Report, times: _Times, day: object, count: int, notes: RecordingNotes) -> None:
    if report.stop_seconds is not None and times.first is not None:
        times.offset_ms(report.stop_seconds)
    notes.operating_system = bounded(report.windows)
    if report.missed_actions:
        notes.quality.add(QualityFlag.MISSED_ACTIONS)
    if report.is_broken:
        notes.quality.add(QualityFlag.TRUNCATED if count else QualityFlag.PARTIAL_PARSE)
    if not count:
        notes.quality.add(QualityFlag.NOTHING_RECORDED)
    if isinstance(day, datetime) and times.first is not None:
        notes.started_at = day.replace(tzinfo=UTC) + timedelta(seconds=times.first)
        notes.ended_at = notes.started_at + timedelta(milliseconds=notes.duration_ms)


def _told(step: Step, at_ms: int, place: Place, notes: RecordingNotes) -> CapturedInteraction:
    kind = Kind.CLICK
    if _KEYS.search(step.action):
        # Which keys, is not in the recording.
        kind = Kind.KEY
        notes.quality.add(QualityFlag.MISSING_INPUT)
    elif _WHEEL.search(step.action) or not step.action:
        kind = Kind.NOTE
    return CapturedInteraction(
        at_ms,
        kind,
        bounded(_clicked(step) or step.description or _described(step)),
        application=bounded(_application(step))[:200],
        title=bounded(_title(step))[:300],
        place=place,
    )


def _clicked(step: Step) -> str:
    """Return what a plain click met: the first of the two names that the recorder's sentence quotes; else nothing."""
    quoted = _QUOTED.findall(step.description)
    return str(quoted[0]) if step.action == _PLAIN_CLICK and len(quoted) == _ELEMENT_AND_WINDOW else ""


def _described(step: Step) -> str:
    """Say in words of our own what was done; the recorder's sentence is missing."""
    name, kind = step.levels[0] if step.levels else ("", "")
    element = f"{name} ({kind})" if name and kind else name or kind
    return f"{step.action} on “{element}”" if element else step.action or "Step without a description"


def _application(step: Step) -> str:
    """The program that a person knows: a web view is part of another one, which its command line may name."""
    meant = _MEANT.search(step.command_line)
    if not meant and step.file_name.casefold() not in _HOSTS:
        return step.program or step.file_name
    _, dash, named = _title(step).rpartition(" - ")
    return named if dash else meant[1].rpartition(".")[0] if meant else step.program


def _title(step: Step) -> str:
    """The window: the outermost element with a name, else what the sentence names last."""
    names = [name for name, _ in step.levels if name]
    if names:
        return names[-1]
    quoted = _QUOTED.findall(step.description)
    return quoted[-1] if quoted else ""
