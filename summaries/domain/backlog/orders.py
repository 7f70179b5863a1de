"""The order of a backlog: which sessions it takes, what they will cost, and who may give it, pause it and end it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.enums import EngineName, SummaryLanguage
from accounts.models import AISettings, Company, User
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing, require
from credits.domain.balance import figure_of
from credits.enums import ReservationState
from credits.models import Reservation
from insights_portal.lib.numbers import grouped
from insights_portal.queueing import enqueue_on_commit
from policies.enums import Verdict
from summaries.domain.backlog.holding import cancelled
from summaries.domain.generation.requests import UNWRITTEN
from summaries.domain.reading.filters import SessionFilters, narrow, window_of
from summaries.enums import BacklogItemState, BacklogState, BacklogWay, SessionStatus
from summaries.models import Backlog, BacklogItem, SupportSession
from summaries.models.backlog import OPEN

TASK = "summaries.tasks.work_at_backlog"
#: Rows that are written with one statement.
ROWS_AT_ONCE = 1_000


class UnableToOrder(Exception):
    """The backlog was not ordered; the sentence says why, and what to do."""


class UnableToChange(Exception):
    """The backlog is no longer in a state in which that can be done."""


@dataclass(frozen=True, slots=True)
class BacklogPreview:
    """*sessions* without a summary, which take so many *credits* of those that are *available*; None: nothing runs out
    (meter-only mode). *most*: how many one backlog takes.
    """

    sessions: int
    credits: int
    available: int | None
    most: int

    @property
    def is_short(self) -> bool:
        return self.available is not None and self.credits > self.available


def sessions_without_summary(
    *, company: Company, actor: User | None, filters: SessionFilters, at: datetime
) -> QuerySet[SupportSession]:
    """What a backlog of *actor* takes: ended sessions that may be summarised, whose log is there, and of which nothing
    was written. A summary that was deleted is not made again. *actor* None: the operator.
    """
    sessions = (
        SupportSession.objects.of_company(company)
        if actor is None
        else SupportSession.objects.reached_with(actor, Permission.GENERATE_SUMMARIES, company)
    )
    window = window_of(filters, at=at, zone=ZoneInfo(company.time_zone))
    viewer_id = actor.pk if actor else 0
    found = narrow(sessions, filters=filters, company_id=company.pk, viewer_id=viewer_id, window=window)
    return found.filter(
        Q(summary__isnull=True) | Q(summary__state__in=UNWRITTEN),
        status=SessionStatus.ENDED,
        verdict=Verdict.YES,
        log_deleted_at=None,
        summary_deleted_at=None,
    )


def preview_backlog(*, company: Company, actor: User | None, filters: SessionFilters, at: datetime) -> BacklogPreview:
    """What ordering it now would take. Two queries."""
    sessions = sessions_without_summary(company=company, actor=actor, filters=filters, at=at)
    paid = Reservation.objects.filter(
        company=company,
        session_id=OuterRef("public_id"),
        state__in=(ReservationState.CHARGED, ReservationState.RESERVED),
    )
    balance, meter_only = figure_of(company=company, at=at)
    counts = sessions.aggregate(sessions=Count("pk"), credits=Count("pk", filter=~Exists(paid)))
    return BacklogPreview(
        **counts,
        available=None if meter_only else balance.available,
        most=settings.BACKLOG_MAX_SESSIONS,
    )


@transaction.atomic
def order_backlog(
    *,
    company: Company,
    actor: User | None,
    filters: SessionFilters,
    at: datetime,
    language: SummaryLanguage | None = None,
) -> Backlog:
    """Order summaries of every session that *filters* find now, the oldest first; no credit is taken yet.

    Raises PermissionMissing, UnableToOrder.
    """
    if actor is not None:
        require(actor, Permission.GENERATE_SUMMARIES, company.pk)
    chosen = AISettings.objects.get(company=company)
    if not chosen.is_active:
        raise UnableToOrder(_("AI features are off. An administrator activates them in AI settings first."))
    ids = _ids(company=company, actor=actor, filters=filters, at=at)
    backlog = Backlog(
        company=company,
        ordered_by=actor,
        ordered_at=at,
        query=filters.query()[:1000],
        engine=chosen.engine,
        language=language or chosen.language,
        way=BacklogWay.BATCHES if chosen.engine == EngineName.CLAUDE else BacklogWay.ONE_BY_ONE,
        total=len(ids),
    )
    _save_as_only(backlog)
    items = [BacklogItem(company=company, backlog=backlog, session_id=pk) for pk in ids]
    BacklogItem.objects.bulk_create(items, batch_size=ROWS_AT_ONCE)
    details = {"sessions": backlog.total, "engine": str(backlog.engine), "language": str(backlog.language)}
    audit.record(company=company, actor=actor, action="backlog.ordered", at=at, target=backlog, details=details)
    enqueue_on_commit(TASK, backlog_id=backlog.pk)
    return backlog


def _ids(*, company: Company, actor: User | None, filters: SessionFilters, at: datetime) -> list[int]:
    most: int = settings.BACKLOG_MAX_SESSIONS
    sessions = sessions_without_summary(company=company, actor=actor, filters=filters, at=at)
    ids = list(sessions.order_by("started_at", "pk").values_list("pk", flat=True)[: most + 1])
    if not ids:
        raise UnableToOrder(_("No session of this choice lacks a summary that can be made. Choose another period."))
    if len(ids) > most:
        sentence = _("One backlog takes up to %(most)s sessions. Choose a shorter period.")
        raise UnableToOrder(sentence % {"most": grouped(most)})
    return ids


def _save_as_only(backlog: Backlog) -> None:
    """One open backlog of a member at a time: an order that is sent twice is one."""
    try:
        with transaction.atomic():
            backlog.save()
    except IntegrityError:
        raise UnableToOrder(
            _("A backlog of yours is not finished yet. Wait for it, or cancel it, before you order another.")
        ) from None


@transaction.atomic
def pause_backlog(*, backlog: Backlog, actor: User | None, at: datetime) -> None:
    """Send nothing more. What was sent comes back and is stored. Raises PermissionMissing, UnableToChange."""
    _check_may_change(backlog, actor)
    running = Backlog.objects.filter(pk=backlog.pk, state=BacklogState.RUNNING)
    if not running.update(state=BacklogState.PAUSED, reason="", next_at=None):
        raise UnableToChange(_("This backlog is not running, so that there is nothing to pause."))
    audit.record(company=backlog.company, actor=actor, action="backlog.paused", at=at, target=backlog)


@transaction.atomic
def resume_backlog(*, backlog: Backlog, actor: User | None, at: datetime) -> None:
    """Go on sending. Raises PermissionMissing, UnableToChange."""
    _check_may_change(backlog, actor)
    paused = Backlog.objects.filter(pk=backlog.pk, state=BacklogState.PAUSED)
    if not paused.update(state=BacklogState.RUNNING, reason="", next_at=None, failures=0):
        raise UnableToChange(_("This backlog is not paused, so that there is nothing to resume."))
    audit.record(company=backlog.company, actor=actor, action="backlog.resumed", at=at, target=backlog)
    enqueue_on_commit(TASK, backlog_id=backlog.pk)


@transaction.atomic
def cancel_backlog(*, backlog: Backlog, actor: User | None, at: datetime) -> None:
    """End it: what waits is left out, what is at the provider is called off, what was written stays.

    Raises PermissionMissing, UnableToChange.
    """
    _check_may_change(backlog, actor)
    still_open = Backlog.objects.filter(pk=backlog.pk, state__in=OPEN)
    if not still_open.update(state=BacklogState.CANCELLED, reason="", next_at=None, ended_at=at):
        raise UnableToChange(_("This backlog has ended already."))
    waiting = BacklogItem.objects.filter(backlog=backlog, state=BacklogItemState.WAITING)
    left_out = waiting.update(state=BacklogItemState.SKIPPED, reason=cancelled())
    audit.record(
        company=backlog.company,
        actor=actor,
        action="backlog.cancelled",
        at=at,
        target=backlog,
        details={"left_out": left_out},
    )
    enqueue_on_commit(TASK, backlog_id=backlog.pk)


def _check_may_change(backlog: Backlog, actor: User | None) -> None:
    if actor is not None and not Backlog.objects.visible_in(actor, backlog.company).filter(pk=backlog.pk).exists():
        raise PermissionMissing(_("This is another member's backlog. Ask them, or an administrator."))
