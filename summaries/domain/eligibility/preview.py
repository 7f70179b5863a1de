"""Who would be summarised under these settings? Asked of the sessions that took place."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from accounts.models import Company
from policies.domain.conditions import GroupCondition
from policies.domain.eligibility import Decision, decide_recorded
from policies.enums import AccessControl, ConsentAnswer, Reason, Verdict
from summaries.domain.eligibility.decision_facts import (
    Answer,
    CompanySide,
    DeviceSide,
    SupporterSide,
    assemble,
    company_side,
    device_sides,
    supporter_sides,
)
from summaries.enums import SessionStatus
from summaries.models import ConsentEntry, SupportSession


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsDraft:
    """Settings that are not saved yet. None: as stored."""

    ai_active: bool | None = None
    terms_accepted: bool | None = None
    minimum_seconds: int | None = None
    incoming_enabled: bool | None = None
    outgoing_enabled: bool | None = None
    users: GroupCondition | None = None
    devices: GroupCondition | None = None


@dataclass(frozen=True, slots=True)
class PreviewResult:
    """*total* ended sessions of the period, of which *would_be* would be summarised, for *credits* in all.

    *by_reason* counts all of them by the row of the table that decides, most frequent first.
    """

    total: int
    would_be: int
    credits: int
    by_reason: Mapping[Reason, int]


def preview(*, company: Company, at: datetime, days: int = 30, overrides: SettingsDraft | None = None) -> PreviewResult:
    """Decide every session that ended within *days* before *at* by what stands now, with *overrides* in its place.

    At most eight queries and one more for each 5,000 devices, however many sessions; nothing is stored.
    One credit for each session, as always.
    """
    settings = _drafted(company_side(company_id=company.pk), overrides)
    sessions = SupportSession.objects.filter(
        company=company, status=SessionStatus.ENDED, started_at__gt=at - timedelta(days=days), started_at__lte=at
    )
    kinds = _kinds(sessions, minimum_seconds=settings.minimum_seconds)
    devices = device_sides(device_ids={kind[1] for kind in kinds if kind[1]})
    supporters = supporter_sides(company_id=company.pk, user_ids={kind[0] for kind in kinds})
    decided: Counter[Decision] = Counter()
    for (supporter_id, device_id, direction, duration, answer), count in kinds.items():
        facts = assemble(
            company=settings,
            device=devices.get(device_id or 0, DeviceSide()),
            supporter=supporters.get(supporter_id, SupporterSide()),
            answer=answer,
            direction=direction,
            duration_seconds=duration,
        )
        decided[decide_recorded(facts)] += count
    would_be = sum(count for decision, count in decided.items() if decision.verdict == Verdict.YES)
    return PreviewResult(
        total=decided.total(),
        would_be=would_be,
        credits=would_be,
        by_reason={decision.reason: count for decision, count in decided.most_common()},
    )


def _drafted(stored: CompanySide, overrides: SettingsDraft | None) -> CompanySide:
    if overrides is None:
        return stored
    named = {name: getattr(overrides, name) for name in SettingsDraft.__slots__}
    return replace(stored, **{name: value for name, value in named.items() if value is not None})


_Kind = tuple[int, int | None, str, int, Answer]


def _kinds(sessions: QuerySet[Any], *, minimum_seconds: int) -> Counter[_Kind]:
    """How many sessions share everything that the decision depends on. Of a duration, whether it is long enough."""
    answers = _answers(sessions)
    nobody = Answer()
    kinds: Counter[_Kind] = Counter()
    rows = sessions.order_by().values_list("pk", "supporter_id", "device_id", "direction", "started_at", "ended_at")
    for pk, supporter_id, device_id, direction, started_at, ended_at in rows.iterator(chunk_size=5_000):
        duration = min(int((ended_at - started_at).total_seconds()), minimum_seconds)
        kinds[supporter_id, device_id, direction, duration, answers.get(pk, nobody)] += 1
    return kinds


def _answers(sessions: QuerySet[Any]) -> dict[int, Answer]:
    """The latest answer about each session that has one."""
    known = {
        (answer, next_time): Answer(ConsentAnswer(answer), AccessControl(next_time) if next_time else None)
        for answer in ConsentAnswer.values
        for next_time in ("", *AccessControl.values)
    }
    rows = ConsentEntry.objects.filter(session__in=sessions).order_by("pk")
    return {
        session_id: known[answer, next_time]
        for session_id, answer, next_time in rows.values_list("session_id", "answer", "next_time").iterator()
    }
