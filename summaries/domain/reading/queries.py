"""What the pages read: lists by keyset, one session with its summary, the navigation's figures."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import Company, Membership, User
from accounts.permissions import Permission
from accounts.tenancy import access_or_404
from summaries.content import SessionFacts, SummaryContent, content_from_json, facts_from_json
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.reading.insights import FAILED, TO_REVIEW
from summaries.domain.reading.reach import reaches_all
from summaries.domain.reading.states import StateView, state_of
from summaries.domain.rollups.navigation import to_do
from summaries.models import (
    ConsentEntry,
    Summary,
    SummaryRevision,
    SupportSession,
)

PAGE_ROWS = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_KEY_CHARS = 40
#: What the rows of a list show; the rest of a session may be long.
LISTED = (
    "company_id",
    "number",
    "status",
    "direction",
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
    "supporter__name",
    "supporter__email",
    "device__name",
    "device__group_id",
    "summary__company_id",
    "summary__state",
    "summary__review",
    "summary__failure",
    "summary__title",
)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list and the keys of its neighbours; an empty key: there is no such page."""

    rows: list[Any]
    newer: str = ""
    older: str = ""


@dataclass(frozen=True, slots=True)
class SummaryText:
    """One revision, read back."""

    revision: SummaryRevision
    content: SummaryContent
    facts: SessionFacts


@dataclass(frozen=True, slots=True)
class NavigationFigures:
    to_review: int
    failed: int


def sessions_of(*, company: Company, viewer: User) -> QuerySet[SupportSession]:
    """Every session of *company* that *viewer* may see."""
    return SupportSession.objects.visible_in(viewer, company)


def summarised_of(*, company: Company, viewer: User) -> QuerySet[SupportSession]:
    """The sessions of *company* whose summary *viewer* may read, as it stands: written, on its way or failed."""
    readable = SupportSession.objects.reached_with(viewer, Permission.VIEW_SUMMARIES, company)
    return readable.filter(summary__isnull=False)


def reports_of(*, company: Company, viewer: User, filters: SessionFilters) -> QuerySet[SupportSession]:
    """The sessions that *viewer* sees, before *filters* narrow them.

    A filter that asks of the summaries' texts is answered from those that *viewer* may read, so that no word can be
    guessed by what is found. Search is such a filter: one index holds the words of report and summary together.
    """
    if filters.asks_of_summaries():
        return SupportSession.objects.reached_with(viewer, Permission.VIEW_SUMMARIES, company)
    return sessions_of(company=company, viewer=viewer)


def session_page(sessions: QuerySet[SupportSession], *, before: str = "", after: str = "") -> Page:
    """One page of *sessions*, newest first: those older than the key *before*, or newer than *after*.

    A malformed key counts as none.
    """
    rows = sessions.select_related("supporter", "device", "summary").prefetch_related("summary__applications")
    rows = rows.only(*LISTED)
    older_than, newer_than = _read_key(before), _read_key(after)
    if newer_than:
        moment, pk = newer_than
        found = list(
            rows.filter(Q(started_at__gt=moment) | Q(started_at=moment, pk__gt=pk)).order_by("started_at", "pk")[
                : PAGE_ROWS + 1
            ]
        )
        page = found[:PAGE_ROWS][::-1]
        return Page(page, *_keys(page, has_newer=len(found) > PAGE_ROWS, has_older=True))
    if older_than:
        moment, pk = older_than
        rows = rows.filter(Q(started_at__lt=moment) | Q(started_at=moment, pk__lt=pk))
    found = list(rows.order_by("-started_at", "-pk")[: PAGE_ROWS + 1])
    page = found[:PAGE_ROWS]
    return Page(page, *_keys(page, has_newer=older_than is not None, has_older=len(found) > PAGE_ROWS))


def _keys(page: list[SupportSession], *, has_newer: bool, has_older: bool) -> tuple[str, str]:
    if not page:
        return "", ""
    return key_of(page[0]) if has_newer else "", key_of(page[-1]) if has_older else ""


def key_of(session: SupportSession) -> str:
    """The place of a session in the list: microseconds since 1970 and id, in hexadecimal."""
    return f"{(session.started_at - _EPOCH) // timedelta(microseconds=1):x}-{session.pk:x}"


def _read_key(key: str) -> tuple[datetime, int] | None:
    moment, _, pk = key[:_MAX_KEY_CHARS].partition("-")
    try:
        return _EPOCH + timedelta(microseconds=int(moment, 16)), int(pk[:15], 16)
    except (ValueError, OverflowError):
        return None


def session_numbered(*, company: Company, viewer: User, number: int) -> SupportSession:
    """The session S-*number*, with what its page shows. Raises Http404."""
    sessions = sessions_of(company=company, viewer=viewer).select_related(
        "company", "supporter", "device", "summary__current__author", "summary__reviewed_by"
    )
    return access_or_404(sessions, number=number)


def summary_of(session: SupportSession) -> Summary | None:
    """The session's summary as selected with it; None when none was asked for."""
    return getattr(session, "summary", None)


def state_of_session(session: SupportSession) -> StateView:
    summary = summary_of(session)
    return state_of(
        status=session.status,
        verdict=session.verdict,
        reason=session.reason,
        summary_state=summary.state if summary else None,
        review=summary.review if summary else "",
        failure=summary.failure if summary else "",
        log_is_deleted=session.log_deleted_at is not None,
        summary_is_deleted=session.summary_deleted_at is not None,
        has_log=session.interaction_count > 0,
    )


def text_of(revision: SummaryRevision) -> SummaryText:
    return SummaryText(revision, content_from_json(revision.content), facts_from_json(revision.facts))


def revisions_of(*, session: SupportSession, viewer: User) -> list[SummaryRevision]:
    """Every text of the session's summary, newest first."""
    revisions = SummaryRevision.objects.visible_to(viewer).filter(summary__session=session)
    return list(
        revisions.select_related("author", "based_on").defer("based_on__content", "based_on__facts").order_by("-number")
    )


def consents_of(*, session: SupportSession, viewer: User) -> list[ConsentEntry]:
    return list(ConsentEntry.objects.visible_to(viewer).filter(session=session).select_related("stated_by"))


def navigation_figures(*, company: Company, viewer: User) -> NavigationFigures:
    """How many summaries wait to be reviewed and how many failed, of those that *viewer* may read, in one query.

    Of a whole company the sums know it, wherever they are complete.
    """
    if reaches_all(user=viewer, company_id=company.pk, permission=Permission.VIEW_SUMMARIES):
        known = to_do(company=company)
        if known is not None:
            return NavigationFigures(*known)
    sessions = summarised_of(company=company, viewer=viewer).order_by()
    row = sessions.aggregate(to_review=Count("pk", filter=TO_REVIEW), failed=Count("pk", filter=FAILED))
    return NavigationFigures(**row)


def members_of(*, company: Company) -> QuerySet[User]:
    """The active members, by name."""
    memberships = Membership.objects.filter(company=company, is_active=True)
    return User.objects.filter(pk__in=memberships.values("user")).order_by("name", "pk")
