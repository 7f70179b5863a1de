"""Where sessions meet credits: a session that waits says what helps, the AI settings lead to the credits."""

import pytest

from credits.domain.balance import monthly_balance
from summaries.models import Summary
from tests.conftest import NOW
from tests.credits.ledger_rows import use_credit
from tests.summaries.report_examples import store_session, store_summary


@pytest.fixture
def waiting(cast):
    """Bob's session S-7, which waits for a credit."""
    summary = store_summary(store_session(cast.northwind, cast.bob, number=7))
    Summary.objects.filter(pk=summary.pk).update(state="WAITING_FOR_CREDITS", failure="")
    return summary.session


def test_who_manages_credits_is_led_to_the_order(cast, signed_in, waiting):
    page = signed_in(cast.alice).get("/sessions/S-7/").content.decode()

    assert '<a href="/credits/orders/new/">Order credits</a>' in page
    assert "to order credits." not in page


def test_everybody_else_is_told_whom_to_ask(cast, signed_in, waiting):
    page = signed_in(cast.bob).get("/sessions/S-7/").content.decode()

    assert "Nothing is lost: it is summarised when credits arrive, oldest first." in page
    assert "Ask Alice to order credits." in page
    assert "/credits/" not in page


def test_a_session_that_does_not_wait_names_nobody(cast, signed_in):
    store_summary(store_session(cast.northwind, cast.bob, number=7))

    assert "to order credits" not in signed_in(cast.bob).get("/sessions/S-7/").content.decode()


def test_the_missing_credit_leads_to_the_credits(cast, signed_in):
    cast.northwind.plan = "BUSINESS"
    cast.northwind.save(update_fields=["plan"])
    for _ in range(monthly_balance(company=cast.northwind, at=NOW).available):
        use_credit(cast.northwind, at=NOW)

    page = signed_in(cast.alice).get("/ai-settings/outgoing/").content.decode()

    assert (
        'No credit is left this month: sessions wait, and nothing is lost. <a href="/credits/">Open credits</a>' in page
    )
    assert '<a class="credits-figure is-used-up" href="/credits/"><strong>5</strong> of 5 credits' in page
