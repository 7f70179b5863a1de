"""A backlog of Northwind whose engine is on loopback, and what is seen of it."""

from datetime import timedelta
from uuid import uuid4

from credits.domain.balance import monthly_balance
from credits.domain.reservations import reserve
from summaries.domain.backlog.orders import order_backlog
from summaries.domain.backlog.work import due, work
from summaries.domain.reading.filters import SessionFilters
from summaries.models import Backlog, BacklogItem, Interaction, ProviderBatch, Summary, SummaryRevision
from tests.summaries.session_rows import add_session

ALL = SessionFilters(period="all")
MINUTE = timedelta(minutes=1)
#: After the lease of a run that was killed, and after a batch that is not there is believed to be not there.
LATER = timedelta(hours=25)


def add_unsummarised(company, supporter, *numbers, text="df -h"):
    """Sessions of one interaction each, the lowest number the oldest."""
    found = []
    for number in numbers:
        session = add_session(company, supporter, number, hours_ago=1000 - number)
        Interaction.objects.filter(session=session).delete()
        Interaction.objects.create(
            company=company, session=session, number=1, offset_ms=0, kind="COMMAND", text=f"{text} {number}"
        )
        found.append(session)
    return found


def leave_credits(company, left, *, at):
    """Use up the company's credits but for *left*."""
    for _ in range(monthly_balance(company=company, at=at).available - left):
        reserve(company=company, session_id=uuid4(), at=at)


def order(company, actor, at, **changed):
    return order_backlog(company=company, actor=actor, filters=ALL, at=at, **changed)


def work_at(backlog, at, *, times=1_000_000):
    """One run at *at*. *times*: how often it is told to go on."""
    left = iter(range(times))
    work(backlog_id=backlog.pk, clock=lambda: at, keep_going=lambda: next(left, None) is not None)


def work_until_done(backlog, at, *, step=MINUTE, most=200):
    """A run each minute, as the schedule has it, until nothing is due. Returns the moment of the last run."""
    for _ in range(most):
        work_at(backlog, at)
        if backlog.pk not in due(at=at + LATER * 4):
            return at
        at += step
    raise AssertionError(f"not done: {counts(backlog)} {Backlog.objects.get(pk=backlog.pk).reason}")


def counts(backlog):
    """{state of an item: number}."""
    states = list(BacklogItem.objects.filter(backlog=backlog).values_list("state", flat=True))
    return {state: states.count(state) for state in sorted(set(states))}


def reasons(backlog):
    return list(BacklogItem.objects.filter(backlog=backlog).order_by("pk").values_list("state", "reason"))


def batch_states(backlog):
    return list(ProviderBatch.objects.filter(backlog=backlog).order_by("pk").values_list("state", flat=True))


def shown(backlog):
    return Backlog.objects.values_list("state", "reason").get(pk=backlog.pk)


def summary_states(company):
    rows = Summary.objects.filter(company=company).order_by("session__number")
    return list(rows.values_list("state", "engine"))


def revisions(company):
    """How many revisions each session has, by number."""
    return [
        SummaryRevision.objects.filter(summary=summary).count()
        for summary in Summary.objects.filter(company=company).order_by("session__number")
    ]
