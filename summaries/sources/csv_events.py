"""A CSV of events of any tool: one event a line, below a line with the names of the columns.

Wanted are a column of the time and one of text, title, app or event; many names of them are known in several
languages (`csv_columns`). More may be there: actor, kind, url, duration, secret, as in our JSON Lines; and the columns
target.* of recorders of user interfaces, which say on what was acted. Delimiter, encoding and the order of day and
month are found out. A file that has the newest event first is turned round.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from summaries.enums import Kind, PlaceUnit, QualityFlag
from summaries.sources.base import HEAD_BYTES, CapturedInteraction, Place, RecordingFile, RecordingNotes, UnableToRead
from summaries.sources.csv_columns import Columns, columns_of
from summaries.sources.csv_records import LineDecoder, as_utf8, delimiter_of, head_text, read_records, split
from summaries.sources.csv_rows import check_content, event_of, is_password
from summaries.sources.csv_times import is_month_first, read_moment
from summaries.sources.json_event import NotAnEvent, SessionClock, read_event
from summaries.sources.record_index import RecordIndex

_LOOKED_AT = 200
#: Lines above the header, such as "sep=;", a title or an empty line.
_MAX_ABOVE = 5
_MAX_COLUMNS = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CSVSource:
    code: ClassVar[str] = "CSV"
    label: ClassVar[str] = gettext_noop("CSV of events")

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the header tells
        return _table(head) is not None

    def read(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[CapturedInteraction]:
        head = recording.stream.read(HEAD_BYTES)
        recording.stream.seek(0)
        table = _table(head)
        if table is None:
            raise UnableToRead(
                _(
                    "Line 1 names no columns that are known. A CSV of events needs a column “timestamp” and one "
                    "of “text”, “title”, “app” or “event”."
                )
            )
        stream = as_utf8(recording.stream, notes)
        try:
            yield from _Reader(stream, table, notes).read()
        finally:
            if stream is not recording.stream:
                stream.close()


@dataclass(frozen=True, slots=True)
class _Table:
    """Where the header stands, and how the file is written."""

    header_line: int
    delimiter: str
    columns: Columns
    month_first: bool

    def moment(self, row: list[str]) -> datetime:
        """Return the moment of a row. Raises NotAnEvent."""
        stamp = _cell(row, self.columns.fields["timestamp"])
        other = _cell(row, self.columns.time_of_day)
        if other:
            stamp = f"{other} {stamp}" if ":" in stamp else f"{stamp} {other}"
        return read_moment(stamp, month_first=self.month_first)


def _table(head: bytes) -> _Table | None:
    lines = head_text(head).split("\n")
    for number, raw in enumerate(lines[: _MAX_ABOVE + 1], 1):
        line = raw.strip("\ufeff\0")
        delimiter = delimiter_of(line)
        header = split(line, delimiter) or []
        columns = columns_of(header) if 1 < len(header) <= _MAX_COLUMNS else None
        if columns is not None:
            rows = [split(row, delimiter) or [] for row in lines[number : number + _LOOKED_AT] if row.strip()]
            stamps = [_cell(row, columns.fields["timestamp"]) for row in rows]
            table = _Table(number, delimiter, columns, is_month_first(stamps))
            return table if not rows or any(_has_moment(table, row) for row in rows) else None
    return None


def _has_moment(table: _Table, row: list[str]) -> bool:
    try:
        table.moment(row)
    except NotAnEvent:
        return False
    return True


def _cell(row: list[str], place: int | None) -> str:
    return row[place].strip() if place is not None and place < len(row) else ""


class _Reader:
    def __init__(self, stream: BinaryIO, table: _Table, notes: RecordingNotes) -> None:
        self.stream = stream
        self.table = table
        self.notes = notes
        self.clock = SessionClock(notes)
        self.decoder = LineDecoder(notes)
        self._application = ""

    def read(self) -> Iterator[CapturedInteraction]:
        """Yield the events. Raises UnableToRead when none can be read."""
        index = self._indexed()
        for record in index.in_file_order(reverse=index.is_newest_first()):
            self.stream.seek(record.offset)
            found = next(read_records(self.stream, self.table.delimiter, self.decoder))
            row, place = found.fields or [], Place(PlaceUnit.LINE, record.number)
            columns = self.table.columns
            event = event_of(row, columns) | {"timestamp": self.table.moment(row).isoformat()}
            interaction = read_event(event, self.clock, place, self.notes)
            if self._comes_to_front(interaction):
                yield replace(interaction, kind=Kind.APP_FOCUS, text="", is_secret=False)
            yield replace(interaction, is_secret=interaction.is_secret or is_password(row, columns))

    def _comes_to_front(self, interaction: CapturedInteraction) -> bool:
        """Say whether something is done in another application than before, of which nothing was told yet."""
        application = interaction.application
        if not application or "clipboard" in application.casefold() or application == self._application:
            return False
        self._application = application
        return interaction.kind != Kind.APP_FOCUS

    def _indexed(self) -> RecordIndex:
        """Find the rows that have a moment, so that they can be read in its order."""
        index = RecordIndex()
        is_bad = False
        for record in read_records(self.stream, self.table.delimiter, LineDecoder(RecordingNotes())):
            if record.number <= self.table.header_line:
                continue
            is_bad = True
            place = Place(PlaceUnit.LINE, record.number)
            if record.fields is None:
                self.notes.add_bad_record(
                    place, gettext_noop("the line can't be read: it is too long, or its quotes are broken")
                )
                continue
            try:
                moment = self.table.moment(record.fields)
                check_content(event_of(record.fields, self.table.columns))
            except NotAnEvent as problem:
                self.notes.add_bad_record(place, str(problem))
                continue
            is_bad = False
            index.add((moment - _EPOCH) // timedelta(milliseconds=1), record.offset, record.number)
        if not index:
            if self.notes.bad_records:
                first = self.notes.bad_records[0]
                raise UnableToRead(
                    _("No event could be read; %(place)s: %(problem)s. Look at the time's column.")
                    % {"place": first.place, "problem": first.problem}
                )
            self.notes.quality.add(QualityFlag.NOTHING_RECORDED)
        elif is_bad:
            self.notes.quality.add(QualityFlag.TRUNCATED)
        return index
