"""The sessions of a list, row by row, for as long as the list is: read in portions, each on its own.

Nothing stays open between two portions, neither a transaction nor a cursor, however slowly a client reads; and nothing
of a portion is kept once the next is read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.domain.disclosures import record_view
from accounts.domain.pseudonyms import SupporterNames, names_for
from accounts.models import Company, User
from accounts.permissions import Permission
from insights_portal.lib.keyset import page_of
from policies.enums import Verdict
from summaries.content import content_from_json
from summaries.domain.exports.texts import NO_TEXT, StepValue, SummaryColumns, left_out, text_of
from summaries.domain.reading.release import approval_required_by
from summaries.domain.reading.states import facts_of, state_of
from summaries.domain.reports.billing import MINUTE, BillingRule, billable_minutes, billing_rule_of
from summaries.enums import Direction, ReviewState
from summaries.models import Summary, SummaryRevision, SupportSession
from summaries.models.reach import Reached, reached_in

#: Rows read at a time, and how many are looked for at a time.
PORTION, FOUND_AT_ONCE = 1_000, 50_000
_NEWEST_FIRST = ("-started_at", "-pk")
Value = str | int | float | Decimal | datetime | tuple[str, ...] | tuple[StepValue, ...] | None
_FIELDS = (
    "pk",
    "number",
    "status",
    "direction",
    "supporter_id",
    "supporter__name",
    "supporter__email",
    "device__name",
    "device__customer",
    "device__group_id",
    "device__group__name",
    "remote_user",
    "started_at",
    "ended_at",
    "notes",
    "ticket",
    "billing_state",
    "fee",
    "currency",
    "verdict",
    "reason",
    "interaction_count",
    "log_deleted_at",
    "summary_deleted_at",
    "summary__pk",
    "summary__state",
    "summary__review",
    "summary__failure",
    "summary__current_id",
    "summary__reviewed_by_id",
    "summary__reviewed_by__name",
    "summary__reviewed_by__email",
)


@dataclass(frozen=True, slots=True)
class ExportedSession:
    """One row as it leaves. Moments are in the company's zone."""

    label: str
    direction: str
    supporter: str
    device: str
    device_group: str
    customer: str
    remote_user: str
    started_at: datetime
    ended_at: datetime | None
    notes: str
    ticket: str
    state: str
    reason: str
    duration_minutes: float | None
    billable_minutes: int | None
    billing_state: str
    fee: Decimal | None
    currency: str
    text: SummaryColumns


@dataclass(frozen=True, slots=True)
class Reader:
    """Who takes the rows away, and what of them: asked once for the whole list."""

    company: Company
    actor: User
    zone: ZoneInfo
    rule: BillingRule
    names: SupporterNames
    reads: Reached
    exports: Reached
    approval_required: bool
    at: datetime

    def may_take(self, row: Any) -> bool:
        """Whether the row's summary may be read and exported by one of the member's roles each."""
        place = {"supporter_id": row.supporter_id, "device_group_id": row.device__group_id, "user": self.actor}
        return self.reads.covers(**place) and self.exports.covers(**place)

    def is_released(self, row: Any) -> bool:
        return not self.approval_required or row.summary__review == ReviewState.APPROVED


def reader_of(*, company: Company, actor: User, at: datetime) -> Reader:
    return Reader(
        company=company,
        actor=actor,
        zone=ZoneInfo(company.time_zone),
        rule=billing_rule_of(company),
        names=names_for(company=company, viewer=actor, at=at),
        reads=reached_in(actor, company.pk, (Permission.VIEW_SUMMARIES,)),
        exports=reached_in(actor, company.pk, (Permission.EXPORT_SUMMARIES,)),
        approval_required=approval_required_by(company_id=company.pk),
        at=at,
    )


def read_rows(
    sessions: QuerySet[SupportSession], *, reader: Reader, with_texts: bool, portion: int = PORTION
) -> Iterator[list[ExportedSession]]:
    """Yield *sessions*, newest first, so many at a time. Without *with_texts* no summary is looked at.

    What *reader* no longer sees when its turn comes is left out.
    """
    seen: set[int] = set()
    standing = SupportSession.objects.visible_in(reader.actor, reader.company).order_by(*_NEWEST_FIRST)
    for ids in _ids(sessions, portion):
        rows = list(standing.filter(pk__in=ids).values_list(*_FIELDS, named=True))
        if rows:
            texts = _texts(rows, reader=reader) if with_texts else {}
            _keep_views(rows, seen=seen, reader=reader)
            yield [_exported(row, text=texts.get(row.pk, NO_TEXT), reader=reader) for row in rows]


def _ids(sessions: QuerySet[SupportSession], portion: int) -> Iterator[list[int]]:
    """The ids of *sessions*, newest first, so many at a time. A search may take as long for a thousand as for all."""
    listed = sessions.values_list("started_at", "pk")
    found = list(page_of(listed, order=_NEWEST_FIRST, count=FOUND_AT_ONCE))
    while found:
        for start in range(0, len(found), portion):
            yield [pk for _, pk in found[start : start + portion]]
        if len(found) < FOUND_AT_ONCE:
            return
        found = list(page_of(listed, order=_NEWEST_FIRST, position=found[-1], count=FOUND_AT_ONCE))


def _exported(row: Any, *, text: SummaryColumns, reader: Reader) -> ExportedSession:
    state = state_of(facts_of(row))
    duration = row.ended_at - row.started_at if row.ended_at else None
    return ExportedSession(
        label=f"S-{row.number}",
        direction=str(Direction(row.direction).label),
        supporter=reader.names.name_of(row.supporter_id, row.supporter__name or row.supporter__email),
        device=row.device__name or "",
        device_group=row.device__group__name or "",
        customer=row.device__customer or "",
        remote_user=row.remote_user,
        started_at=row.started_at.astimezone(reader.zone),
        ended_at=row.ended_at.astimezone(reader.zone) if row.ended_at else None,
        notes=row.notes,
        ticket=row.ticket,
        state=str(state.word),
        reason=str(state.reason),
        duration_minutes=_minutes(duration),
        billable_minutes=None if duration is None else billable_minutes(duration, reader.rule),
        billing_state=row.billing_state,
        fee=row.fee,
        currency=row.currency,
        text=text,
    )


def _minutes(duration: timedelta | None) -> float | None:
    return None if duration is None else round(duration / MINUTE, 2)


def _texts(rows: list[Any], *, reader: Reader) -> dict[int, SummaryColumns]:
    """{session: its summary's columns}, for the sessions that have a summary; text is read only where it may leave."""
    written = [row for row in rows if row.summary__current_id is not None]
    found, taken = {}, []
    for row in written:
        is_reached, is_released = reader.may_take(row), reader.is_released(row)
        if is_reached and is_released and row.verdict != Verdict.NO:
            taken.append(row)
        else:
            found[row.pk] = left_out(is_reached=is_reached, is_released=is_released)
    return found | _read(taken, reader=reader)


def _read(rows: list[Any], *, reader: Reader) -> dict[int, SummaryColumns]:
    wanted = SummaryRevision.objects.filter(pk__in=[row.summary__current_id for row in rows])
    revisions = {pk: each for pk, *each in wanted.values_list("pk", "content", "engine", "model")}
    summaries = [row.summary__pk for row in rows]
    issue_types, applications = (
        _labels(through, summaries, label)
        for through, label in ((_ISSUE_TYPES, "issuetype"), (_APPLICATIONS, "application"))
    )
    found = {}
    for row in rows:
        # Gone in between: the summary was deleted while the list was on its way.
        if row.summary__current_id not in revisions:
            continue
        content, engine, model = revisions[row.summary__current_id]
        found[row.pk] = text_of(
            content_from_json(content),
            started_at=row.started_at.astimezone(reader.zone),
            labels=(issue_types[row.summary__pk], applications[row.summary__pk]),
            engine=engine,
            model=model,
            review=row.summary__review,
            reviewer=_reviewer(row, reader),
        )
    return found


_ISSUE_TYPES = Summary.issue_types.through
_APPLICATIONS = Summary.applications.through


def _labels(through: Any, summaries: Iterable[int], label: str) -> dict[int, tuple[str, ...]]:
    """{summary: names of its labels, by name}."""
    found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    links = through.objects.filter(summary__in=summaries).order_by(f"{label}__name")
    for summary, name in links.values_list("summary", f"{label}__name"):
        found[summary] += (name,)
    return found


def _reviewer(row: Any, reader: Reader) -> str:
    if row.summary__reviewed_by_id is None or row.summary__review == ReviewState.AI_GENERATED:
        return ""
    name = row.summary__reviewed_by__name or row.summary__reviewed_by__email
    return reader.names.name_of(row.summary__reviewed_by_id, name)


def _keep_views(rows: list[Any], *, seen: set[int], reader: Reader) -> None:
    """That a revealed name went out is kept in the audit log, once for each."""
    people = {row.supporter_id for row in rows} | {row.summary__reviewed_by_id for row in rows}
    for subject_id in sorted(people & reader.names.revealed - seen):
        record_view(company=reader.company, viewer=reader.actor, subject_id=subject_id, at=reader.at)
        seen.add(subject_id)
