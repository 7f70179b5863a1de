"""The rows of a list of sessions as HTML, in one pass.

Fifty rows of seven cells through templates take longer than all else that a page does; here a cell is a function. What
comes from a session is escaped by `recorded`, everything else by an escape of its own.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape as html_escape

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.adapters import shown_name_of
from insights_portal.lib.text import listed
from summaries.domain.reading.highlights import Excerpt, Piece, excerpts_of, pieces_of
from summaries.domain.reading.layout import Column
from summaries.domain.reading.listing import ListedSession, applications_of, issue_types_of, readable_among
from summaries.domain.reading.search import Word
from summaries.domain.reading.states import StateView
from summaries.enums import Direction
from summaries.templatetags.portal import Moments, minutes, recorded
from summaries.views.access import MemberRequest

#: With these a summary speaks for itself; other states say why.
_SPEAKING = ("AI_GENERATED", "REVIEWED", "APPROVED")
_NOTES_CHARS = 90
_DASH = SafeString("–")


@dataclass(slots=True)
class _Row:
    """One session with what its cells share."""

    session: ListedSession
    is_readable: bool
    supporter: SafeString
    device: SafeString
    start: SafeString
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
    _names: dict[int, SafeString] = field(default_factory=dict)
    _states: dict[Hashable, SafeString] = field(default_factory=dict)
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
        cells = [(column, _CELLS[column.code]) for column in self.columns]
        rows = (self._print_row(session, session.pk in readable, cells) for session in sessions)
        return mark_safe("\n".join(rows))  # noqa: S308 - put together from escaped parts

    def _print_row(
        self, session: ListedSession, is_readable: bool, cells: "list[tuple[Column, Callable[..., SafeString]]]"
    ) -> str:
        row = _Row(
            session,
            is_readable,
            self._name(session),
            self._found(session.device__name) if session.device__name else SafeString(""),
            self._moments.print(session.started_at),
            minutes(session.duration),
        )
        printed: list[str] = [self._check_box(session)] if self.is_selectable else []
        for column, cell in cells:
            if column.code == "session":
                printed.append(f'<th scope="row">{cell(self, row)}</th>')
            else:
                style = f' class="{column.style}"' if column.style else ""
                printed.append(f"<td{style}>{cell(self, row)}</td>")
        return f"<tr>{''.join(printed)}</tr>"

    def _name(self, session: ListedSession) -> SafeString:
        """How the supporter is called here, worked out once for each."""
        pk = session.supporter_id
        if pk not in self._names:
            name = session.supporter__name or session.supporter__email
            self._names[pk] = escape(shown_name_of(self.request, pk, name))
        return self._names[pk]

    def _found(self, text: str) -> SafeString:
        """Session text with the words that were searched for marked."""
        return _marked(pieces_of(text, self.words)) if self.words else recorded(text)

    @cached_property
    def _addresses(self) -> tuple[str, str]:
        """What stands before a session's number in the address of its page, and after it in that of its panel."""
        before, after = reverse("summaries:panel", args=[0]).split("S-0")
        return before, after

    @cached_property
    def _moments(self) -> Moments:
        return Moments()

    @cached_property
    def _directions(self) -> dict[str, SafeString]:
        return {value: escape(str(label)) for value, label in Direction.choices}

    @cached_property
    def _selecting(self) -> str:
        return html_escape(_("Select %(label)s"))

    def _check_box(self, session: ListedSession) -> str:
        label = self._selecting % {"label": session.label}
        return (
            '<td class="select"><label class="tick"><input type="checkbox" form="bulk" name="number"'
            f' value="{session.number}"><span class="visually-hidden">{label}</span></label></td>'
        )

    def _session(self, row: _Row) -> SafeString:
        session = row.session
        lines = [self._link(row), _sub(self._facts(row))]
        if excerpt := self._excerpts.get(session.pk):
            lines.append(_sub(f"{html_escape(str(excerpt.label))}: {_marked(excerpt.pieces)}", "sub is-excerpt"))
        if self.is_report and session.notes:
            lines.append(_sub(recorded(_shortened(session.notes))))
        lines.append(_sub(self._short_facts(row), "sub is-narrow-only"))
        return mark_safe("".join(lines))  # noqa: S308 - escaped parts

    @cached_property
    def _opening(self) -> str:
        """The list's address up to the label of the session that is opened in it, escaped."""
        return html_escape(f"{self.request.path}{self.stem}open=")

    @cached_property
    def _no_summary(self) -> str:
        return _("No summary yet")

    def _link(self, row: _Row) -> str:
        label = row.session.label
        before, after = self._addresses
        title: str = label
        if row.is_readable:
            title = row.session.summary__title or self._no_summary
        shown = self._found(title) if self.words and title == row.session.summary__title else html_escape(title)
        return (
            f'<a href="{before}{label}/" data-number="{row.session.number}" data-hx-get="{before}{label}{after}"'
            f' data-hx-target="#panel" data-hx-push-url="{self._opening}{label}">{shown}</a>'
        )

    def _facts(self, row: _Row) -> str:
        facts = f"{row.session.label} · {self._directions[row.session.direction]}"
        if self.is_report and row.session.remote_user:
            facts += f" · {recorded(row.session.remote_user)}"
        return facts

    def _short_facts(self, row: _Row) -> str:
        """What stands below the title where there is no room for columns."""
        facts = [row.start, row.device, row.supporter]
        if row.session.duration:
            facts.append(SafeString(row.length))
        # Each in its own direction: a name in Latin letters must not turn the numbers beside it around.
        return " · ".join(f"<bdi>{fact}</bdi>" for fact in facts if fact)

    def _labels(self, row: _Row, labels: Mapping[int, list[str]]) -> SafeString:
        names = labels.get(row.session.summary__pk or 0) if row.is_readable else None
        return escape(listed(names)) if names else _DASH

    def _state(self, row: _Row) -> SafeString:
        key = row.session.state_facts
        if key not in self._states:
            self._states[key] = self._print_state(row.session.state)
        return self._states[key]

    def _print_state(self, state: StateView) -> SafeString:
        label = format_html('<span class="label is-{}" title="{}">{}</span>', state.tone, state.reason, state.word)
        if self.is_report and state.code not in _SPEAKING:
            label += format_html('<span class="sub is-minor">{}</span>', state.reason)
        return label


def _marked(pieces: Sequence[Piece]) -> SafeString:
    marked = (f"<mark>{recorded(each.text)}</mark>" if each.is_found else recorded(each.text) for each in pieces)
    return mark_safe("".join(marked))  # noqa: S308 - escaped parts


def _sub(text: str, style: str = "sub") -> str:
    return f'<span class="{style}">{text}</span>'


def _billing(row: _Row) -> SafeString:
    session = row.session
    amount = f" {session.fee} {session.currency}" if session.fee is not None else ""
    return escape((session.billing_state or "–") + amount)


def _text(text: str) -> SafeString:
    return recorded(_shortened(text)) if text else _DASH


def _shortened(text: str) -> str:
    return text if len(text) <= _NOTES_CHARS else Truncator(text).chars(_NOTES_CHARS)


_CELLS: dict[str, Callable[[RowPrinter, _Row], SafeString]] = {
    "session": RowPrinter._session,
    "device": lambda _, row: row.device or _DASH,
    "supporter": lambda _, row: row.supporter,
    "remote_user": lambda _, row: _text(row.session.remote_user),
    "issue_types": lambda printer, row: printer._labels(row, printer._issue_types),
    "applications": lambda printer, row: printer._labels(row, printer._applications),
    "start": lambda _, row: row.start,
    "length": lambda _, row: SafeString(row.length),
    "ticket": lambda _, row: _text(row.session.ticket),
    "notes": lambda _, row: _text(row.session.notes),
    "billing": lambda _, row: _billing(row),
    "state": RowPrinter._state,
}
