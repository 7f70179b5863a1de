"""Whatever is done to sessions, in whatever order: the sums are the raw counts."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summaries.domain.rollups import counting
from summaries.domain.rollups.contributions import Amounts, contributions_of
from summaries.domain.rollups.counting import add_to, count_changes
from summaries.domain.rollups.days import Days
from summaries.domain.rollups.navigation import to_do
from summaries.domain.rollups.sums import Wish, read_sums
from summaries.domain.rollups.verification import verify
from summaries.enums import Outcome, ReviewState, SessionStatus, SummaryState
from summaries.models import Application, IssueType, SessionChange, Summary, SupportSession
from summaries.models.rollups import Facet
from tests.summaries.session_rows import add_session, add_summary

pytestmark = pytest.mark.django_db
FACETS = tuple(Facet)
START = datetime(2026, 1, 31, 22, 30, tzinfo=UTC)


def by_hand(company, days):
    """{key: amounts} of the sessions within *days*, from their rows."""
    sums = {}
    from collections import defaultdict

    sums = defaultdict(Amounts)
    ids = list(SupportSession.objects.filter(company=company).values_list("pk", flat=True))
    found = contributions_of(company_id=company.pk, session_ids=ids, zone=ZoneInfo(company.time_zone))
    for contribution in found.values():
        if days.holds(contribution.day):
            add_to(sums, contribution)
    totals = defaultdict(Amounts)
    for (_, key), amounts in sums.items():
        totals[key] = totals[key].plus(amounts)
    return dict(totals)


def as_read(company, days):
    answers = read_sums(company=company, wishes=[Wish("all", FACETS, days)])
    return {place.key: amounts for place, amounts in answers.items()}


SPANS = (
    Days(),
    Days(START.date(), START.date()),
    Days((START - timedelta(days=3)).date(), (START + timedelta(days=70)).date()),
    Days(None, (START + timedelta(days=40)).date()),
    Days((START + timedelta(days=1)).date(), None),
)


class Company:
    """What people and machines do to sessions, each by a number that chooses the session."""

    def __init__(self, cast):
        self.cast, self.count = cast, 0

    def pick(self, number):
        return SupportSession.objects.filter(company=self.cast.northwind).order_by("pk")[number % self.count :].first()

    def open(self, number):
        self.count += 1
        started_at = START + timedelta(hours=number * 7)
        by = (self.cast.bob, self.cast.alice)[number % 2]
        add_session(self.cast.northwind, by, self.count, started_at=started_at, ended_at=None)

    def end(self, number):
        session = self.pick(number)
        ended_at = session.started_at + timedelta(seconds=number * 37)
        SupportSession.objects.filter(pk=session.pk).update(status=SessionStatus.ENDED, ended_at=ended_at)

    def summarise(self, number):
        session = self.pick(number)
        if not Summary.objects.filter(session=session).exists():
            add_summary(session, issue_types=("Printer",), applications=("Word", "Edge")[: number % 3])

    def relabel(self, number):
        for summary in Summary.objects.filter(session=self.pick(number)):
            types = IssueType.objects.filter(company=summary.company).order_by("pk")
            applications = Application.objects.filter(company=summary.company).order_by("pk")
            summary.issue_types.set(types[number % 3 : number % 4])
            summary.applications.set(applications[number % 2 : number % 5])

    def review(self, number):
        review = ReviewState.values[number % 3]
        Summary.objects.filter(session=self.pick(number)).update(review=review, outcome=Outcome.values[number % 4])

    def fail(self, number):
        Summary.objects.filter(session=self.pick(number)).update(state=SummaryState.FAILED, current=None)

    def hide(self, number):
        status = (SessionStatus.DELETED, SessionStatus.IMPORTING)[number % 2]
        SupportSession.objects.filter(pk=self.pick(number).pk).update(status=status)

    def show(self, number):
        SupportSession.objects.filter(pk=self.pick(number).pk).update(status=SessionStatus.ENDED)

    def delete_summary(self, number):
        Summary.objects.filter(session=self.pick(number)).update(current=None, state=SummaryState.QUEUED)
        Summary.objects.filter(session=self.pick(number)).delete()

    def delete_label(self, number):
        labels = (IssueType, Application)[number % 2].objects.filter(company=self.cast.northwind).order_by("pk")
        label = labels[number % max(labels.count(), 1) :].first()
        if label:
            label.delete()

    def move(self, number):
        started_at = START + timedelta(hours=number * 5)
        SupportSession.objects.filter(pk=self.pick(number).pk).update(started_at=started_at, ended_at=None)

    def count_now(self, number):
        count_changes(company_id=self.cast.northwind.pk)


DEEDS = [name for name in vars(Company) if not name.startswith("_") and name != "pick"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 400)), min_size=1, max_size=25))
def test_sums_are_the_raw_counts_whatever_happens(cast, deeds):
    from django.db import transaction

    with transaction.atomic():
        company = Company(cast)
        company.open(len(deeds))
        for name, number in deeds:
            getattr(company, name)(number)
        before = [as_read(cast.northwind, days) for days in SPANS]
        counting.keep_up(keep_going=lambda: True)
        after = [as_read(cast.northwind, days) for days in SPANS]
        expected = [by_hand(cast.northwind, days) for days in SPANS]
        assert before == expected
        assert after == expected
        assert not SessionChange.objects.exists()
        assert [finding for finding in verify(company=cast.northwind) if not finding.is_right] == []
        todo = expected[0].get((Facet.SUMMARIES, 0, 0), Amounts())
        assert to_do(company=cast.northwind) == (todo.to_review, todo.failed)
        transaction.set_rollback(True)
