"""The form of a summary: from a stored text, or from what a browser sent, and back. Works without a script."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from summaries.content import Statement, Step, SummaryContent
from summaries.domain.correction.shape import MAX_OFFSET_MS, SECTIONS
from summaries.enums import Outcome

STEPS = "steps"
_TEXT_FIELD = re.compile(rf"^({'|'.join((*SECTIONS, STEPS))})\.(\d{{1,6}})\.text$")
_DO = re.compile(rf"^(add|up|down|remove)\.({'|'.join((*SECTIONS, STEPS))})(?:\.(\d{{1,4}}))?$")
_TIME = re.compile(r"^(?:(\d{1,3}):)?(\d{1,3}):([0-5]?\d)$")
#: More rows than any form of ours has are somebody's attempt to keep us busy.
_MOST_ROWS = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement as it stands in the form, or one step: then with *time*, *application* and *commands*."""

    text: str = ""
    evidence: tuple[int, ...] = ()
    by_person: bool = False
    time: str = ""
    application: str = ""
    commands: str = ""


@dataclass(slots=True)
class SummaryForm:
    """*seen* is the revision that it was made from. *entries*: {section: its rows}. *focus*: the row just touched."""

    seen: int
    title: str
    outcome: str
    issue_types: tuple[str, ...]
    applications: tuple[str, ...]
    entries: dict[str, list[Entry]]
    errors: dict[str, str] = field(default_factory=dict)
    focus: str = ""

    def act(self, wish: str) -> bool:
        """Add, move or remove a row as a button of the form says. False when *wish* is none of these."""
        named = _DO.match(wish)
        if named is None:
            return False
        verb, section, place = named[1], named[2], int(named[3] or 0)
        rows = self.entries[section]
        if verb == "add":
            rows.append(Entry(by_person=True))
            place = len(rows) - 1
        elif place < len(rows):
            row = rows.pop(place)
            if verb != "remove":
                place = max(0, min(len(rows), place + (1 if verb == "down" else -1)))
                rows.insert(place, row)
        self.focus = f"{section}.{min(place, len(rows) - 1)}" if rows else section
        return True

    def drop_empty(self) -> None:
        """Forget rows without a text, so that an error is told at the row that it is about."""
        for rows in self.entries.values():
            rows[:] = [row for row in rows if row.text.strip()]

    def content(self, base: SummaryContent) -> SummaryContent:
        """What the form says, with the rest from *base*. Times that can't be read become an error of the domain."""
        statements = {section: tuple(_statement(row) for row in self.entries[section]) for section in SECTIONS}
        return replace(
            base,
            title=self.title,
            outcome=Outcome(self.outcome) if self.outcome in Outcome.values else base.outcome,
            problem=statements["problem"],
            cause=statements["cause"],
            steps=tuple(_step(row, base) for row in self.entries[STEPS]),
            outcome_statements=statements["outcome_statements"],
            open_points=statements["open_points"],
            issue_types=self.issue_types,
            applications=self.applications,
        )


def form_of(content: SummaryContent, *, seen: int) -> SummaryForm:
    """The form as it is opened."""
    entries = {section: [_entry(each) for each in getattr(content, section)] for section in SECTIONS}
    entries[STEPS] = [_step_entry(step) for step in content.steps]
    return SummaryForm(
        seen=seen,
        title=content.title,
        outcome=content.outcome,
        issue_types=content.issue_types,
        applications=content.applications,
        entries=entries,
    )


def form_sent(post: QueryDict) -> SummaryForm:
    """The form as a browser sent it: rows in the order in which they stood on the page."""
    seen = post.get("seen", "")
    entries: dict[str, list[Entry]] = {section: [] for section in (*SECTIONS, STEPS)}
    for name in post:
        named = _TEXT_FIELD.match(name)
        if named and len(entries[named[1]]) < _MOST_ROWS:
            entries[named[1]].append(_sent(post, f"{named[1]}.{named[2]}"))
    return SummaryForm(
        seen=int(seen) if re.fullmatch(r"[0-9]{1,9}", seen) else 0,
        title=post.get("title", ""),
        outcome=post.get("outcome", ""),
        issue_types=tuple(post.getlist("issue_types")),
        applications=tuple(post.getlist("applications")),
        entries=entries,
    )


def _sent(post: Mapping[str, Any], row: str) -> Entry:
    return Entry(
        text=post.get(f"{row}.text", ""),
        evidence=tuple(_numbers(post.get(f"{row}.evidence", ""))),
        by_person=bool(post.get(f"{row}.by_person")),
        time=post.get(f"{row}.time", "").strip(),
        application=post.get(f"{row}.application", ""),
        commands=post.get(f"{row}.commands", ""),
    )


def _numbers(text: str) -> Iterator[int]:
    return (int(number) for number in re.findall(r"[0-9]{1,9}", text[:2000]))


def _entry(statement: Statement) -> Entry:
    return Entry(statement.text, statement.evidence, statement.by_person)


def _step_entry(step: Step) -> Entry:
    return replace(
        _entry(step.action),
        time=_time(step.offset_ms),
        application=step.application,
        commands=_lines(step.commands),
    )


def _statement(row: Entry) -> Statement:
    return Statement(row.text, row.evidence)


def _step(row: Entry, base: SummaryContent) -> Step:
    """A time or commands that were left as they stood keep what the form can't show: milliseconds, line breaks."""
    was = next((each for each in base.steps if _is_same_step(row, each)), None)
    commands = tuple(row.commands.replace("\r\n", "\n").split("\n"))
    offset = _offset(row.time)
    if was is not None and _lines(was.commands) == _lines(commands):
        commands = was.commands
    if was is not None and _time(was.offset_ms) == row.time:
        offset = was.offset_ms
    return Step(_statement(row), row.application, commands, offset)


def _is_same_step(row: Entry, step: Step) -> bool:
    return step.action.evidence == row.evidence and (
        _time(step.offset_ms) == row.time or " ".join(step.action.text.split()) == " ".join(row.text.split())
    )


def _lines(commands: Iterable[str]) -> str:
    return "\n".join(commands).replace("\r\n", "\n").strip()


def _time(offset_ms: int | None) -> str:
    """Milliseconds from the start as `m:ss` or `h:mm:ss`; empty when unknown."""
    if offset_ms is None:
        return ""
    minutes, seconds = divmod(offset_ms // 1000, 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours}:{rest:02d}:{seconds:02d}" if hours else f"{rest}:{seconds:02d}"


def _offset(time: str) -> int | None:
    """The reverse; what is no time lies beyond all bounds, so that the domain refuses it."""
    if not time:
        return None
    named = _TIME.match(time)
    if named is None:
        return MAX_OFFSET_MS + 1
    return (int(named[1] or 0) * 3600 + int(named[2]) * 60 + int(named[3])) * 1000
