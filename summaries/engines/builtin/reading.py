"""Reads a session once into what the rest of the engine asks: deeds, what was said, where time was spent."""

import re
from dataclasses import dataclass, field

from summaries.domain.evidence.proof import SPOKEN, Sign, sign_of
from summaries.domain.evidence.shell import comment_of, read_calls
from summaries.domain.evidence.transcript import Run, has_failed, read_runs
from summaries.domain.reading.actions import Action, ActionKind, action_of
from summaries.engines.base import RecordedInteraction, SummaryRequest
from summaries.engines.builtin.nested import nested_commands
from summaries.enums import Actor, Kind

#: Programs whose quoted words are their data, not a request to somebody.
_DATA_PROGRAMS = frozenset(
    (
        *(
            "git",
            "echo",
            "printf",
            "sed",
            "awk",
            "grep",
            "egrep",
            "rg",
            "jq",
            "find",
            "xargs",
            "cat",
            "tee",
            "tr",
            "cut",
        ),
        *("perl", "python", "python3", "bash", "sh", "zsh", "node", "ruby", "php", "mysql", "psql", "sqlite3", "pwsh"),
        *("curl", "wget", "logger", "mail", "sendmail", "wall", "docker", "kubectl", "ssh", "aws", "runuser", "su"),
        *("tmux", "test", "export", "alias", "read", "openssl", "useradd", "usermod", "gh", "svn", "hg", "powershell"),
    )
)
_PROSE = re.compile(r"[^\W\d_]{2,}(?:['’][a-z]+)?")
_MIN_WORDS = 5


@dataclass(frozen=True, slots=True)
class Deed:
    """One command that was run. *inside* names the program whose transcript holds it; empty when typed."""

    number: int
    numbers: tuple[int, ...]
    offset_ms: int
    command: str
    action: Action
    run: Run
    sign: Sign | None = None
    failed: bool | None = None
    error: tuple[int, str] | None = None
    inside: str = ""

    @property
    def is_change(self) -> bool:
        """A change that is not known to have failed."""
        return self.action.kind == ActionKind.CHANGE and self.failed is not True


@dataclass(frozen=True, slots=True)
class Said:
    """Something a person said or noted. *note*: typed as a comment, a note or a marker."""

    number: int
    offset_ms: int
    actor: Actor
    text: str
    speaker: str = ""
    note: bool = False


@dataclass(slots=True)
class Reading:
    deeds: list[Deed] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    screen: list[RecordedInteraction] = field(default_factory=list)
    #: Output and typed text of a session without any command.
    orphans: list[RecordedInteraction] = field(default_factory=list)
    typed: list[RecordedInteraction] = field(default_factory=list)
    #: The command line that holds a request in plain words, and the request.
    request: tuple[Deed, str] | None = None

    @property
    def typed_deeds(self) -> list[Deed]:
        return [deed for deed in self.deeds if not deed.inside]

    @property
    def has_content(self) -> bool:
        return bool(self.said or self.screen or self.typed) or any(
            deed.action.kind != ActionKind.NOISE for deed in self.deeds
        )


def short_name(obj: str) -> str:
    """A path's last part: sentences name the file; its folder stands in the command."""
    return obj.rstrip("/").rsplit("/", 1)[-1] if "://" not in obj else obj


_SCREEN = frozenset({Kind.APP_FOCUS, Kind.CLICK, Kind.FILE_TRANSFER})


def read_session(request: SummaryRequest) -> Reading:
    reading = Reading()
    has_commands = any(each.kind == Kind.COMMAND for each in request.interactions)
    for each in request.interactions:
        _sort_in(reading, each, has_commands=has_commands)
    for run in read_runs(request.interactions):
        _add_run(reading, run)
    reading.said.sort(key=lambda said: said.number)
    return reading


def _sort_in(reading: Reading, each: RecordedInteraction, *, has_commands: bool) -> None:
    text = each.text.strip()
    if each.kind in SPOKEN and text:
        reading.said.append(Said(each.number, each.offset_ms, each.actor, text, each.title))
    elif each.kind in (Kind.NOTE, Kind.MARKER) and text:
        reading.said.append(Said(each.number, each.offset_ms, each.actor, text, note=True))
    elif each.kind in _SCREEN:
        reading.screen.append(each)
    elif each.kind == Kind.OUTPUT and not has_commands:
        reading.orphans.append(each)
    elif each.kind == Kind.INPUT and text and not has_commands:
        reading.typed.append(each)


def _add_run(reading: Reading, run: Run) -> None:
    command = run.command.text.strip()
    note = comment_of(command)
    if note:
        reading.said.append(Said(run.number, run.command.offset_ms, run.command.actor, note, note=True))
        return
    nested = list(nested_commands(run)) if run.outputs else []
    action = action_of(command)
    # The last line of an assistant's transcript says nothing about how the assistant itself ended.
    told = not (nested and run.status is None)
    deed = Deed(
        number=run.number,
        numbers=run.numbers,
        offset_ms=run.command.offset_ms,
        command=command,
        action=action,
        run=run,
        sign=sign_of(run),
        failed=has_failed(run) if told else None,
        error=run.error if told else None,
    )
    reading.deeds.append(deed)
    if reading.request is None:
        asked = request_in(command)
        reading.request = (deed, asked) if asked else None
    for number, offset_ms, inner in nested:
        inner_run = Run(RecordedInteraction(number, offset_ms, Kind.COMMAND, inner))
        reading.deeds.append(
            Deed(number, (number,), offset_ms, inner, action_of(inner), inner_run, inside=action.program or action.obj)
        )


def request_in(command: str) -> str:
    """A request in plain words that is handed to a program: a quoted text of at least a sentence. Or empty."""
    for call in read_calls(command):
        if call.program in _DATA_PROGRAMS:
            continue
        for word in call.words:
            words = _PROSE.findall(word)
            letters = sum(map(len, words)) + word.count(" ")
            if len(words) >= _MIN_WORDS and word.count(" ") >= _MIN_WORDS - 1 and letters >= len(word.strip()) * 0.6:
                return _lead(word)
    return ""


def _lead(text: str) -> str:
    """The first paragraph of a request, without an announcement of the list that follows it."""
    paragraph = re.split(r"\n\s*\n", text.strip())[0]
    sentences = re.split(r"(?<=[.!?:])\s+", paragraph)
    while len(sentences) > 1 and sentences[-1].endswith(":"):
        sentences.pop()
    return " ".join(sentences).strip()
