"""I6: without a credit the session waits, and starts when credits arrive: oldest first, exactly once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django_q.models import OrmQ

from accounts.models import Company
from credits.domain.balance import monthly_balance
from credits.domain.grants import adjust, ensure_monthly, grant_purchased
from credits.domain.mode import set_mode
from credits.domain.reservations import reserve
from credits.models import Entry, Reservation
from summaries.domain.generation import waiting
from summaries.domain.generation.requests import ask_for_summary, generate, sweep
from summaries.domain.generation.waiting import start_waiting
from summaries.domain.imports.recordings import import_recording
from summaries.domain.keeping.removal import delete_log
from summaries.enums import SummaryState
from summaries.models import Summary
from tests.at_once import at_once, shared_database
from tests.summaries.conftest import cast_bytes, order_of

pytestmark = pytest.mark.usefixtures("ledger_adds_up")

NEXT_MONTH = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)


def use_up_credits(company, at):
    company.plan = "BUSINESS"
    company.save(update_fields=["plan"])
    for _ in range(monthly_balance(company=company, at=at).available):
        reserve(company=company, session_id=uuid4(), at=at)


def waiting_sessions(company, supporter, at, count):
    """So many sessions that wait, the oldest first."""
    use_up_credits(company, at)
    return [
        import_recording(
            order=order_of(company, supporter, cast_bytes(("id", f"uid={number}")), at=at + timedelta(minutes=number))
        ).session
        for number in range(count)
    ]


def states(sessions):
    found = dict(Summary.objects.values_list("session_id", "state"))
    return [found[session.pk] for session in sessions]


def tasks():
    return sum(task.func().startswith("summaries.") for task in OrmQ.objects.all())


def purchase(company, at):
    grant_purchased(company=company, credits=2, at=at)


def add(company, at):
    adjust(company=company, amount=2, reason="Goodwill", at=at)


def grow(company, at):
    company.plan = "PREMIUM"
    company.save(update_fields=["plan"])
    ensure_monthly(company=company, at=at)


@pytest.mark.parametrize(("arrive", "count", "started"), [(purchase, 3, 2), (add, 3, 2), (grow, 6, 5)])
def test_waiting_sessions_start_oldest_first_as_far_as_new_credits_reach(cast, at, arrive, count, started):
    sessions = waiting_sessions(cast.northwind, cast.bob, at, count)
    before = (states(sessions), start_waiting(at=at))
    arrive(cast.northwind, at)

    moved = start_waiting(at=at)

    assert before == (["WAITING_FOR_CREDITS"] * count, 0)
    assert moved == started
    assert states(sessions) == ["QUEUED"] * started + ["WAITING_FOR_CREDITS"] * (count - started)


def test_a_new_month_starts_what_waits_without_any_job(cast, at):
    sessions = waiting_sessions(cast.northwind, cast.bob, at, 2)

    moved = start_waiting(at=NEXT_MONTH)

    assert (moved, states(sessions)) == (2, ["QUEUED", "QUEUED"])
    assert monthly_balance(company=cast.northwind, at=NEXT_MONTH).available == 3


def test_meter_only_mode_starts_what_waits_and_takes_nothing(cast, at):
    sessions = waiting_sessions(cast.northwind, cast.bob, at, 2)
    settings = cast.northwind.ai_settings
    settings.engine, settings.engine_key_encrypted = "CLAUDE", "sealed"
    settings.save()
    set_mode(company=cast.northwind, meter_only=True, actor=cast.alice, at=at)

    moved = start_waiting(at=at)

    assert (moved, states(sessions)) == (2, ["QUEUED", "QUEUED"])
    assert (monthly_balance(company=cast.northwind, at=at).metered, Entry.objects.filter(amount__lt=0).count()) == (
        2,
        0,
    )


def test_a_second_sweep_finds_nothing_to_start(cast, at):
    sessions = waiting_sessions(cast.northwind, cast.bob, at, 2)
    add(cast.northwind, at)
    start_waiting(at=at)
    queued = tasks()

    assert (start_waiting(at=at), tasks(), states(sessions)) == (0, queued, ["QUEUED", "QUEUED"])


def test_a_company_without_credits_keeps_no_other_waiting(cast, at, monkeypatch):
    monkeypatch.setattr(waiting, "MOST_STARTED", 2)
    mine = waiting_sessions(cast.northwind, cast.bob, at, 3)
    theirs = waiting_sessions(cast.contoso, cast.charlie, at + timedelta(hours=1), 3)
    add(cast.contoso, at)

    assert start_waiting(at=at) == 2
    assert (states(mine), states(theirs)) == (
        ["WAITING_FOR_CREDITS"] * 3,
        ["QUEUED", "QUEUED", "WAITING_FOR_CREDITS"],
    )


def test_a_company_whose_rows_make_trouble_keeps_no_other_waiting(cast, at, caplog):
    mine = waiting_sessions(cast.northwind, cast.bob, at, 2)
    theirs = waiting_sessions(cast.contoso, cast.charlie, at, 2)
    add(cast.northwind, at)
    add(cast.contoso, at)
    # A zone that this machine's calendar does not know (any more).
    Company.objects.filter(pk=cast.northwind.pk).update(time_zone="Mars/Olympus_Mons")

    assert start_waiting(at=at) == 2
    assert (states(mine), states(theirs)) == (["WAITING_FOR_CREDITS"] * 2, ["QUEUED"] * 2)
    assert caplog.text.count("waiting_session_not_started") == 1


def test_where_ai_features_are_off_nothing_starts(cast, at):
    sessions = waiting_sessions(cast.northwind, cast.bob, at, 1)
    add(cast.northwind, at)
    cast.northwind.ai_settings.is_active = False
    cast.northwind.ai_settings.save(update_fields=["is_active"])

    assert (start_waiting(at=at), states(sessions)) == (0, ["WAITING_FOR_CREDITS"])


def test_what_stopped_waiting_meanwhile_takes_no_credit(cast, at):
    (session,) = waiting_sessions(cast.northwind, cast.bob, at, 1)
    add(cast.northwind, at)
    delete_log(session=session, actor=cast.alice, at=at)
    reservations = Reservation.objects.count()

    started = waiting._start(summary_id=session.summary.pk, at=at)

    assert (started, Reservation.objects.count()) == (False, reservations)


def test_asked_by_hand_while_it_waits_it_starts_with_the_first_credit_and_once(cast, at, clock):
    (session,) = waiting_sessions(cast.northwind, cast.bob, at, 1)
    again = ask_for_summary(session=session, actor=cast.bob, at=at)
    add(cast.northwind, at)

    asked = ask_for_summary(session=session, actor=cast.bob, at=at)
    swept = start_waiting(at=at)
    generate(summary_id=asked.pk, clock=clock)

    assert (again.state, asked.state, swept) == ("WAITING_FOR_CREDITS", "QUEUED", 0)
    assert list(Reservation.objects.filter(session_id=session.public_id).values_list("state", flat=True)) == ["CHARGED"]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_start_each_session_once(cast, at, tmp_path):
    sessions = waiting_sessions(cast.northwind, cast.bob, at, 3)
    add(cast.northwind, at)
    before = tasks()

    with shared_database(tmp_path):
        moved = at_once(lambda: start_waiting(at=at), lambda: start_waiting(at=at), lambda: sweep(at=at))
        # Read where they wrote: on SQLite in a file of its own.
        (found,) = at_once(lambda: (states(sessions), tasks() - before, Reservation.objects.count()))

    assert sum(moved) == 2
    assert found == (["QUEUED", "QUEUED", SummaryState.WAITING_FOR_CREDITS], 2, 7)
