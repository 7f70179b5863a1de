"""Reads a folder of recordings with known facts: `X.cast`, `X.commands.txt` (what was typed), `X.results.json`.

Which typed commands are scored. The list of keys tells of the whole terminal, a recording only of a part: it begins
when the first `asciinema rec …` has started and ends when a second one starts another recording. Commands up to the
first such line, and from the second on, stand in no frame of this recording and are left out. A list without such a
line belongs to the recording as a whole. Keys that were never followed by Enter, and control keys, are no commands.
"""

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path

_RECORDER = re.compile(r"\s*asciinema\s+rec\b")
_CONTROL_KEY = re.compile(
    r"[CMS]-\S{1,6}|Up|Down|Left|Right|Escape|Tab|BTab|Space|BSpace|Home|End|PageUp|PageDown|PgUp|PgDn|DC|IC|F\d{1,2}"
)
_HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?")
_QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.", re.DOTALL)


class UnableToEvaluate(Exception):
    """The folder, or what is known of a session, can't be read; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class KnownSession:
    """*resolved* is None when nobody knows, and then the session is left out of the outcome scores.

    *problem* says why what is known of it can't be read; such a session is a failure and is not scored.
    """

    name: str
    recording: Path
    commands: tuple[str, ...] = ()
    resolved: bool | None = None
    problem: str = ""


def find_sessions(*, folder: Path) -> list[KnownSession]:
    """The sessions of *folder* in order of name. Raises UnableToEvaluate."""
    if not folder.is_dir():
        raise UnableToEvaluate(f"{folder} is not a folder. Name the folder that holds the recordings.")
    recordings = sorted(folder.glob("*.cast"))
    if not recordings:
        raise UnableToEvaluate(f"{folder} holds no recording. Put X.cast, X.commands.txt and X.results.json there.")
    return [_session(path) for path in recordings]


def _session(recording: Path) -> KnownSession:
    keys, results = (recording.with_suffix(suffix) for suffix in (".commands.txt", ".results.json"))
    try:
        commands = tuple(scored_commands(keys=_read(keys), name=keys.name))
        resolved = _resolved(_read(results), results.name)
    except UnableToEvaluate as error:
        return KnownSession(recording.stem, recording, problem=str(error))
    return KnownSession(recording.stem, recording, commands, resolved)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise UnableToEvaluate(f"{path.name} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error


def _resolved(text: str, name: str) -> bool | None:
    if not text.strip():
        return None
    try:
        results = json.loads(text)
    except ValueError as error:
        raise UnableToEvaluate(f"{name} is not JSON: {error}. Write it again or take it away.") from error
    resolved = results.get("is_resolved") if isinstance(results, dict) else None
    return resolved if isinstance(resolved, bool) else None


def scored_commands(*, keys: str, name: str = "commands.txt") -> list[str]:
    """The commands of a list of keys that can stand in the recording. Raises UnableToEvaluate."""
    typed: list[str] = []
    for number, line in enumerate(keys.splitlines(), 1):
        if line.strip():
            typed.extend(_submitted(_keys(line, f"{name}, line {number}")))
    starts = [position for position, command in enumerate(typed) if _RECORDER.match(command)]
    begin = starts[0] + 1 if starts else 0
    end = starts[1] if len(starts) > 1 else len(typed)
    return typed[begin:end]


def _keys(line: str, place: str) -> list[str]:
    try:
        keys = ast.literal_eval(line)
    except (ValueError, SyntaxError) as error:
        raise UnableToEvaluate(f"{place} is not a list of keys, such as ['ls -l', 'Enter'].") from error
    return [key for key in (keys if isinstance(keys, list) else [keys]) if isinstance(key, str)]


def _submitted(keys: list[str]) -> list[str]:
    """The commands that one row of keys submits: text up to Enter, or up to a line end of its own."""
    commands: list[str] = []
    pending = ""
    for key in keys:
        if key in ("Enter", "C-m", "KPEnter"):
            commands.extend(_complete_lines(pending))
            pending = ""
        elif not _CONTROL_KEY.fullmatch(key):
            pending += key
    if pending.endswith(("\n", "\r")):
        commands.extend(_complete_lines(pending))
    return commands


def _complete_lines(text: str) -> list[str]:
    """Lines that a shell would take as commands: a quoted text or a here-document stays with its command."""
    commands: list[str] = []
    pending: list[str] = []
    for line in text.replace("\r", "\n").split("\n"):
        pending.append(line)
        whole = "\n".join(pending)
        if not _is_open(whole):
            commands.append(whole.strip())
            pending = []
    commands.append("\n".join(pending).strip())
    return [command for command in commands if command]


def _is_open(text: str) -> bool:
    heredoc = _HEREDOC.search(text)
    if heredoc:
        return not re.search(rf"^\s*{re.escape(heredoc[1])}\s*$", text, re.MULTILINE)
    rest = _QUOTED.sub("", text)
    return "'" in rest or '"' in rest or text.endswith("\\")
