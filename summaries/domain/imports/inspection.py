"""Says what a recording holds, for anyone who wonders; reads it and stores nothing."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from summaries.sources.base import (
    BadRecord,
    CapturedInteraction,
    CollectionSource,
    RecordingFile,
    RecordingNotes,
    Source,
    UnableToRead,
)
from summaries.sources.registry import recognise_any

#: How many applications are named, those with most interactions first.
MAX_APPLICATIONS = 50


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found. *refusal* is why the recording can't be read, or empty; the rest is what was read up to there."""

    name: str
    format_code: str = ""
    format_label: str = ""
    refusal: str = ""
    title: str = ""
    device_name: str = ""
    people: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    #: Of a file with many sessions; 0 for a recording, which is one.
    sessions: int = 0
    interactions_by_kind: dict[str, int] = field(default_factory=dict)
    secret_count: int = 0
    started_at: datetime | None = None
    duration_ms: int = 0
    bad_record_count: int = 0
    bad_records: tuple[BadRecord, ...] = ()
    quality: tuple[str, ...] = ()


def inspect_recording(*, recording: RecordingFile) -> Inspection:
    """Read the whole *recording* and count. Never raises UnableToRead: that is the *refusal*."""
    notes = RecordingNotes()
    kinds: Counter[str] = Counter()
    applications: Counter[str] = Counter()
    code = label = refusal = ""
    secrets = last_ms = 0
    sessions: list[str] = []
    try:
        source = recognise_any(recording.stream, recording.name)
        code, label = source.code, source.label
        for interaction in _interactions(source, recording, notes, sessions):
            kinds[interaction.kind.value] += 1
            applications[interaction.application] += bool(interaction.application)
            secrets += interaction.is_secret
            last_ms = interaction.offset_ms
    except UnableToRead as error:
        refusal = str(error)
    return Inspection(
        name=recording.name,
        format_code=code,
        format_label=label,
        refusal=refusal,
        title=notes.title,
        device_name=notes.device_name,
        people=tuple(notes.people),
        applications=tuple(name for name, count in applications.most_common(MAX_APPLICATIONS) if count),
        sessions=len(sessions),
        interactions_by_kind=dict(sorted(kinds.items())),
        secret_count=secrets,
        started_at=notes.started_at,
        duration_ms=max(notes.duration_ms, last_ms),
        bad_record_count=notes.bad_record_count,
        bad_records=tuple(notes.bad_records),
        quality=tuple(sorted(flag.value for flag in notes.quality)),
    )


def _interactions(
    source: Source | CollectionSource, recording: RecordingFile, notes: RecordingNotes, sessions: list[str]
) -> Iterator[CapturedInteraction]:
    """The interactions of the file; *sessions* takes the ids of those that it holds many of."""
    if not isinstance(source, CollectionSource):
        yield from source.read(recording, notes)
        return
    for record in source.read_sessions(recording, notes):
        sessions.append(record.external_id)
        yield from record.interactions


def inspection_as_json(inspection: Inspection) -> dict[str, object]:
    """Return what `inspect_recording --json` prints of one file. Times are ISO 8601, durations ms."""
    return {
        "file": inspection.name,
        "parsed": not inspection.refusal,
        "reason": inspection.refusal,
        "format": {"code": inspection.format_code, "label": inspection.format_label},
        "title": inspection.title,
        "device": inspection.device_name,
        "sessions": inspection.sessions,
        "interactions": sum(inspection.interactions_by_kind.values()),
        "interactions_by_kind": inspection.interactions_by_kind,
        "secrets_typed": inspection.secret_count,
        "people": list(inspection.people),
        "applications": list(inspection.applications),
        "started_at": inspection.started_at.isoformat() if inspection.started_at else None,
        "duration_ms": inspection.duration_ms,
        "bad_record_count": inspection.bad_record_count,
        "bad_records": [
            {"unit": bad.place.unit.value, "number": bad.place.number, "problem": bad.problem}
            for bad in inspection.bad_records
        ],
        "quality": list(inspection.quality),
    }
