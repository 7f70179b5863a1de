"""The ledger against a model of a few lines: in whatever order things happen, both agree and nothing is below zero."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.domain.companies import create_company
from credits.domain.balance import monthly_balance
from credits.domain.grants import UnableToGrantCredits, adjust, expire, grant_months, grant_purchased
from credits.domain.reservations import InsufficientCredits, release, reserve, settle
from credits.domain.verification import discrepancies
from credits.models import Entry, Grant, Reservation

START = datetime(2026, 1, 15, 12, tzinfo=UTC)
SESSIONS = st.integers(0, 9).map(lambda number: UUID(int=number))


class LedgerAgainstModel(RuleBasedStateMachine):
    """The model: a list of [ends_at, credits left] and what each session drew from."""

    @initialize()
    def begin(self):
        self.now = START
        self.company = create_company(name="Fabrikam", slug=f"fabrikam-{Grant.objects.count()}-{id(self)}", at=START)
        self.grants: list[list] = []
        self.drawn: dict[UUID, list] = {}
        self.charged: set[UUID] = set()
        self.months: set[tuple[int, int]] = set()

    def _give_month(self):
        month = (self.now.year, self.now.month)
        if month not in self.months:
            self.months.add(month)
            following = datetime(month[0] + month[1] // 12, month[1] % 12 + 1, 1, tzinfo=UTC)
            self.grants.append([following, 5])

    def _open(self):
        return sorted((grant for grant in self.grants if grant[0] > self.now and grant[1]), key=lambda grant: grant[0])

    @rule(session=SESSIONS)
    def reserve(self, session):
        stands = session in self.drawn or session in self.charged
        if not stands:
            self._give_month()
        grants = self._open()
        try:
            reserve(company=self.company, session_id=session, at=self.now)
        except InsufficientCredits:
            assert not stands and not grants
        else:
            assert stands or grants
            if not stands:
                grants[0][1] -= 1
                self.drawn[session] = grants[0]

    @rule(session=SESSIONS)
    def settle(self, session):
        assert settle(company=self.company, session_id=session, at=self.now) is (session in self.drawn)
        if self.drawn.pop(session, None) is not None:
            self.charged.add(session)

    @rule(session=SESSIONS)
    def release(self, session):
        assert release(company=self.company, session_id=session, at=self.now) is (session in self.drawn)
        grant = self.drawn.pop(session, None)
        if grant is not None and grant[0] > self.now:
            grant[1] += 1

    @rule(credits=st.integers(1, 3))
    def purchase(self, credits):
        grant_purchased(company=self.company, credits=credits, at=self.now)
        self.grants.append([self.now.replace(year=self.now.year + 1), credits])

    @rule(amount=st.integers(-4, 2).filter(bool))
    def adjust(self, amount):
        if amount > 0:
            adjust(company=self.company, amount=amount, reason="Test", at=self.now)
            self.grants.append([self.now.replace(year=self.now.year + 1), amount])
            return
        try:
            adjust(company=self.company, amount=amount, reason="Test", at=self.now)
        except UnableToGrantCredits:
            assert sum(grant[1] for grant in self._open()) < -amount
            return
        for grant in self._open():
            taken = min(grant[1], -amount)
            grant[1] -= taken
            amount += taken
        assert amount == 0

    @rule()
    def run_jobs(self):
        expire(at=self.now)
        grant_months(at=self.now)
        self._give_month()

    @precondition(lambda self: self.now.year < 2028)
    @rule(days=st.sampled_from([1, 17, 30, 200]))
    def time_passes(self, days):
        self.now += timedelta(days=days)

    @invariant()
    def ledger_agrees_with_the_model(self):
        if not hasattr(self, "company"):
            return
        assert list(discrepancies()) == []
        month = (self.now.year, self.now.month)
        promised = 0 if month in self.months else 5
        available = sum(grant[1] for grant in self._open()) + promised
        assert monthly_balance(company=self.company, at=self.now).available == available
        states = Reservation.objects.filter(company=self.company).values_list("session_id", "state")
        assert {session for session, state in states if state == "RESERVED"} == set(self.drawn)
        assert {session for session, state in states if state == "CHARGED"} == self.charged
        charges = Entry.objects.filter(company=self.company, kind="CHARGE")
        assert charges.count() == len(self.charged)


@pytest.mark.django_db
def test_the_ledger_agrees_with_the_model():
    run_state_machine_as_test(
        LedgerAgainstModel,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
