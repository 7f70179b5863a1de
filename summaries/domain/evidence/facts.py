"""What a machine can count in a session: durations, applications, commands, files, people."""

import re
from collections import Counter
from collections.abc import Sequence

from summaries.content import ApplicationFact, CommandFact, SessionFacts
from summaries.domain.evidence.quoting import neutralised, without_continuations
from summaries.domain.evidence.transcript import Run, has_failed, read_runs
from summaries.domain.reading.actions import ActionKind, action_of
from summaries.engines.base import RecordedInteraction
from summaries.enums import Kind

#: Bounds that keep a summary's facts readable and its row small.
MAX_COMMANDS = 2000
MAX_COMMAND_CHARS = 4000
MAX_FILES = 100
MAX_APPLICATIONS = 30
#: An application that nobody touched for so long was left alone, in ms.
IDLE_MS = 10 * 60 * 1000
_SUFFIXES = (
    "conf|cfg|cnf|ini|ya?ml|toml|json|xml|txt|log|md|csv|tsv|html?|css|php|py|js|ts|java|go|rs|c|cpp|h|sh|ps1|bat|sql|db|"
    "pem|crt|cer|key|p12|pfx|ovpn|docx?|xlsx?|pptx?|pdf|pst|ost|zip|gz|tgz|tar|deb|rpm|msi|exe|iso|img|png|jpe?g|bak|env|"
    "lock|service"
)
#: An absolute or relative path, a Windows path, or a name with a well-known ending.
FILE_NAME = re.compile(
    r"(?<![\w:/.\\-])(?:(?:~|\.{1,2})?/(?!/)[\w.@+~-][\w./@+~-]*[\w]"
    r"|[A-Za-z]:\\[\w.\\ ~-]*\w\.\w{1,5}"
    rf"|[\w-]+(?:\.[\w-]+)*\.(?:{_SUFFIXES}))(?![\w/])"
)


def extract_facts(
    *, interactions: Sequence[RecordedInteraction], people: Sequence[str] = (), duration_ms: int
) -> SessionFacts:
    """Count one session. *duration_ms* as the session states it; 0 takes the last interaction's offset."""
    runs = read_runs(interactions)
    last = interactions[-1].offset_ms if interactions else 0
    duration = duration_ms or last
    return SessionFacts(
        duration_ms=duration,
        applications=_applications(interactions, duration),
        commands=tuple(_command(run) for run in runs[:MAX_COMMANDS]),
        files=files_of(interactions),
        people=tuple(dict.fromkeys(name for name in people if name)),
        interactions_by_kind=dict(sorted(Counter(str(interaction.kind.value) for interaction in interactions).items())),
    )


def _command(run: Run) -> CommandFact:
    text = neutralised(without_continuations(run.command.text)).strip()
    return CommandFact(run.number, run.command.offset_ms, text[:MAX_COMMAND_CHARS], has_failed(run))


def files_of(interactions: Sequence[RecordedInteraction]) -> tuple[str, ...]:
    """Files named on command lines that do something to them, and files that were transferred."""
    found: dict[str, None] = {}
    for interaction in interactions:
        if interaction.kind == Kind.FILE_TRANSFER and interaction.text:
            found[neutralised(interaction.text.splitlines()[0])[:200]] = None
        elif interaction.kind == Kind.COMMAND and action_of(interaction.text).kind != ActionKind.NOISE:
            for match in FILE_NAME.finditer(interaction.text[:MAX_COMMAND_CHARS]):
                found[match[0][:200]] = None
        if len(found) >= MAX_FILES:
            break
    return tuple(found)[:MAX_FILES]


def _applications(interactions: Sequence[RecordedInteraction], duration_ms: int) -> tuple[ApplicationFact, ...]:
    """Time in the foreground per application: from one focus to the next, idle time left out."""
    spent: Counter[str] = Counter()
    current, since, last = "", 0, 0
    for interaction in interactions:
        if current:
            spent[current] += min(max(interaction.offset_ms - last, 0), IDLE_MS)
        last = interaction.offset_ms
        if interaction.application and interaction.kind == Kind.APP_FOCUS:
            current, since = interaction.application, last
    if current:
        spent[current] += min(max(duration_ms - max(last, since), 0), IDLE_MS)
    total = sum(spent.values())
    return tuple(
        ApplicationFact(neutralised(name), milliseconds, round(milliseconds / total, 4) if total else 0.0)
        for name, milliseconds in spent.most_common(MAX_APPLICATIONS)
    )
