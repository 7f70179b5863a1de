"""Retention: session logs, summaries and consents of a company each expire on their own clock, in the trash or not.

What lies in the trash for as long as it can be brought back goes then, whatever the clocks say.

A clock counts days of 24 hours from the end of the session. A consent waits until neither log nor summary of it
is kept. What stands under legal hold is not touched. Every deletion is a short transaction that counts itself on the
run's row, so that a run may be cut off anywhere, and two at once count everything once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.domain import audit
from accounts.models import AISettings, Company, User
from accounts.permissions import Permission
from accounts.tenancy import require
from summaries.domain.keeping.forgetting import (
    LEDGER,
    OVER,
    drop_empty,
    forget_consents,
    forget_log,
    forget_summary,
    in_trash,
    permitted_nothing_left,
)
from summaries.domain.keeping.holds import UnderLegalHold, hold_on_session, is_company_held
from summaries.domain.keeping.purging import purge
from summaries.domain.keeping.restoring import NotInTrash
from summaries.domain.keeping.scrubbing import scrub_soon
from summaries.enums import SessionStatus, TrashedKind
from summaries.models import RetentionRun, SupportSession, TrashedRecord

#: Sessions whose ids are read at a time, and whose consents go in one transaction.
BATCH = 200
#: A page counts so far and no further: "10,000+".
COUNTED = 10_000
#: A run that has not finished after so long was cut off.
CUT_OFF_AFTER = timedelta(hours=2)

Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPlan:
    """Of how many sessions something is due now.

    *held*: due, but under legal hold; *waiting*: consents that are due and wait for log or summary to go; *purged*:
    records of the trash. A count above COUNTED was not counted further, unless it was asked for.
    """

    logs: int
    summaries: int
    consents: int
    held: int
    waiting: int
    purged: int = 0

    @property
    def total(self) -> int:
        return self.logs + self.summaries + self.consents + self.purged


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionReport:
    """What one run deleted. *finished_at* is None for a run that is under way, or was cut off."""

    started_at: datetime
    finished_at: datetime | None
    logs: int
    summaries: int
    consents: int
    held: int
    purged: int = 0
    is_complete: bool = True

    @property
    def total(self) -> int:
        return self.logs + self.summaries + self.consents + self.purged


@dataclass(frozen=True, slots=True)
class _Due:
    """Which sessions something is due of, as conditions."""

    logs: Q
    summaries: Q
    consents: Q


_NOTHING = Q(pk__in=[])


def plan(*, company: Company, at: datetime, at_most: int | None = COUNTED) -> RetentionPlan:
    """What apply would delete at this moment. *at_most* bounds each count; None counts them all."""
    due = _due(company=company, at=at)
    all_held = is_company_held(company=company)
    unheld = _sessions(company).none() if all_held else _sessions(company).exclude(hold_on_session())
    trashed = _trash_due(company=company, at=at)
    every = _sessions(company).filter(
        due.logs | due.summaries | due.consents | Q(Exists(trashed.filter(session=OuterRef("pk"))))
    )
    held = every if all_held else every.filter(hold_on_session())
    ready = permitted_nothing_left()
    return RetentionPlan(
        logs=_count(unheld.filter(due.logs), at_most),
        summaries=_count(unheld.filter(due.summaries), at_most),
        consents=_count(unheld.filter(due.consents).filter(ready), at_most),
        held=_count(held, at_most),
        waiting=_count(unheld.filter(due.consents).exclude(ready), at_most),
        purged=_count(trashed.filter(session__in=unheld), at_most),
    )


def _sessions(company: Company) -> QuerySet[SupportSession]:
    return SupportSession.objects.filter(company=company, status__in=OVER)


def _trash_due(*, company: Company, at: datetime) -> QuerySet[TrashedRecord]:
    return TrashedRecord.objects.filter(company=company, purge_at__lte=at)


def _count(found: QuerySet[Any], at_most: int | None) -> int:
    rows = found.order_by().values("pk")
    return rows.count() if at_most is None else rows[: at_most + 1].count()


def _due(*, company: Company, at: datetime) -> _Due:
    settings = AISettings.objects.get(company=company)

    def over(days: int | None) -> Q:
        return Q(ended_at__lte=at - timedelta(days=days)) if days else _NOTHING

    has_consents = [Exists(model._default_manager.filter(session=OuterRef("pk"))) for model in LEDGER]
    return _Due(
        # A log whose deletion was cut off goes on at any time.
        logs=Q(interaction_count__gt=0) & (over(settings.keep_logs_days) | Q(log_deleted_at__isnull=False))
        | Q(in_trash(TrashedKind.LOG)) & over(settings.keep_logs_days),
        summaries=(Q(summary__isnull=False) | Q(in_trash(TrashedKind.SUMMARY))) & over(settings.keep_summaries_days),
        consents=over(settings.keep_consents_days) & (Q(has_consents[0]) | Q(has_consents[1])),
    )


def apply(
    *,
    company: Company,
    at: datetime,
    actor: User | None = None,
    progress: Progress | None = None,
    keep_going: Callable[[], bool] = lambda: True,
) -> RetentionReport:
    """Delete what is due. *progress* hears how many deletions were made; *keep_going* is asked between them.

    Safe to run twice at once and to be killed anywhere: the next run goes on. Raises PermissionMissing.
    """
    if actor is not None:
        require(actor, Permission.MANAGE_COMPANY, company.pk)
    _close_cut_off(company=company, at=at)
    run = RetentionRun.objects.create(company=company, started_at=at, held=plan(company=company, at=at).held)
    is_complete = is_company_held(company=company) or _run(
        run=run, at=at, progress=progress or _unheard, keep_going=keep_going
    )
    _finish(run=run, actor=actor, at=at)
    run.refresh_from_db()
    report = _report(run, is_complete=is_complete)
    if report.total:
        scrub_soon()
    return report


def _unheard(_: int) -> None:
    pass


def _run(*, run: RetentionRun, at: datetime, progress: Progress, keep_going: Callable[[], bool]) -> bool:
    """Go through what is due, one by one; False when it was told to stop."""
    if not _empty_trash(run=run, at=at, progress=progress, keep_going=keep_going):
        return False
    due = _due(company=run.company, at=at)
    steps = (("logs", due.logs, forget_log), ("summaries", due.summaries, forget_summary))
    for noun, condition, forget in steps:
        for ids in _in_batches(_sessions(run.company).filter(condition)):
            for session_id in ids:
                if not keep_going():
                    return False
                try:
                    done = forget(session_id=session_id, at=at, told=partial(_count_on, run, noun))
                except UnderLegalHold:
                    continue
                progress(int(done))
    for ids in _in_batches(_sessions(run.company).filter(due.consents).filter(permitted_nothing_left())):
        if not keep_going():
            return False
        progress(forget_consents(session_ids=ids, reason="retention", told=partial(_count_on, run, "consents")))
    return True


def _empty_trash(*, run: RetentionRun, at: datetime, progress: Progress, keep_going: Callable[[], bool]) -> bool:
    last = 0
    while batch := list(
        _trash_due(company=run.company, at=at).filter(pk__gt=last).select_related("session").order_by("pk")[:BATCH]
    ):
        for trashed in batch:
            if not keep_going():
                return False
            try:
                purge(trashed=trashed, actor=None, at=at, told=partial(_count_on, run, "purged"))
            except (UnderLegalHold, NotInTrash):
                continue
            progress(1)
        last = batch[-1].pk
    # The rows of reports that went for good, where a process died before it could take them.
    for ids in _in_batches(SupportSession.objects.filter(company=run.company, status=SessionStatus.DELETED)):
        with transaction.atomic():
            drop_empty(session_ids=ids)
    return True


def _in_batches(sessions: QuerySet[SupportSession]) -> Iterator[list[int]]:
    """Ids by keyset, so that what stays (a hold was placed meanwhile) is not met twice."""
    last = 0
    while ids := list(sessions.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield ids
        last = ids[-1]


def _count_on(run: RetentionRun, noun: str, count: int = 1) -> None:
    RetentionRun.objects.filter(pk=run.pk).update(**{noun: F(noun) + count})


@transaction.atomic
def _finish(*, run: RetentionRun, actor: User | None, at: datetime, is_cut_off: bool = False) -> None:
    """Close the run's row and tell the audit log what was deleted; a run that deleted nothing is not told."""
    if not RetentionRun.objects.filter(pk=run.pk, finished_at=None).update(finished_at=at):
        return
    run.refresh_from_db()
    details: dict[str, object] = {"logs": run.logs, "summaries": run.summaries, "consents": run.consents}
    if run.purged:
        details["purged"] = run.purged
    if not any(details.values()):
        return
    if is_cut_off:
        details["cut_off"] = True
    audit.record(company=run.company, actor=actor, action="retention.applied", at=at, target=run, details=details)


def _close_cut_off(*, company: Company, at: datetime) -> None:
    stale = RetentionRun.objects.filter(company=company, finished_at=None, started_at__lt=at - CUT_OFF_AFTER)
    for run in stale.select_related("company"):
        _finish(run=run, actor=None, at=at, is_cut_off=True)


def last_report(*, company: Company) -> RetentionReport | None:
    """What the last run did; None before the first."""
    run = RetentionRun.objects.filter(company=company).first()
    return _report(run) if run else None


def _report(run: RetentionRun, *, is_complete: bool = True) -> RetentionReport:
    return RetentionReport(
        started_at=run.started_at,
        finished_at=run.finished_at,
        logs=run.logs,
        summaries=run.summaries,
        consents=run.consents,
        held=run.held,
        purged=run.purged,
        is_complete=is_complete,
    )


def companies(*, slug: str = "") -> QuerySet[Company]:
    """Those whose retention is applied: all, or the one of that short name."""
    return Company.objects.filter(slug=slug) if slug else Company.objects.order_by("pk")


def apply_to(*, company_id: int, at: datetime, keep_going: Callable[[], bool]) -> RetentionReport:
    return apply(company=Company.objects.get(pk=company_id), at=at, keep_going=keep_going)
