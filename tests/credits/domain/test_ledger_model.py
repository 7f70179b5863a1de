"""The ledger against a model of a few lines: in whatever order things happen, both agree and nothing is below zero."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.domain.companies import create_company
from accounts.models import AISettings, Company
from credits.domain.balance import monthly_balance
from credits.domain.grants import UnableToGrantCredits, adjust, expire, grant_months, grant_purchased
from credits.domain.reservations import InsufficientCredits, release, reserve, settle
from credits.domain.verification import discrepancies
from credits.models import Entry, Grant, Reservation

STARTS = [datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2028, 2, 29, 23, 30, tzinfo=UTC)]
EARLIEST, LATEST = datetime(2025, 6, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
SESSIONS = st.integers(0, 9).map(lambda number: UUID(int=number))
PLANS = {"BUSINESS": 5, "PREMIUM": 10, "TENSOR": 50}
#: A day ahead of each other, and one in whose November midnight comes twice.
ZONES = ["UTC", "Pacific/Kiritimati", "Pacific/Niue", "America/Havana"]


@dataclass
class Given:
    """Credits of the model: what of them is left from *start* until *end*."""

    start: datetime
    end: datetime
    left: int


class LedgerAgainstModel(RuleBasedStateMachine):
    """The model: what was given and is left of it, and what each session drew from; None stands for only counted."""

    @initialize(start=st.sampled_from(STARTS))
    def begin(self, start):
        self.now, self.zone, self.plan, self.meter_only = start, "UTC", "BUSINESS", False
        slug = f"{Grant.objects.count()}-{id(self)}"
        self.company = create_company(name="Fabrikam", slug=f"fabrikam-{slug}", at=start)
        self.stranger = create_company(name="Contoso", slug=f"contoso-{slug}", at=start)
        self.grants: list[Given] = []
        self.months: dict[tuple[int, int], int] = {}
        self.drawn: dict[UUID, Given | None] = {}
        self.charged: set[UUID] = set()
        self.month_of: dict[UUID, tuple[int, int]] = {}

    def _month(self):
        local = self.now.astimezone(ZoneInfo(self.zone))
        return local.year, local.month

    def _missing(self):
        return max(PLANS[self.plan] - self.months.get(self._month(), 0), 0)

    def _give_month(self):
        if missing := self._missing():
            year, month = self._month()
            zone = ZoneInfo(self.zone)
            first = datetime(year, month, 1, tzinfo=zone).astimezone(UTC)
            following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone).astimezone(UTC)
            self.grants.append(Given(first, following, missing))
            self.months[year, month] = self.months.get((year, month), 0) + missing

    def _give_for_a_year(self, credits):
        leap_day = (self.now.month, self.now.day) == (2, 29)
        end = self.now + timedelta(days=366) if leap_day else self.now.replace(year=self.now.year + 1)
        self.grants.append(Given(self.now, end, credits))

    def _open(self):
        running = [grant for grant in self.grants if grant.start <= self.now < grant.end and grant.left]
        return sorted(running, key=lambda grant: grant.end)

    @rule(session=SESSIONS)
    def reserve(self, session):
        stands = session in self.drawn or session in self.charged
        if not stands and not self.meter_only and (self._month() not in self.months or not self._open()):
            self._give_month()
        grants = self._open()
        may = stands or self.meter_only or bool(grants)
        try:
            reserve(company=self.company, session_id=session, at=self.now)
        except InsufficientCredits:
            assert not may
        else:
            assert may
            if not stands:
                self.month_of[session] = self._month()
                self.drawn[session] = None if self.meter_only else grants[0]
                if not self.meter_only:
                    grants[0].left -= 1

    @rule(session=SESSIONS)
    def settle(self, session):
        assert settle(company=self.company, session_id=session, at=self.now) is (session in self.drawn)
        if session in self.drawn:
            del self.drawn[session]
            self.charged.add(session)

    @rule(session=SESSIONS)
    def release(self, session):
        assert release(company=self.company, session_id=session, at=self.now) is (session in self.drawn)
        grant = self.drawn.pop(session, None)
        if grant is not None:
            grant.left = grant.left + 1 if grant.end > self.now else 0

    @rule(session=SESSIONS)
    def a_stranger_names_the_session(self, session):
        assert settle(company=self.stranger, session_id=session, at=self.now) is False
        assert release(company=self.stranger, session_id=session, at=self.now) is False

    @rule(credits=st.integers(1, 3))
    def purchase(self, credits):
        grant_purchased(company=self.company, credits=credits, at=self.now)
        self._give_for_a_year(credits)

    @rule(amount=st.integers(-4, 2).filter(bool))
    def adjust(self, amount):
        try:
            adjust(company=self.company, amount=amount, reason="Test", at=self.now)
        except UnableToGrantCredits:
            assert sum(grant.left for grant in self._open()) < -amount
            return
        if amount > 0:
            self._give_for_a_year(amount)
            return
        for grant in self._open():
            taken = min(grant.left, -amount)
            grant.left -= taken
            amount += taken
        assert amount == 0

    @rule()
    def run_jobs(self):
        expire(at=self.now)
        grant_months(at=self.now)
        for grant in self.grants:
            grant.left = grant.left if grant.end > self.now else 0
        self._give_month()

    @rule(hours=st.sampled_from([1, 11, 24, 17 * 24, 30 * 24, 200 * 24, -1, -26, -40 * 24]))
    def the_clock_goes_or_jumps_back(self, hours):
        self.now = min(max(self.now + timedelta(hours=hours), EARLIEST), LATEST)

    @rule(meter_only=st.booleans())
    def switch_meter_only(self, meter_only):
        AISettings.objects.filter(company=self.company).update(meter_only=meter_only)
        self.meter_only = meter_only

    @rule(plan=st.sampled_from(list(PLANS)), zone=st.sampled_from(ZONES))
    def change_plan_and_zone(self, plan, zone):
        Company.objects.filter(pk=self.company.pk).update(plan=plan, time_zone=zone)
        self.company.refresh_from_db()
        self.plan, self.zone = plan, zone

    @invariant()
    def ledger_agrees_with_the_model(self):
        if not hasattr(self, "company"):
            return
        assert list(discrepancies()) == []
        balance = monthly_balance(company=self.company, at=self.now)
        assert balance.available == sum(grant.left for grant in self._open()) + self._missing()
        mine = [session for session in (*self.drawn, *self.charged) if self.month_of[session] == self._month()]
        assert balance.used == len(mine)
        states = Reservation.objects.filter(company=self.company).values_list("session_id", "state")
        assert {session for session, state in states if state == "RESERVED"} == set(self.drawn)
        assert {session for session, state in states if state == "CHARGED"} == self.charged
        charges = Entry.objects.filter(company=self.company, kind="CHARGE")
        assert charges.count() == len(self.charged)


@pytest.mark.django_db
def test_the_ledger_agrees_with_the_model():
    run_state_machine_as_test(
        LedgerAgainstModel,
        settings=settings(max_examples=25, stateful_step_count=40, suppress_health_check=list(HealthCheck)),
    )
