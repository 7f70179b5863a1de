"""From masked interactions to rows, for the two ways in: capture and import."""

from collections import Counter
from collections.abc import Iterable, Sequence

from summaries.enums import Kind
from summaries.models import Interaction, SupportSession
from summaries.redaction.redactor import Redactor
from summaries.sources.base import CapturedInteraction

#: A year. What lies beyond is a broken clock, and would not fit the column in the worst case.
MAX_OFFSET_MS = 366 * 24 * 3600 * 1000


def rows_of(*, session: SupportSession, masked: Sequence[CapturedInteraction], first_number: int) -> list[Interaction]:
    """Unsaved rows, numbered from *first_number*. Call with redacted interactions only."""
    return [
        Interaction(
            company_id=session.company_id,
            session=session,
            number=number,
            offset_ms=min(max(captured.offset_ms, 0), MAX_OFFSET_MS),
            actor=captured.actor,
            kind=captured.kind,
            application=clean(captured.application)[:120],
            title=clean(captured.title)[:300],
            text=clean(captured.text),
            place_unit=captured.place.unit if captured.place else "",
            place=captured.place.number if captured.place else None,
        )
        for number, captured in enumerate(masked, start=first_number)
    ]


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
