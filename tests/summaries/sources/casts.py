"""Small terminal recordings, written out as a recorder would."""

import json

from summaries.enums import Kind
from summaries.sources.base import CapturedInteraction, RecordingNotes
from summaries.sources.terminal import TerminalInterpreter

PROMPT = "\x1b[?2004hada@web1:~$ "
ACCEPTED = "\r\n\x1b[?2004l\r"


def cast_v2(*events: tuple[object, ...], **header: object) -> bytes:
    lines = [{"version": 2, "width": 80, "height": 24, **header}, *events]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def cast_v3(*events: tuple[object, ...], **header: object) -> bytes:
    lines = [{"version": 3, "term": {"cols": 80, "rows": 24}, **header}, *events]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def cast_v1(*frames: tuple[object, ...], **header: object) -> bytes:
    return json.dumps({"version": 1, "width": 80, "height": 24, **header, "stdout": frames}, indent=1).encode()


def texts(interactions: list[CapturedInteraction]) -> list[tuple[Kind, str]]:
    return [(interaction.kind, interaction.text) for interaction in interactions]


def play(*steps: str | tuple[str, str], gap_ms: int = 200, **options: object) -> list[CapturedInteraction]:
    """Play output (a text) and typed keys ("i", text), *gap_ms* apart."""
    return played(RecordingNotes(), *steps, gap_ms=gap_ms, **options)


def played(notes: RecordingNotes, *steps: str | tuple[str, str], gap_ms: int = 200, **options: object):
    terminal = TerminalInterpreter(notes, **options)
    for number, step in enumerate(steps):
        if isinstance(step, tuple):
            terminal.typed(step[1], number * gap_ms, None)
        else:
            terminal.printed(step, number * gap_ms, None)
    terminal.finish()
    return terminal.take()
