"""What each event of Teleport tells: who did what on which server (Teleport's audit event reference)."""

import base64
import binascii
import codecs
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from summaries.enums import Actor, Kind, QualityFlag
from summaries.sources.base import CapturedInteraction, Place, RecordingNotes
from summaries.sources.lines import Clock, bounded
from summaries.sources.terminal import TerminalInterpreter

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FRACTION = re.compile(r"(\.\d{6})\d+")
_SIZE = re.compile(r"(\d{1,5}):(\d{1,5})")
#: Tells only of the recording itself, or too much to be read: each file that a program opens.
_SILENT = frozenset({"session.upload", "session.data", "session.disk", "session.recording.access", "print", "resize"})
_CONNECTS = {"session.start": "Session begins", "session.join": "joined", "session.connect": "Connected"}
_DISCONNECTS = {"session.leave": "left", "session.end": "Session ends", "client.disconnect": "Disconnected"}
_APPLICATION = "Teleport"
_MAX_ARGUMENTS = 200


def microseconds_of(moment: object) -> int | None:
    """Return RFC 3339 with up to 9 digits of a second as microseconds since 1970; None when it can't be read."""
    if not isinstance(moment, str) or len(moment) > 64:  # noqa: PLR2004 - the longest form of a moment
        return None
    try:
        parsed = datetime.fromisoformat(_FRACTION.sub(r"\1", moment.strip()))
        return ((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None


class EventReader:
    """Takes the events of one session in order of time. Printed bytes go through the terminal interpreter."""

    def __init__(self, notes: RecordingNotes) -> None:
        self.notes = notes
        self.clock = Clock(notes)
        self._started_us: int | None = None
        self._terminal: TerminalInterpreter | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._size: tuple[int, int] | None = None
        self._has_commands = False
        self._is_interactive = False
        self._last_ms = 0

    def take(self, event: dict[str, Any], place: Place) -> Iterator[CapturedInteraction]:
        """Yield what an event makes complete."""
        name = event["event"]
        offset_ms = self._offset(event)
        self._describe(event)
        if name == "resize" or "terminal_params" in event or "size" in event:
            self._resize(_text(event, "size") or _text(event, "terminal_params"))
        if name == "print":
            self._print(event, offset_ms, place)
        for interaction in (*self._complete(), *self._told(name, event, offset_ms, place)):
            # A terminal's output is complete only after a later event may have been handed on.
            self._last_ms = max(self._last_ms, interaction.offset_ms)
            yield _at(interaction, self._last_ms)

    def finish(self) -> Iterator[CapturedInteraction]:
        """Yield what is still open, and note what the recording lacks."""
        if self._terminal is not None:
            self._terminal.finish()
        for interaction in self._complete():
            self._last_ms = max(self._last_ms, interaction.offset_ms)
            yield _at(interaction, self._last_ms)
        if self._is_interactive and not self._has_commands and self._terminal is None:
            self.notes.quality.add(QualityFlag.MISSING_INPUT)
        if self._started_us is not None:
            self.notes.ended_at = self.notes.ended_at or self._moment(self._started_us + self.clock.now_ms * 1000)

    def _offset(self, event: dict[str, Any]) -> int:
        moment = microseconds_of(event["time"]) or 0
        if self._started_us is None:
            self._started_us = moment
            self.notes.started_at = self._moment(moment)
        return self.clock.at((moment - self._started_us) // 1000)

    @staticmethod
    def _moment(microseconds: int) -> datetime | None:
        try:
            return _EPOCH + timedelta(microseconds=microseconds)
        except OverflowError:
            return None

    def _describe(self, event: dict[str, Any]) -> None:
        notes = self.notes
        user = _text(event, "user")
        notes.device_name = notes.device_name or _text(event, "server_hostname") or _text(event, "desktop_name")
        notes.supporter_name = notes.supporter_name or user
        notes.add_person(user)
        participants = event.get("participants")
        for person in participants[:_MAX_ARGUMENTS] if isinstance(participants, list) else ():
            notes.add_person(bounded(person)[:200] if isinstance(person, str) else "")
        self._is_interactive = self._is_interactive or event.get("interactive") is True

    def _print(self, event: dict[str, Any], offset_ms: int, place: Place) -> None:
        data = event.get("data")
        if not isinstance(data, str) or not data:
            return  # the audit log names a size only
        try:
            content = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            self.notes.add_bad_record(place, gettext_noop("the printed text can't be decoded"))
            return
        if self._terminal is None:
            columns, rows = self._size or (80, 24)
            self._terminal = TerminalInterpreter(self.notes, columns=columns, rows=rows)
        delay = event.get("ms")
        if type(delay) is int and offset_ms == 0:
            offset_ms = self.clock.at(delay)
        text = self._decoder.decode(content.replace(b"\0", b""))
        if "\ufffd" in text:
            self.notes.quality.add(QualityFlag.UNDECODABLE)
        self._terminal.printed(text, offset_ms, place)

    def _resize(self, size: str) -> None:
        match = _SIZE.search(size)
        if match:
            self._size = (int(match[1]), int(match[2]))
            if self._terminal is not None:
                self._terminal.resized(*self._size)

    def _complete(self) -> list[CapturedInteraction]:
        return self._terminal.take() if self._terminal is not None else []

    def _told(self, name: str, event: dict[str, Any], at_ms: int, place: Place) -> Iterator[CapturedInteraction]:
        if name in _SILENT:
            return
        if name == "session.command":
            yield from self._command(event, at_ms, place)
        elif name == "exec":
            yield from self._executed(event, at_ms, place)
        elif name in ("scp", "sftp") or name.startswith("desktop.directory."):
            yield _made(Kind.FILE_TRANSFER, _transfer(event), at_ms, place)
        elif name in _CONNECTS or name.endswith("session.start"):
            yield _made(Kind.CONNECT, _who_and_where(_CONNECTS.get(name, "Session begins"), event), at_ms, place)
        elif name in _DISCONNECTS or name.endswith("session.end"):
            yield _made(Kind.DISCONNECT, _who_and_where(_DISCONNECTS.get(name, "Session ends"), event), at_ms, place)
        elif _text(event, "db_query"):
            self._has_commands = True
            application = _text(event, "db_protocol") or "database"
            yield _made(Kind.COMMAND, _text(event, "db_query"), at_ms, place, application)
        else:
            yield _made(Kind.NOTE, _note(name, event), at_ms, place)

    def _command(self, event: dict[str, Any], at_ms: int, place: Place) -> Iterator[CapturedInteraction]:
        """A program that was started, known with enhanced recording. What the terminal printed tells it better."""
        if self._terminal is not None:
            return
        self._has_commands = True
        program = _text(event, "program") or _text(event, "path").rpartition("/")[2]
        arguments = event.get("argv")
        words = (
            [word for word in arguments[:_MAX_ARGUMENTS] if isinstance(word, str)]
            if isinstance(arguments, list)
            else []
        )
        # argv may or may not hold the program's own name.
        words = words if words and words[0].rpartition("/")[2] == program else [program, *words]
        yield _made(Kind.COMMAND, shlex.join(words), at_ms, place, program)
        code = event.get("return_code")
        if type(code) is int and code != 0:
            yield _made(Kind.NOTE, f"The program could not be started (return code {code})", at_ms, place, program)

    def _executed(self, event: dict[str, Any], at_ms: int, place: Place) -> Iterator[CapturedInteraction]:
        self._has_commands = True
        command = _text(event, "command")
        application = command.split(maxsplit=1)[0].rpartition("/")[2][:100] if command.strip() else _APPLICATION
        yield _made(Kind.COMMAND, command or "command without a name", at_ms, place, application)
        if error := _text(event, "exitError"):
            yield _made(Kind.OUTPUT, error, at_ms, place, application)
        if code := _text(event, "exitCode"):
            yield _made(Kind.EXIT, code, at_ms, place, application)


def _at(interaction: CapturedInteraction, offset_ms: int) -> CapturedInteraction:
    return interaction if interaction.offset_ms == offset_ms else replace(interaction, offset_ms=offset_ms)


def _made(kind: Kind, text: str, at_ms: int, place: Place, application: str = _APPLICATION) -> CapturedInteraction:
    actor = Actor.SUPPORTER if kind in (Kind.COMMAND, Kind.FILE_TRANSFER) else Actor.SYSTEM
    return CapturedInteraction(at_ms, kind, bounded(text), actor, application=bounded(application)[:200], place=place)


def _text(event: dict[str, Any], key: str) -> str:
    value = event.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return bounded(str(value)).strip()


def _who_and_where(what: str, event: dict[str, Any]) -> str:
    user, login = _text(event, "user"), _text(event, "login")
    who = f"{user} as {login}" if user and login and login != user else user or login
    where = _text(event, "server_hostname") or _text(event, "desktop_name") or _text(event, "db_service")
    words = f"{who} {what}" if what in ("joined", "left") and who else f"{what}: {who}" if who else what
    return f"{words} on {where}" if where else words


def _transfer(event: dict[str, Any]) -> str:
    path = _text(event, "path") or _text(event, "file_path") or "file without a name"
    action = _text(event, "action")
    details = [word for word in (action, _text(event, "error")) if word and not word.isdecimal()]
    return f"{path} ({', '.join(details)})" if details else path


def _note(name: str, event: dict[str, Any]) -> str:
    words = [_text(event, key) for key in ("message", "error", "reason", "method", "dst_addr", "program", "name")]
    said = ", ".join(word for word in words if word)
    outcome = " failed" if event.get("success") is False else ""
    return f"{name}{outcome}: {said}" if said else f"{name}{outcome}"
