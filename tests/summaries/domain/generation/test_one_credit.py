"""I3: one credit per support session, whatever is made of it; a failure costs none."""

import pytest

from accounts.tenancy import PermissionMissing
from credits.domain.balance import MonthlyBalance, monthly_balance
from credits.models import Entry, Reservation
from summaries.domain.generation import claims as generation_claims
from summaries.domain.generation.requests import ask_for_summary, generate
from summaries.models import SummaryRevision
from tests.conftest import sign_in_freshly

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


def kinds():
    return list(Entry.objects.exclude(kind="GRANT").order_by("pk").values_list("kind", flat=True))


def make(session, actor, clock, **wish):
    summary = ask_for_summary(session=session, actor=actor, at=clock(), **wish)
    generate(summary_id=summary.pk, clock=clock)


def test_a_summary_a_regeneration_and_a_translation_are_one_credit(cast, session, clock, at):
    generate(summary_id=session.summary.pk, clock=clock)
    make(session, cast.mona, clock)
    make(session, cast.mona, clock, language="de")

    assert list(SummaryRevision.objects.order_by("number").values_list("number", "language")) == [
        (1, "en"),
        (2, "en"),
        (3, "de"),
    ]
    assert kinds() == ["RESERVE", "CHARGE"]
    assert monthly_balance(company=cast.northwind, at=at) == MonthlyBalance(granted=50, used=1, available=49)


def test_a_failure_gives_the_credit_back_and_the_next_try_costs_one(cast, session, clock, at):
    claim = generation_claims.take(summary_id=session.summary.pk, at=at)
    generation_claims.fail(summary=claim.summary, claim=claim.token, failure="The worker stopped.", at=at)
    failed = monthly_balance(company=cast.northwind, at=at)
    make(session, cast.mona, clock)

    assert failed == MonthlyBalance(granted=50, used=0, available=50)
    assert kinds() == ["RESERVE", "RELEASE", "RESERVE", "CHARGE"]
    assert monthly_balance(company=cast.northwind, at=at) == MonthlyBalance(granted=50, used=1, available=49)


def test_a_failure_after_a_paid_summary_neither_charges_again_nor_gives_back(cast, session, clock, at):
    generate(summary_id=session.summary.pk, clock=clock)
    again = ask_for_summary(session=session, actor=cast.mona, at=at)
    claim = generation_claims.take(summary_id=again.pk, at=at)
    generation_claims.fail(summary=claim.summary, claim=claim.token, failure="The worker stopped.", at=at)

    assert kinds() == ["RESERVE", "CHARGE"]


def test_meter_only_mode_never_blocks_and_counts_each_session_once(cast, session, clock, at):
    northwind = cast.northwind
    generate(summary_id=session.summary.pk, clock=clock)
    northwind.ai_settings.meter_only = True
    northwind.ai_settings.save(update_fields=["meter_only"])
    make(session, cast.mona, clock)

    assert kinds() == ["RESERVE", "CHARGE"]
    assert monthly_balance(company=northwind, at=at) == MonthlyBalance(granted=50, used=1, available=49)


def test_nobody_spends_a_credit_on_another_companys_session(cast, client, session, foreign_session, at):
    before = (Entry.objects.count(), Reservation.objects.count())
    sign_in_freshly(client, cast.charlie)

    with pytest.raises(PermissionMissing):
        ask_for_summary(session=session, actor=cast.charlie, at=at)
    # The number of a session of Northwind alone.
    refused = client.post(f"/sessions/S-{session.number + 50}/generate/")

    assert refused.status_code == 404
    assert (Entry.objects.count(), Reservation.objects.count()) == before
