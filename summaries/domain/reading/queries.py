"""What the pages read: lists by keyset, one session with its summary, the navigation's figures."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import Company, Membership, User
from accounts.permissions import Permission
from accounts.tenancy import access_or_404
from summaries.content import SessionFacts, SummaryContent, content_from_json, facts_from_json
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.reading.insights import FAILED, TO_REVIEW
from summaries.domain.reading.listing import Found, count_found
from summaries.domain.reading.reach import reaches_all
from summaries.domain.reading.states import StateFacts, StateView, state_of
from summaries.domain.rollups.navigation import to_do
from summaries.models import (
    ConsentEntry,
    Summary,
    SummaryRevision,
    SupportSession,
)

#: The navigation tells "99+" of more than these.
MOST_TOLD = 99


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
    to_review: Found
    failed: Found


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
    facts = StateFacts(
        status=session.status,
        verdict=session.verdict,
        reason=session.reason,
        summary_state=summary.state if summary else None,
        review=summary.review if summary else None,
        failure=summary.failure if summary else None,
        log_is_deleted=session.log_deleted_at is not None,
        summary_is_deleted=session.summary_deleted_at is not None,
        has_log=session.interaction_count > 0,
    )
    return state_of(facts)


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
    """How many summaries wait to be reviewed and how many failed, of those that *viewer* may read.

    Of a whole company the sums know it in one query, wherever they are complete. Of a part of it they are counted on
    every page, so to MOST_TOLD only: two queries.
    """
    if reaches_all(user=viewer, company_id=company.pk, permission=Permission.VIEW_SUMMARIES):
        known = to_do(company=company)
        if known is not None:
            return NavigationFigures(Found(known.to_review), Found(known.failed))
    # The summaries' company leads to the few that are in a state among the many of a company.
    sessions = summarised_of(company=company, viewer=viewer).filter(summary__company=company)
    return NavigationFigures(*(count_found(sessions.filter(state), most=MOST_TOLD) for state in (TO_REVIEW, FAILED)))


def members_of(*, company: Company) -> QuerySet[User]:
    """The active members, by name."""
    memberships = Membership.objects.filter(company=company, is_active=True)
    return User.objects.filter(pk__in=memberships.values("user")).order_by("name", "pk")
