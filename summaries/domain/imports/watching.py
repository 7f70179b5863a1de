"""A watched folder: recordings that have stopped growing are imported and put aside."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from summaries.domain.imports.recordings import ImportResult, UnableToImport
from summaries.domain.imports.session_file_words import sentence_of
from summaries.models import SessionFile
from summaries.sources.base import RecordingFile
from summaries.sources.pairing import pair_files

IMPORTED, REFUSED = "imported", "refused"

ImportOne = Callable[[RecordingFile], ImportResult | SessionFile]


@dataclass(slots=True)
class FolderWatch:
    """Remembers sizes between two looks: a file is taken when it was as large at the look before."""

    folder: Path
    seen: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def settled(self) -> list[Path]:
        """Files that have not changed since the last look. Call it in steps of some seconds."""
        now = {path: _size_and_time(path) for path in sorted(self.folder.iterdir()) if _is_recording(path)}
        settled = [path for path, state in now.items() if self.seen.get(path) == state]
        self.seen = now
        return settled


def _is_recording(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and not path.name.startswith(".")


def _size_and_time(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


@dataclass(frozen=True, slots=True)
class Taken:
    """One recording of the folder and what became of it. *sentence* is the result or the reason of the refusal."""

    name: str
    imported: bool
    sentence: str


def take(*, folder: Path, paths: list[Path], import_one: ImportOne) -> list[Taken]:
    """Import *paths* and move them to `imported/`, or to `refused/` beside a text file with the reason."""
    by_name = {path.name: path for path in paths}
    opened = {name: path.open("rb") for name, path in by_name.items()}
    try:
        recordings = pair_files([RecordingFile(stream=stream, name=name) for name, stream in opened.items()])
        outcomes = [_take_one(recording, import_one) for recording in recordings]
    finally:
        for handle in opened.values():
            handle.close()
    names_of = {id(stream): name for name, stream in opened.items()}
    for recording, taken in zip(recordings, outcomes, strict=True):
        for stream in (recording.stream, recording.companion):
            if stream is not None:
                _put_aside(folder=folder, path=by_name[names_of[id(stream)]], taken=taken)
    return outcomes


def _take_one(recording: RecordingFile, import_one: ImportOne) -> Taken:
    try:
        result = import_one(recording)
    except UnableToImport as error:
        return Taken(recording.name, imported=False, sentence=str(error))
    if isinstance(result, SessionFile):
        return Taken(recording.name, imported=True, sentence=sentence_of(result))
    known = "" if result.created else " (was there already)"
    return Taken(recording.name, imported=True, sentence=f"{result.session.label}{known}")


def _put_aside(*, folder: Path, path: Path, taken: Taken) -> None:
    target = folder / (IMPORTED if taken.imported else REFUSED)
    target.mkdir(exist_ok=True)
    destination = _free_name(target / path.name)
    path.rename(destination)
    if not taken.imported:
        destination.with_name(f"{destination.name}.reason.txt").write_text(f"{taken.sentence}\n")


def _free_name(path: Path) -> Path:
    """The path, or the same with a number when an earlier file has it: nothing is overwritten."""
    candidate, count = path, 1
    while candidate.exists():
        count += 1
        candidate = path.with_name(f"{path.stem}-{count}{path.suffix}")
    return candidate
