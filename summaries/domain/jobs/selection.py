"""Which sessions a job is asked for, what it will do to them, and why it can't to the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from accounts.models import Company, User
from summaries.domain.jobs.kinds import Fact, JobKind, Refusal
from summaries.domain.reading import queries
from summaries.domain.reading.filters import SessionFilters, Window, narrow
from summaries.enums import SessionList
from summaries.models import SupportSession

if TYPE_CHECKING:
    from summaries.domain.jobs.kinds import Words

#: Sessions that one job takes; more are narrowed down first.
MOST_SESSIONS = 100_000
#: Sessions that can be picked one by one.
MOST_CHOSEN = 500


@dataclass(frozen=True, slots=True)
class Selection:
    """What was meant on a list: the sessions with *numbers*, or without any all that its filter matches."""

    list_name: SessionList
    filters: SessionFilters
    window: Window
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a job would do now. *left_out*: (how many, why), in the order in which the reasons are looked at."""

    count: int
    left_out: tuple[tuple[int, "Words"], ...]
    facts: tuple[Fact, ...]

    @property
    def left_out_count(self) -> int:
        return sum(count for count, _ in self.left_out)


def sessions_of(*, selection: Selection, company: Company, member: User) -> QuerySet[SupportSession]:
    """The sessions as the list shows them to *member*; numbers of sessions that it does not show count for nothing."""
    if selection.list_name == SessionList.HOME:
        sessions = queries.summarised_of(company=company, viewer=member)
    else:
        sessions = queries.reports_of(company=company, viewer=member, filters=selection.filters)
    if selection.numbers:
        return sessions.filter(number__in=selection.numbers[:MOST_CHOSEN])
    return narrow(
        sessions, filters=selection.filters, viewer_id=member.pk, window=selection.window, company_id=company.pk
    )


def plan(*, kind: JobKind, selection: Selection, company: Company, member: User, at: datetime) -> Plan:
    """What the job would do, counted in the database."""
    sessions = sessions_of(selection=selection, company=company, member=member)
    refusals = kind.refusals(company=company, member=member)
    count, left_out = count_up(sessions, refusals=refusals)
    willing = able(sessions, refusals=refusals)
    facts = kind.facts(company=company, sessions=willing, at=at) if count else ()
    return Plan(count, left_out, tuple(facts))


def count_up(
    sessions: QuerySet[SupportSession], *, refusals: Sequence[Refusal]
) -> tuple[int, tuple[tuple[int, "Words"], ...]]:
    """(how many can, ((how many can't, why), …)); the first refusal that fits counts. One query."""
    why = sessions.order_by().annotate(why=_why(refusals)).values_list("why")
    counts = dict(why.annotate(count=Count("pk", distinct=True)))
    left_out = ((counts[place], refusal.why) for place, refusal in enumerate(refusals) if place in counts)
    return counts.get(None, 0), tuple(left_out)


def able(sessions: QuerySet[SupportSession], *, refusals: Sequence[Refusal]) -> QuerySet[SupportSession]:
    """Those of *sessions* that no refusal fits."""
    return sessions.annotate(why=_why(refusals)).filter(why=None)


def _why(refusals: Sequence[Refusal]) -> Case:
    """The place of the first refusal that fits a session; null: none does."""
    fits = [When(refusal.condition, then=Value(place)) for place, refusal in enumerate(refusals)]
    return Case(*fits, default=Value(None), output_field=IntegerField())
