"""From masked interactions to rows, for the two ways in: capture and import."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection

from summaries.enums import Kind
from summaries.models import SupportSession
from summaries.redaction.redactor import Redactor
from summaries.sources.base import CapturedInteraction

#: A year. What lies beyond is a broken clock, and would not fit the column in the worst case.
MAX_OFFSET_MS = 366 * 24 * 3600 * 1000


#: What PostgreSQL's COPY reads otherwise than it stands there.
_ESCAPES = (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))


class Row(NamedTuple):
    """An interaction as its table holds it: the fields are the columns."""

    company_id: int
    session_id: int
    number: int
    offset_ms: int
    actor: str
    kind: str
    application: str
    title: str
    text: str
    place_unit: str
    place: int | None


_COLUMNS = ", ".join(Row._fields)
_INSERT = f"INSERT INTO summaries_interaction ({_COLUMNS}) VALUES ({', '.join(['%s'] * len(Row._fields))})"  # noqa: S608
_COPY = f"COPY summaries_interaction ({_COLUMNS}) FROM STDIN"


def rows_of(*, session: SupportSession, masked: Sequence[CapturedInteraction], first_number: int) -> list[Row]:
    """Rows, numbered from *first_number*. Call with redacted interactions only."""
    company_id, session_id = session.company_id, session.pk
    return [
        Row(
            company_id,
            session_id,
            number,
            min(max(captured.offset_ms, 0), MAX_OFFSET_MS),
            captured.actor.value,
            captured.kind.value,
            clean(captured.application)[:120],
            clean(captured.title)[:300],
            clean(captured.text),
            captured.place.unit.value if captured.place else "",
            captured.place.number if captured.place else None,
        )
        for number, captured in enumerate(masked, start=first_number)
    ]


def add_rows(rows: Sequence[Row]) -> None:
    """Store *rows* as they are: models would take five times as long."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # pragma: no cover - of the other database
            with connection.wrap_database_errors, cursor.copy(_COPY) as copy:
                copy.write("".join(map(_line, rows)))
        else:
            cursor.executemany(_INSERT, rows)


def _line(row: Row) -> str:  # pragma: no cover - of the other database
    """*row* as COPY reads it. Numbers and words of ours have nothing to escape."""
    application, title, text = map(_escaped, row[6:9])
    place = "\\N" if row.place is None else row.place
    return (
        f"{row[0]}\t{row[1]}\t{row[2]}\t{row[3]}\t{row[4]}\t{row[5]}\t"
        f"{application}\t{title}\t{text}\t{row[9]}\t{place}\n"
    )


def _escaped(text: str) -> str:  # pragma: no cover - of the other database
    for sign, escape in _ESCAPES:
        if sign in text:
            text = text.replace(sign, escape)
    return text


def clean(text: str) -> str:
    """Without what PostgreSQL can't store: NUL and lone surrogates."""
    if text.isascii():
        return text.replace("\x00", "")
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def mask_texts(redactor: Redactor, texts: Sequence[str]) -> list[str]:
    """Words that are no interaction but come from people or recordings all the same: notes, names, problems."""
    return [each.text for each in redactor.mask([CapturedInteraction(0, Kind.NOTE, text) for text in texts])]


def merge_counts(*counts: dict[str, int]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total)


def in_batches(stream: Iterable[CapturedInteraction], size: int) -> Iterable[list[CapturedInteraction]]:
    batch: list[CapturedInteraction] = []
    for captured in stream:
        batch.append(captured)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
