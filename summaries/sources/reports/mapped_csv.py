"""Any other tool's report as CSV, by a mapping of its columns that the company has saved."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from django.utils.translation import gettext, gettext_noop

from summaries.enums import DayOrder, DurationUnit
from summaries.sources.base import RecordingFile, RecordingNotes, SessionRecord
from summaries.sources.lines import bounded
from summaries.sources.reports.moments import amount_of, moment_of
from summaries.sources.reports.tables import TableRow, header_of, plain, rows
from summaries.sources.reports.texts import text_of

#: {field: (label, what headers are called that hold it, without case and signs)}. The start must be mapped.
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "start": (
        gettext_noop("Start"),
        ("start", "starttime", "startdate", "begin", "connected", "starttimeutc", "date", "datum"),
    ),
    "end": (gettext_noop("End"), ("end", "endtime", "enddate", "finish", "disconnected", "ende", "fin")),
    "duration": (
        gettext_noop("Duration"),
        ("duration", "length", "sessionduration", "dauer", "durationminutes", "minutes"),
    ),
    "id": (gettext_noop("Session id"), ("id", "sessionid", "guid", "uuid", "connectionid", "sessionnumber", "number")),
    "supporter": (
        gettext_noop("Supporter"),
        ("technician", "supporter", "agent", "user", "username", "operator", "host", "support"),
    ),
    "email": (
        gettext_noop("Supporter's e-mail address"),
        ("technicianemail", "email", "useremail", "agentemail", "supporteremail"),
    ),
    "device": (
        gettext_noop("Device"),
        ("device", "computer", "computername", "devicename", "machine", "hostname", "guest", "pc"),
    ),
    "remote_user": (
        gettext_noop("Remote user"),
        ("customer", "remoteuser", "customername", "client", "enduser", "guestname"),
    ),
    "notes": (gettext_noop("Notes"), ("notes", "note", "comment", "comments", "description", "remarks")),
    "ticket": (gettext_noop("Ticket"), ("ticket", "ticketid", "ticketnumber", "case", "caseid", "sessioncode", "code")),
    "billing_state": (gettext_noop("Billing state"), ("billingstate", "billing", "billable", "billingstatus")),
    "fee": (gettext_noop("Fee"), ("fee", "amount", "price", "cost", "total")),
    "currency": ("Currency", ("currency", "currencycode")),
}
_SECONDS = {DurationUnit.SECONDS: 1, DurationUnit.MINUTES: 60, DurationUnit.HOURS: 3600}
_CLOCK = re.compile(r"^(?:(\d{1,3}):)?(\d{1,3}):(\d{2})$")
_NUMBER = re.compile(r"^\d+(?:[.,]\d+)?")
_MOST_SECONDS = 366 * 24 * 3600


class UnableToMap(ValueError):
    """The row is no session by this mapping; the words say why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """*columns*: {field of FIELDS: header}. *headers*: all of the file's, as written."""

    name: str
    headers: tuple[str, ...]
    columns: Mapping[str, str]
    day_order: DayOrder = DayOrder.AUTOMATIC
    duration_unit: DurationUnit = DurationUnit.MINUTES


class MappedCSVSource:
    code: ClassVar[str] = "REPORT_CSV"
    label: ClassVar[str] = gettext_noop("connection report (CSV, mapped)")
    namespace: ClassVar[str] = "REPORT_CSV"
    has_logs: ClassVar[bool] = False

    def __init__(self, mapping: ColumnMapping, *, key: str) -> None:
        self.mapping = mapping
        # Two tools may both count their sessions from 1.
        vars(self)["namespace"] = f"REPORT_CSV {key}"

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002 - the headers are enough
        return fits(self.mapping, headers_in(head))

    def read_sessions(self, recording: RecordingFile, notes: RecordingNotes) -> Iterator[SessionRecord]:
        for row in rows(recording.stream, notes):
            try:
                yield record_of(row, self.mapping)
            except UnableToMap as problem:
                notes.add_bad_record(row.place, str(problem))


def headers_in(head: bytes) -> tuple[str, ...]:
    """The headers of a CSV file by its first bytes; empty for what has no two of them."""
    if b"\0" in head[:2] and not head[:2].strip(b"\0"):
        return ()
    cells = [bounded(cell)[:120] for cell in header_of(text_of(head))[0]]
    return tuple(cells) if len([cell for cell in cells if cell]) > 1 else ()


def fits(mapping: ColumnMapping, headers: tuple[str, ...]) -> bool:
    """Whether a file with these headers is of this mapping: the same ones, in any order and case."""
    return bool(headers) and sorted(map(plain, headers)) == sorted(map(plain, mapping.headers))


def guess(headers: tuple[str, ...]) -> dict[str, str]:
    """Which header may hold which field: by its exact name first, then by a part of it. Each is given once."""
    found: dict[str, str] = {}
    names = {header: plain(header) for header in headers if header}
    for is_it in (_is_named, _begins):
        for field, (_, words) in FIELDS.items():
            for word in words:
                hits = [header for header in names if header not in found.values() and is_it(names[header], word)]
                if hits and field not in found:
                    found[field] = hits[0]
    return found


def _is_named(name: str, word: str) -> bool:
    return name == word


def _begins(name: str, word: str) -> bool:
    # Short words begin many others.
    return len(word) > 3 and name.startswith(word)  # noqa: PLR2004 - see above


def record_of(row: TableRow, mapping: ColumnMapping) -> SessionRecord:
    """One row as a session. Raises UnableToMap."""
    said = {
        field: bounded(next((text for name, text in row.cells.items() if plain(name) == plain(header)), ""))
        for field, header in mapping.columns.items()
    }
    month_first = {DayOrder.DAY_FIRST: False, DayOrder.MONTH_FIRST: True}.get(mapping.day_order)
    started_at = moment_of(said.get("start"), month_first=month_first)
    if started_at is None:
        raise UnableToMap(
            gettext("the start %(get)s is no time that can be read") % {"get": f"{said.get('start', '')!r}"}
        )
    return SessionRecord(
        external_id=said.get("id") or _derived_id(said),
        place=row.place,
        started_at=started_at,
        ended_at=_end(said, started_at, mapping, month_first),
        supporters=tuple(name for name in (said.get("email"), said.get("supporter")) if name),
        device_name=said.get("device", ""),
        remote_user=said.get("remote_user", ""),
        notes=said.get("notes", ""),
        ticket=said.get("ticket", ""),
        billing_state=said.get("billing_state", ""),
        fee=amount_of(said.get("fee")),
        currency=said.get("currency", ""),
    )


def _derived_id(said: Mapping[str, str]) -> str:
    """What stays the same in a later export of the same session, for a report without ids."""
    stable = "\n".join(said.get(field, "") for field in ("start", "supporter", "email", "device", "remote_user"))
    return hashlib.sha256(stable.encode("utf-8", "replace")).hexdigest()


def _end(
    said: Mapping[str, str], started_at: datetime, mapping: ColumnMapping, month_first: bool | None
) -> datetime | None:
    """The end, by its column or by the duration. None: neither is filled in, so that the session still runs."""
    if said.get("end"):
        ended_at = moment_of(said["end"], month_first=month_first)
        if ended_at is None:
            raise UnableToMap(gettext("the end %(said)s is no time that can be read") % {"said": f"{said['end']!r}"})
        if ended_at < started_at:
            raise UnableToMap(gettext_noop("the session ends before it begins"))
        return ended_at
    if not said.get("duration"):
        return None
    seconds = seconds_of(said["duration"], unit=mapping.duration_unit)
    if seconds is None:
        raise UnableToMap(gettext("the duration %(said)s can't be read") % {"said": f"{said['duration']!r}"})
    return started_at + timedelta(seconds=seconds)


def seconds_of(text: str, *, unit: DurationUnit) -> int | None:
    """A duration in seconds: 1:05:30, 0:25 (hours and minutes), or a number in *unit*, with or without words."""
    clock = _CLOCK.match(text.strip())
    if clock:
        hours, minutes, seconds = clock.groups()
        parts = (int(hours), int(minutes), int(seconds)) if hours else (int(minutes), int(seconds), 0)
        found = parts[0] * 3600 + parts[1] * 60 + parts[2]
        return found if found <= _MOST_SECONDS else None
    number = _NUMBER.match(text.strip())
    try:
        found = int(Decimal(number[0].replace(",", ".")) * _SECONDS[unit]) if number else -1
    except (InvalidOperation, OverflowError):
        return None
    return found if 0 <= found <= _MOST_SECONDS else None
