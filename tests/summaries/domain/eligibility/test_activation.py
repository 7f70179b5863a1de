import pytest

from accounts.models import AISettings, AuditEntry
from accounts.tenancy import PermissionMissing
from credits.domain.balance import monthly_balance
from summaries.domain.eligibility import activation
from summaries.domain.generation import claims as generation_claims
from summaries.domain.generation import requests as generation
from summaries.domain.generation import steps as generation_steps
from summaries.enums import SummaryState
from summaries.models import Summary
from tests.summaries.session_rows import add_session


@pytest.fixture
def requested(cast, at):
    """Three summaries under way: two queued, one taken by a worker; and one of Contoso."""
    rows = [
        generation.request_summary(session=add_session(cast.northwind, cast.bob, number), actor=cast.bob, at=at)
        for number in (1, 2, 3)
    ]
    claim = generation_claims.take(summary_id=rows[2].pk, at=at)
    foreign = generation.request_summary(session=add_session(cast.contoso, cast.charlie, 1), actor=cast.charlie, at=at)
    return rows, claim, foreign


def states(company):
    return [
        str(state) for state in Summary.objects.filter(company=company).order_by("pk").values_list("state", flat=True)
    ]


def test_under_way_counts_what_switching_off_would_stop(cast, requested):
    assert activation.under_way(company=cast.northwind) == 3


def test_deactivate_stops_what_is_under_way_at_no_charge(cast, at, requested):
    assert monthly_balance(company=cast.northwind, at=at).used == 3

    stopped = activation.deactivate(company=cast.northwind, actor=cast.alice, at=at)

    assert (stopped, states(cast.northwind)) == (3, ["FAILED"] * 3)
    assert set(Summary.objects.filter(company=cast.northwind).values_list("failure", flat=True)) == {
        generation_steps.SWITCHED_OFF
    }
    assert monthly_balance(company=cast.northwind, at=at).used == 0
    assert AuditEntry.objects.filter(company=cast.northwind, action="summary.failed").count() == 3
    assert (states(cast.contoso), monthly_balance(company=cast.contoso, at=at).used) == (["QUEUED"], 1)


def test_what_an_engine_still_answers_finds_its_row_taken_away(cast, at, requested):
    _, claim, _ = requested
    activation.deactivate(company=cast.northwind, actor=cast.alice, at=at)

    held = Summary.objects.filter(pk=claim.summary.pk, claim=claim.token)

    assert held.exists() is False


def test_deactivate_twice_is_once(cast, at, requested):
    activation.deactivate(company=cast.northwind, actor=cast.alice, at=at)
    before = AuditEntry.objects.count()

    assert activation.deactivate(company=cast.northwind, actor=cast.alice, at=at) == 0
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("name", ["mona", "charlie"])
def test_deactivate_asks_for_manage_company_there(cast, at, requested, name):
    with pytest.raises(PermissionMissing):
        activation.deactivate(company=cast.northwind, actor=getattr(cast, name), at=at)

    assert (states(cast.northwind), AISettings.objects.get(company=cast.northwind).is_active) == (
        ["QUEUED", "QUEUED", "RUNNING"],
        True,
    )


def test_what_waits_for_credits_waits_until_ai_features_are_on_again(cast, at):
    waiting = generation.request_summary(session=add_session(cast.northwind, cast.bob, 1), actor=cast.bob, at=at)
    Summary.objects.filter(pk=waiting.pk).update(state=SummaryState.WAITING_FOR_CREDITS)
    activation.deactivate(company=cast.northwind, actor=cast.alice, at=at)

    generation.sweep(at=at)
    while_off = states(cast.northwind)
    AISettings.objects.filter(company=cast.northwind).update(is_active=True)
    generation.sweep(at=at)

    assert (while_off, states(cast.northwind)) == (["WAITING_FOR_CREDITS"], ["QUEUED"])
