"""Finds the timing file of a typescript among files that are handed in together: by what they hold, not by name."""

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import BinaryIO

from summaries.sources.base import HEAD_BYTES, RecordingFile, RecordingNotes
from summaries.sources.script import is_typescript
from summaries.sources.script_timing import is_timing, timing_entries

#: How many lines of a timing file are read to learn how much it tells of.
_MAX_ENTRIES = 1_000_000
#: The last line of a typescript is not counted in its timing file, and a recording may be cut.
_SLACK_BYTES = 8 * 1024


@dataclass(frozen=True, slots=True)
class _Timing:
    """*typescript* is the name that an advanced timing file gives; *size*, how many bytes it accounts for."""

    recording: RecordingFile
    typescript: str
    size: int


def pair_files(files: list[RecordingFile]) -> list[RecordingFile]:
    """Return the recordings, each typescript of script(1) with its timing file as companion, in the order given.

    A timing file whose typescript is missing stays a recording of its own, and is refused when it is read.
    Streams must be seekable, and are left at their beginning.
    """
    heads = [_head(file.stream) for file in files]
    waiting = [_timing(file) for file, head in zip(files, heads, strict=True) if not file.companion and is_timing(head)]
    if not waiting:
        return files
    companions: dict[int, BinaryIO] = {}
    lonely = [i for i, head in enumerate(heads) if is_typescript(head) and files[i].companion is None]
    for index in lonely:
        if waiting:
            fitting = min(waiting, key=lambda timing: _distance(timing, files[index], heads[index]))
            if len(lonely) == len(waiting) == 1 or _distance(fitting, files[index], heads[index])[1] <= _SLACK_BYTES:
                companions[index] = fitting.recording.stream
                waiting.remove(fitting)
    left = {id(timing.recording) for timing in waiting}
    return [
        replace(file, companion=companions.get(index, file.companion))
        for index, file in enumerate(files)
        if file.companion is not None or not is_timing(heads[index]) or id(file) in left
    ]


def _head(stream: BinaryIO) -> bytes:
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    return head


def _timing(recording: RecordingFile) -> _Timing:
    name, size = "", 0
    for number, entry in enumerate(timing_entries(recording.stream, RecordingNotes())):
        if entry.key == "OUTPUT_LOG":
            name = PurePath(entry.value).name
        elif entry.kind == "O":
            size += entry.count
        if number >= _MAX_ENTRIES:
            break
    recording.stream.seek(0)
    return _Timing(recording, name, size)


def _distance(timing: _Timing, typescript: RecordingFile, head: bytes) -> tuple[int, int]:
    """Say how far a typescript is from what the timing file tells: (0 its own name, 1 no name, 2 another; bytes)."""
    size = typescript.stream.seek(0, 2) - len(head.partition(b"\n")[0]) - 1
    typescript.stream.seek(0)
    is_another = timing.typescript != PurePath(typescript.name).name
    return (1 + bool(timing.typescript)) * is_another, abs(size - timing.size)
