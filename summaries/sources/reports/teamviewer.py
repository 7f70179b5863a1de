"""TeamViewer's connection reports: pages of its Web API as JSON, and the same fields as CSV.

A session that still ran when the report was made has no end. Of every other field only the id and the start are sure.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_noop

from summaries.sources.base import Place, RecordingFile, RecordingNotes, SessionRecord
from summaries.sources.lines import bounded
from summaries.sources.reports.json_items import items
from summaries.sources.reports.moments import amount_of, moment_of
from summaries.sources.reports.tables import header_of, plain, rows
from summaries.sources.reports.texts import text_of

NAMESPACE = "TEAMVIEWER"
#: Fields that only this report has; two of them make it one.
_MARKS = ("supportsessiontype", "sessioncode", "billingstate", "deviceid", "userid")
_LIST = ("records",)
_RECORD = re.compile(rb'"(?:start_date|support_session_type|billing_state)"\s*:')


class UnableToTake(ValueError):
    """The record is none; the words say why."""


class TeamViewerReportSource:
    code: ClassVar[str] = "TEAMVIEWER_REPORT"
    label: ClassVar[str] = gettext_noop("TeamViewer connection report (Web API JSON)")
    namespace: ClassVar[str] = NAMESPACE
    has_logs: ClassVar[bool] = False

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the fields are enough
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        if start not in (b"{", b"["):
            return False
        is_page = re.search(rb'"records"\s*:\s*\[', head) is not None
        return is_page and (
            _RECORD.search(head) is not None or re.search(rb'"records"\s*:\s*\[\s*\]', head) is not None
        )

    def read_sessions(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[SessionRecord]:
        for place, row in items(recording.stream, notes, _LIST):
            try:
                yield record_of(row, place)
            except UnableToTake as problem:
                notes.add_bad_record(place, str(problem))


class TeamViewerAPISource(TeamViewerReportSource):
    """The same records, asked from the service."""

    code: ClassVar[str] = "TEAMVIEWER_API"
    label: ClassVar[str] = "TeamViewer Web API"


class TeamViewerCSVSource:
    code: ClassVar[str] = "TEAMVIEWER_CSV"
    label: ClassVar[str] = gettext_noop("TeamViewer connection report (CSV)")
    namespace: ClassVar[str] = NAMESPACE
    has_logs: ClassVar[bool] = False

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the header is enough
        names = {plain(cell) for cell in header_of(text_of(head))[0]}
        return {"id", "startdate"} <= names and len(names.intersection(_MARKS)) > 1

    def read_sessions(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[SessionRecord]:
        for row in rows(recording.stream, notes):
            try:
                yield record_of(row.cells, row.place)
            except UnableToTake as problem:
                notes.add_bad_record(row.place, str(problem))


def record_of(row: Mapping[str, Any], place: Place) -> SessionRecord:
    """One record of the report, its fields in any spelling. Raises UnableToTake."""
    said = {plain(name): value for name, value in row.items()}
    external_id = normal_id(_text(said, "id"))
    if not external_id:
        raise UnableToTake(gettext_noop("the record has no id"))
    started_at = moment_of(said.get("startdate"))
    if started_at is None:
        raise UnableToTake(gettext_noop("the start of the session is no time that can be read"))
    ended_at = moment_of(said.get("enddate"))
    if ended_at is None and said.get("enddate"):
        raise UnableToTake(gettext_noop("the end of the session is no time that can be read"))
    return SessionRecord(
        external_id=external_id,
        place=place,
        started_at=started_at,
        ended_at=ended_at,
        supporters=tuple(filter(None, (_text(said, "useremail"), _text(said, "username")))),
        device_name=_text(said, "devicename") or _text(said, "deviceid"),
        notes=_notes(said),
        ticket=_text(said, "sessioncode"),
        billing_state=_text(said, "billingstate"),
        fee=amount_of(said.get("fee")),
        currency=_text(said, "currency"),
    )


def normal_id(text: str) -> str:
    """The id of a session as every list of the tool writes it: with braces or without, in either case."""
    return text.strip().strip("{}").lower()[:200]


def _notes(said: Mapping[str, Any]) -> str:
    texts = dict.fromkeys((_text(said, "notes"), _text(said, "comment")))
    return "\n".join(text for text in texts if text)


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return bounded(str(value).strip()) if isinstance(value, str | int) and not isinstance(value, bool) else ""
