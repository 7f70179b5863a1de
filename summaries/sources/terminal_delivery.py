"""Puts what was recognised in a terminal into interactions, in order of time."""

from dataclasses import dataclass

from summaries.enums import Actor, Kind
from summaries.sources.base import MAX_TEXT_CHARS, CapturedInteraction, Place
from summaries.sources.lines import bounded
from summaries.sources.terminal_output import OutputCollector


@dataclass(slots=True)
class OpenCommand:
    """A command that was accepted; its next lines may still come, so it waits until something else does."""

    at_ms: int
    place: Place | None
    text: str
    title: str

    def go_on(self, line: str) -> None:
        self.text = f"{self.text}\n{line}"[: MAX_TEXT_CHARS + 1]


class Delivery:
    """Holds at most one command and one chunk of output back. *application* and *title* are those of the moment."""

    def __init__(self) -> None:
        self.kinds: set[Kind] = set()
        self.command: OpenCommand | None = None
        self.application = ""
        self.title = ""
        self._output = OutputCollector()
        self._ready: list[CapturedInteraction] = []
        self._now_ms = 0

    def take(self) -> list[CapturedInteraction]:
        ready, self._ready = self._ready, []
        return ready

    def begin_command(self, text: str, at_ms: int, place: Place | None, *, application: str) -> None:
        """A new command line was accepted, perhaps an empty one: what comes now is its output."""
        self.end_command()
        self._output.begin_command()
        self.application = application
        if text.strip():
            self.command = OpenCommand(at_ms, place, text.strip(), self.title)

    def end_command(self) -> None:
        command, self.command = self.command, None
        if command is not None:
            # The program that was called may have changed the title since.
            title, self.title = self.title, command.title
            self.emit(Kind.COMMAND, command.at_ms, command.place, command.text)
            self.title = title

    def add_line(self, line: str, at_ms: int, place: Place | None) -> None:
        if line:
            self.end_command()
        self._output.add(line, at_ms, place)
        if self._output.ready:
            self._emit_chunks()

    def end_output(self) -> None:
        if self._output.is_filled:
            self.end_command()
        self._output.finish()
        self._emit_chunks()

    def _emit_chunks(self) -> None:
        for chunk in self._output.ready:
            self.emit(Kind.OUTPUT, chunk.at_ms, chunk.place, chunk.text)
        self._output.ready.clear()

    def emit(self, kind: Kind, at_ms: int, place: Place | None, text: str, *, is_secret: bool = False) -> None:
        """Hand on an interaction, never with an older time than the one before."""
        self.kinds.add(kind)
        self._now_ms = max(self._now_ms, at_ms)
        interaction = CapturedInteraction(
            offset_ms=self._now_ms,
            kind=kind,
            text=bounded(text),
            actor=Actor.SUPPORTER if kind in (Kind.COMMAND, Kind.INPUT) else Actor.SYSTEM,
            application=self.application,
            title=self.title,
            place=place,
            is_secret=is_secret,
        )
        self._ready.append(interaction)
