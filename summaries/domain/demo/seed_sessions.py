"""The rows of seeded sessions: drawn, and written as the domain would have written them."""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from accounts.models import Company
from policies.enums import Reason, Verdict
from summaries.content import SessionFacts
from summaries.domain.demo.seed_rows import Table, take_ids
from summaries.domain.demo.seed_words import Told, tell
from summaries.domain.reading.search import text_of_report
from summaries.enums import Direction, ReviewState, SessionStatus, SummaryState
from summaries.models import Summary, SummaryRevision, SupportSession
from summaries.models.rollup_triggers import set_aside

SPAN = timedelta(days=3 * 365)
#: Sessions in one transaction: SQLite lets nobody else write meanwhile.
BATCH_SQLITE, BATCH_POSTGRESQL = 500, 20_000
_SESSION = (
    *("id", "company_id", "public_id", "number", "status", "direction", "supporter_id", "device_id", "remote_user"),
    *("started_at", "ended_at", "notes", "ticket", "verdict", "reason", "search_text", "log_deleted_at", "created_at"),
)
_SUMMARY = (
    *("id", "company_id", "public_id", "session_id", "state", "review", "requested_engine", "requested_language"),
    *("requested_at", "attempts", "failure", "current_id", "title", "outcome", "language", "engine"),
)
_REVISION = ("id", "company_id", "summary_id", "number", "content", "facts", "language", "engine", "created_at")
_REMOTE_USERS = ("Anna", "José", "Zoë", "Mr Brown", "Ms Okafor", "Chen", "Łukasz", "")
_REASONS = (Reason.CONSENT_REFUSED, Reason.OUTGOING_OFF, Reason.INCOMING_NOT_COVERED, Reason.NOTHING_RECORDED)
_REVIEWS = (ReviewState.AI_GENERATED,) * 5 + (ReviewState.REVIEWED,) * 3 + (ReviewState.APPROVED,) * 2


@dataclass(frozen=True, slots=True)
class People:
    """What a company's sessions hang on: ids of its supporters, its devices {id: name}, its labels {name: id}."""

    supporters: Sequence[int]
    devices: Sequence[tuple[int, str]]
    issue_types: dict[str, int]
    applications: dict[str, int]


@dataclass(slots=True)
class _Rows:
    sessions: list[tuple[Any, ...]] = field(default_factory=list)
    summaries: list[tuple[Any, ...]] = field(default_factory=list)
    revisions: list[tuple[Any, ...]] = field(default_factory=list)
    issue_types: list[tuple[int, int]] = field(default_factory=list)
    applications: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One session. A third of those without a summary's text have a summary that failed; the others have none."""

    ids: tuple[int, int, int]
    number: int
    told: Told
    luck: float
    started_at: datetime
    ended_at: datetime

    @property
    def is_written(self) -> bool:
        return self.luck < 0.7  # noqa: PLR2004 - seven in ten

    @property
    def is_allowed(self) -> bool:
        return self.luck < 0.73  # noqa: PLR2004 - three in a hundred fail


def add_sessions(*, company: Company, sessions: int, people: People, at: datetime, seed: int = 1) -> Iterator[int]:
    """Add *sessions* in batches, spread over the three years before *at*; yields how many each batch had.

    What is counted of the company is wrong until it is counted anew (`rollups.counting.begin_anew`).
    """
    size = BATCH_POSTGRESQL if connection.vendor == "postgresql" else BATCH_SQLITE
    for first in range(0, sessions, size):
        count = min(size, sessions - first)
        with transaction.atomic(), set_aside():
            company.refresh_from_db(fields=["next_session_number"])
            hand = random.Random(f"{seed} {company.slug} {company.next_session_number}")  # noqa: S311 - made-up words
            _write(_rows(company, people, _draw(company, count, hand, at), hand))
            company.next_session_number += count
            company.save(update_fields=["next_session_number"])
        yield count


def _draw(company: Company, count: int, hand: random.Random, at: datetime) -> Iterator[_Drawn]:
    ids = zip(*(take_ids(model, count) for model in (SupportSession, Summary, SummaryRevision)), strict=True)
    for number, its_ids in enumerate(ids, company.next_session_number):
        started_at, luck = at - SPAN * hand.random(), hand.random()
        length = timedelta(seconds=60 + int(5_000 * hand.random() ** 2))
        yield _Drawn(its_ids, number, tell(hand=hand), luck, started_at, started_at + length)


def _rows(company: Company, people: People, drawn: Iterator[_Drawn], hand: random.Random) -> _Rows:
    rows = _Rows()
    for each in drawn:
        rows.sessions.append(_session_row(company, people, each, hand))
        if each.is_allowed:
            rows.summaries.append(_summary_row(company, each, hand))
        if each.is_written:
            rows.revisions.append(_revision_row(company, each))
            _, summary_id, _ = each.ids
            rows.issue_types.append((summary_id, people.issue_types[each.told.case.issue_type]))
            rows.applications.append((summary_id, people.applications[each.told.case.application]))
    return rows


def _session_row(company: Company, people: People, drawn: _Drawn, hand: random.Random) -> tuple[Any, ...]:
    told, number = drawn.told, drawn.number
    device_id, device = people.devices[int(len(people.devices) * hand.random())]
    # A few supporters have most sessions.
    supporter_id = people.supporters[int(len(people.supporters) * hand.random() ** 2)]
    remote_user = _REMOTE_USERS[number % len(_REMOTE_USERS)]
    direction = (Direction.OUTGOING, Direction.OUTGOING, Direction.INCOMING)[number % 3]
    verdict = Verdict.YES if drawn.is_allowed else Verdict.NO
    reason = Reason.OUTGOING_CONSENTED if drawn.is_allowed else _REASONS[number % len(_REASONS)]
    text = text_of_report(
        label=f"S-{number}",
        device=device,
        remote_user=remote_user,
        notes=told.notes,
        ticket=told.ticket,
        content=told.content if drawn.is_written else None,
    )
    log_deleted_at = drawn.ended_at if drawn.is_allowed else None
    return (
        *(drawn.ids[0], company.pk, uuid.uuid4(), number, SessionStatus.ENDED.value, direction.value, supporter_id),
        *(device_id, remote_user, drawn.started_at, drawn.ended_at, told.notes, told.ticket, verdict.value),
        *(reason.value, text, log_deleted_at, drawn.ended_at),
    )


def _summary_row(company: Company, drawn: _Drawn, hand: random.Random) -> tuple[Any, ...]:
    session_id, summary_id, revision_id = drawn.ids
    begun = (summary_id, company.pk, uuid.uuid4(), session_id)
    asked = ("BUILT_IN", "en", drawn.ended_at, 1)
    if not drawn.is_written:
        failed = (SummaryState.FAILED.value, ReviewState.AI_GENERATED.value)
        return (*begun, *failed, *asked, "The engine gave no answer.", None, "", "UNKNOWN", "en", "")
    review = _REVIEWS[int(len(_REVIEWS) * hand.random())]
    written = (revision_id, drawn.told.content.title, drawn.told.content.outcome.value, "en", "BUILT_IN")
    return (*begun, SummaryState.READY.value, review.value, *asked, "", *written)


def _revision_row(company: Company, drawn: _Drawn) -> tuple[Any, ...]:
    _, summary_id, revision_id = drawn.ids
    facts = asdict(SessionFacts(duration_ms=(drawn.ended_at - drawn.started_at) // timedelta(milliseconds=1)))
    content = drawn.told.stored()
    return (revision_id, company.pk, summary_id, 1, content, facts, "en", "BUILT_IN", drawn.ended_at)


def _write(rows: _Rows) -> None:
    # Their keys are checked at the end of the transaction, so that a summary may name its text before that is there.
    Table(SupportSession, _SESSION).add(rows.sessions)
    Table(Summary, _SUMMARY).add(rows.summaries)
    Table(SummaryRevision, _REVISION).add(rows.revisions)
    Table(Summary.issue_types.through, ("summary_id", "issuetype_id")).add(rows.issue_types)
    Table(Summary.applications.through, ("summary_id", "application_id")).add(rows.applications)
