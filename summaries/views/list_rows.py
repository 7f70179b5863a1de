"""The rows of a list of sessions as HTML, in one pass.

Fifty rows of seven cells through templates take longer than all else that a page does; here a cell is a function. What
comes from a session is escaped by `recorded_as_html`, everything else by `escape`; what is put together from it stays
a plain `str` up to the whole list, because each f-string would ask a SafeString for its text.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.adapters import shown_name_of
from insights_portal.lib.text import listed
from summaries.domain.reading.highlights import Excerpt, Piece, excerpts_of, pieces_of
from summaries.domain.reading.layout import FIXED, Column
from summaries.domain.reading.listing import ListedSession, applications_of, issue_types_of, readable_among
from summaries.domain.reading.search import Word
from summaries.domain.reading.states import StateFacts, StateView, state_of
from summaries.enums import Direction
from summaries.views.access import MemberRequest
from summaries.views.printing import Durations, Moments, recorded_as_html

#: With these a summary speaks for itself; other states say why.
_SPEAKING = ("AI_GENERATED", "REVIEWED", "APPROVED")
_NOTES_CHARS = 90
_DASH = "–"


@dataclass(slots=True)
class _Row:
    """One session with what its cells share, as HTML."""

    session: ListedSession
    is_readable: bool
    label: str
    supporter: str
    device: str
    start: str
    length: str


@dataclass
class RowPrinter:
    """Prints the rows of one page. *stem*: the list's address, ready for one more parameter. *is_report*: rows tell
    why there is no summary. *is_selectable*: each row begins with a check box of the form `bulk`. *words*: what was
    searched for, to be marked.
    """

    request: MemberRequest
    columns: Sequence[Column]
    stem: str
    is_report: bool = False
    is_selectable: bool = False
    words: Sequence[Word] = ()
    _excerpts: Mapping[int, Excerpt] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)
    _states: dict[StateFacts, str] = field(default_factory=dict)
    _issue_types: Mapping[int, list[str]] = field(default_factory=dict)
    _applications: Mapping[int, list[str]] = field(default_factory=dict)

    def print(self, sessions: Sequence[ListedSession]) -> SafeString:
        """All of *sessions* as `<tr>`. One query for each kind of label that is shown."""
        codes = {column.code for column in self.columns}
        if "issue_types" in codes:
            self._issue_types = issue_types_of(sessions)
        if "applications" in codes:
            self._applications = applications_of(sessions)
        readable = readable_among(viewer=self.request.user, company=self.request.company, rows=sessions)
        if self.words:
            self._excerpts = excerpts_of(sessions, readable=readable, words=self.words)
        cells = [(_CELLS[column.code], *_tags(column)) for column in self.columns]
        rows = [self._print_row(self._row(session, session.pk in readable), cells) for session in sessions]
        return mark_safe("\n".join(rows))  # noqa: S308 - put together from escaped parts

    def _row(self, session: ListedSession, is_readable: bool) -> _Row:
        return _Row(
            session,
            is_readable,
            session.label,
            self._name(session),
            self._found(session.device__name or ""),
            self._moments.print(session.started_at),
            self._durations.print(session.duration),
        )

    def _print_row(self, row: _Row, cells: "Iterable[tuple[Cell, str, str]]") -> str:
        printed = [self._check_box(row)] if self.is_selectable else []
        for cell, opening, closing in cells:
            printed += (opening, cell(self, row), closing)
        return f"<tr>{''.join(printed)}</tr>"

    def _name(self, session: ListedSession) -> str:
        """How the supporter is called here, worked out once for each."""
        pk = session.supporter_id
        if pk not in self._names:
            name = session.supporter__name or session.supporter__email
            self._names[pk] = escape(shown_name_of(self.request, pk, name))
        return self._names[pk]

    def _found(self, text: str) -> str:
        """Session text with the words that were searched for marked."""
        return _marked(pieces_of(text, self.words)) if self.words else recorded_as_html(text)

    @cached_property
    def _addresses(self) -> tuple[str, str]:
        """What stands before a session's number in the address of its page, and after it in that of its panel."""
        before, after = reverse("summaries:panel", args=[0]).split("S-0")
        return before, after

    @cached_property
    def _moments(self) -> Moments:
        return Moments()

    @cached_property
    def _durations(self) -> Durations:
        return Durations()

    @cached_property
    def _directions(self) -> dict[str, str]:
        return {value: escape(str(label)) for value, label in Direction.choices}

    @cached_property
    def _selecting(self) -> str:
        return escape(_("Select %(label)s"))

    def _check_box(self, row: _Row) -> str:
        label = self._selecting % {"label": row.label}
        return (
            '<td class="select"><label class="tick"><input type="checkbox" form="bulk" name="number"'
            f' value="{row.session.number}"><span class="visually-hidden">{label}</span></label></td>'
        )

    def _session(self, row: _Row) -> str:
        session = row.session
        lines = [self._link(row), _sub(self._facts(row))]
        if excerpt := self._excerpts.get(session.pk):
            lines.append(_sub(f"{escape(str(excerpt.label))}: {_marked(excerpt.pieces)}", "sub is-excerpt"))
        if self.is_report and session.notes:
            lines.append(_sub(recorded_as_html(_shortened(session.notes))))
        lines.append(_sub(self._short_facts(row), "sub is-narrow-only"))
        return "".join(lines)

    @cached_property
    def _opening(self) -> str:
        """The list's address up to the label of the session that is opened in it, escaped."""
        return escape(f"{self.request.path}{self.stem}open=")

    @cached_property
    def _no_summary(self) -> str:
        return _("No summary yet")

    def _link(self, row: _Row) -> str:
        label, found = row.label, row.session.summary__title
        before, after = self._addresses
        title = (found or self._no_summary) if row.is_readable else label
        shown = self._found(title) if self.words and title == found else escape(title)
        return (
            f'<a href="{before}{label}/" data-number="{row.session.number}" data-hx-get="{before}{label}{after}"'
            f' data-hx-target="#panel" data-hx-push-url="{self._opening}{label}">{shown}</a>'
        )

    def _facts(self, row: _Row) -> str:
        facts = f"{row.label} · {self._directions[row.session.direction]}"
        if self.is_report and row.session.remote_user:
            facts += f" · {recorded_as_html(row.session.remote_user)}"
        return facts

    def _short_facts(self, row: _Row) -> str:
        """What stands below the title where there is no room for columns."""
        # Each in its own direction: a name in Latin letters must not turn the numbers beside it around.
        facts = [f"<bdi>{fact}</bdi>" for fact in (row.start, row.device, row.supporter) if fact]
        if row.session.duration:
            facts.append(f'<bdi class="nowrap">{row.length}</bdi>')
        return " · ".join(facts)

    def _labels(self, row: _Row, labels: Mapping[int, list[str]]) -> str:
        names = labels.get(row.session.summary__pk or 0) if row.is_readable else None
        return escape(listed(names)) if names else _DASH

    def _state(self, row: _Row) -> str:
        facts = row.session.state_facts
        if facts not in self._states:
            self._states[facts] = self._print_state(state_of(facts))
        return self._states[facts]

    def _print_state(self, state: StateView) -> str:
        label = format_html('<span class="label is-{}" title="{}">{}</span>', state.tone, state.reason, state.word)
        if self.is_report and state.code not in _SPEAKING:
            label += format_html('<span class="sub is-minor">{}</span>', state.reason)
        return label


def _tags(column: Column) -> tuple[str, str]:
    """What stands before and after the column's cells."""
    if column.code == FIXED:
        return '<th scope="row">', "</th>"
    return f'<td class="{column.style}">' if column.style else "<td>", "</td>"


def _marked(pieces: Sequence[Piece]) -> str:
    marked = ((recorded_as_html(each.text), each.is_found) for each in pieces)
    return "".join(f"<mark>{text}</mark>" if is_found else text for text, is_found in marked)


def _sub(text: str, style: str = "sub") -> str:
    return f'<span class="{style}">{text}</span>'


def _billing(row: _Row) -> str:
    session = row.session
    amount = f" {session.fee} {session.currency}" if session.fee is not None else ""
    return escape((session.billing_state or _DASH) + amount)


def _text(text: str) -> str:
    return recorded_as_html(_shortened(text)) if text else _DASH


def _shortened(text: str) -> str:
    return text if len(text) <= _NOTES_CHARS else Truncator(text).chars(_NOTES_CHARS)


Cell = Callable[[RowPrinter, _Row], str]
_CELLS: dict[str, Cell] = {
    "session": RowPrinter._session,
    "device": lambda _, row: row.device or _DASH,
    "supporter": lambda _, row: row.supporter,
    "remote_user": lambda _, row: _text(row.session.remote_user),
    "issue_types": lambda printer, row: printer._labels(row, printer._issue_types),
    "applications": lambda printer, row: printer._labels(row, printer._applications),
    "start": lambda _, row: row.start,
    "length": lambda _, row: row.length,
    "ticket": lambda _, row: _text(row.session.ticket),
    "notes": lambda _, row: _text(row.session.notes),
    "billing": lambda _, row: _billing(row),
    "state": RowPrinter._state,
}
