"""Credits that are left are given back once, and never to somebody's loss, whoever acts at the same moment."""

import pytest
from django.db import connection
from django.db.models import F

from credits.domain.reservations import release, reserve
from credits.models import Grant
from summaries.domain.consent.entries import lock_session
from summaries.domain.generation import left_credits
from summaries.domain.generation.left_credits import _give_back, give_back_left
from summaries.domain.generation.requests import ask_for_summary
from summaries.models import Summary
from tests.at_once import at_once, during, seen, shared_database
from tests.summaries.domain.copilot.conftest import model, put, talk
from tests.summaries.domain.generation.test_left_credits import erase_member, fresh, kinds, states

__all__ = ["model", "talk"]

pytestmark = pytest.mark.usefixtures("ledger_adds_up")


def test_what_is_asked_between_the_look_and_the_lock_keeps_its_credit(cast, talk, at, model):
    put(talk, cast.bob, at=at)
    erase_member(cast, at)
    (left,) = left_credits._left()
    put(talk, cast.mona, at=at)

    assert (_give_back(reservation=left, at=at), states()) == (False, ["RESERVED"])


def test_credit_that_somebody_gave_back_meanwhile_comes_back_once(cast, session, at):
    Summary.objects.all().delete()
    (left,) = left_credits._left()
    release(company=cast.northwind, session_id=session.public_id, at=at)

    assert (_give_back(reservation=left, at=at), kinds()) == (False, ["RESERVE", "RELEASE"])


def test_credit_that_its_grant_can_not_take_keeps_no_other_waiting(cast, session, foreign_session, at, caplog):
    Summary.objects.all().delete()
    # As if the credit had never been taken: the database lets nobody have more than was given.
    mine = Grant.objects.filter(company=cast.northwind)
    mine.update(remaining=F("remaining") + 1)

    assert (give_back_left(at=at), states()) == (1, ["RESERVED", "RELEASED"])
    assert caplog.text.count("credit_not_given_back") == 1
    mine.update(remaining=F("remaining") - 1)


def test_one_sweep_gives_back_so_many_and_the_next_goes_on(cast, at, monkeypatch):
    monkeypatch.setattr(left_credits, "MOST_GIVEN_BACK", 2)
    for number in range(3):
        reserve(company=cast.northwind, session_id=f"00000000-0000-0000-0000-{number:012}", at=at)

    assert [give_back_left(at=at) for _ in range(3)] == [2, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_and_somebody_who_gives_back_late_are_one_release(cast, session, foreign_session, at, tmp_path):
    Summary.objects.all().delete()

    with shared_database(tmp_path):
        moved = at_once(
            lambda: give_back_left(at=at),
            lambda: give_back_left(at=at),
            lambda: int(release(company=cast.northwind, session_id=session.public_id, at=at)),
        )
        found = seen(lambda: (sorted(states()), sorted(kinds())))

    # A sweep that finds the rows in other hands leaves them to the next.
    assert found == (["RELEASED"] * 2, ["RELEASE"] * 2 + ["RESERVE"] * 2)
    assert sum(moved) == 2


@pytest.mark.django_db(transaction=True)
def test_sweep_beside_who_generates_anew_never_leaves_a_summary_without_its_credit(cast, session, at, tmp_path):
    Summary.objects.all().delete()

    with shared_database(tmp_path):
        at_once(lambda: give_back_left(at=at), lambda: ask_for_summary(session=fresh(session), actor=cast.bob, at=at))
        found = seen(lambda: (states(), Summary.objects.get().state))

    assert found == (["RESERVED"], "QUEUED")


ON_SQLITE = pytest.mark.skipif(connection.vendor == "sqlite", reason="It has one writer at a time, and locks no rows.")


@ON_SQLITE
@pytest.mark.django_db(transaction=True)
def test_session_in_other_hands_is_left_to_the_next_sweep(cast, session, at):
    Summary.objects.all().delete()

    found = during(lambda: lock_session(session=fresh(session)), lambda: give_back_left(at=at))

    assert (found, give_back_left(at=at), states()) == (0, 1, ["RELEASED"])


@ON_SQLITE
@pytest.mark.django_db(transaction=True)
def test_first_summary_that_is_asked_for_and_not_committed_yet_keeps_its_credit(cast, session, at):
    Summary.objects.all().delete()

    found = during(
        lambda: ask_for_summary(session=fresh(session), actor=cast.bob, at=at), lambda: give_back_left(at=at)
    )

    assert (found, states(), Summary.objects.get().state) == (0, ["RESERVED"], "QUEUED")
