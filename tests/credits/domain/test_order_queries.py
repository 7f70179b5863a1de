from datetime import UTC, datetime

import pytest
from django.http import Http404

from accounts.domain.companies import create_company
from accounts.tenancy import PermissionMissing
from credits.domain.balance import monthly_balance
from credits.domain.grants import grant_months
from credits.domain.operators import OperatorsOnly
from credits.domain.order_queries import (
    company_page,
    find_order,
    history_of,
    noted_payments,
    operators_company,
    operators_order,
    operators_order_page,
    order_by_number,
    order_page,
)
from credits.domain.orders import cancel_order
from tests.conftest import NOW
from tests.credits.ordering import make_confirmed, make_operator, make_order


def test_a_company_finds_its_own_orders_only(cast, pack):
    ours, theirs = make_order(cast, pack), make_order(cast, pack, actor=cast.charlie)

    assert order_page(company=cast.northwind, viewer=cast.alice).rows == [ours]
    assert find_order(company=cast.northwind, viewer=cast.alice, number=ours.pk) == ours
    for viewer, company, number in (
        (cast.alice, cast.northwind, theirs.pk),
        (cast.charlie, cast.northwind, ours.pk),
        (cast.charlie, cast.contoso, ours.pk),
        (cast.mona, cast.northwind, ours.pk),
    ):
        with pytest.raises(Http404):
            find_order(company=company, viewer=viewer, number=number)
    with pytest.raises(PermissionMissing):
        order_page(company=cast.northwind, viewer=cast.mona)


def test_the_operators_lists_are_the_operators(cast, pack):
    order = make_order(cast, pack)

    for look in (
        lambda: operators_order_page(viewer=cast.alice),
        lambda: operators_order(viewer=cast.alice, number=order.pk),
        lambda: company_page(viewer=cast.alice, at=NOW),
        lambda: operators_company(viewer=cast.alice, key=cast.contoso.pk),
        lambda: operators_order_page(viewer=cast.charlie),
    ):
        with pytest.raises(OperatorsOnly):
            look()


def test_pages_go_on_at_a_key(cast, pack, monkeypatch):
    monkeypatch.setattr("credits.domain.order_queries.PAGE_SIZE", 2)
    orders = [make_order(cast, pack) for _ in range(3)]

    first = operators_order_page(viewer=None)
    second = operators_order_page(viewer=None, before=first.older)

    assert (first.rows, second.rows, second.older) == ([orders[2], orders[1]], [orders[0]], "")
    assert operators_order_page(viewer=None, before="'; --").rows == first.rows


def test_companies_are_listed_by_name_with_what_they_can_use(cast, pack, monkeypatch):
    monkeypatch.setattr("credits.domain.order_queries.PAGE_SIZE", 2)
    twin = create_company(name="Northwind IT Services", slug="twin", plan="BUSINESS", at=NOW)
    make_confirmed(cast, pack)
    make_order(cast, pack)

    first = company_page(viewer=None, at=NOW)
    second = company_page(viewer=make_operator(), at=NOW, after=first.more)

    assert [(row.company, row.available, row.open_orders) for row in [*first.rows, *second.rows]] == [
        (cast.contoso, 50, 0),
        (cast.northwind, 150, 1),
        (twin, 5, 0),
    ]
    assert second.more == ""


def test_what_companies_can_use_is_what_their_own_pages_say(cast):
    """At an hour that lies in two months, by the calendars of the companies."""
    cast.contoso.time_zone = "Pacific/Auckland"
    cast.contoso.save()
    at = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
    grant_months(at=NOW)

    rows = company_page(viewer=None, at=at).rows

    assert [(row.company, row.available) for row in rows] == [
        (company, monthly_balance(company=company, at=at).available) for company in (cast.contoso, cast.northwind)
    ]


def test_an_installation_without_companies_lists_none(db):
    assert company_page(viewer=None, at=NOW).rows == []


def test_a_command_names_an_order(cast, pack):
    order = make_order(cast, pack)

    assert order_by_number(number=f" o-{order.pk:06d} ") == order_by_number(number=str(order.pk)) == order
    for nothing in ("", "O-", "O-x", "9" * 40, str(order.pk + 1)):
        assert order_by_number(number=nothing) is None


def test_the_history_tells_what_happened(cast, pack, at):
    cancelled = cancel_order(order=make_order(cast, pack), reason="Not needed", actor=cast.alice, at=at)
    paid = make_confirmed(cast, pack)

    assert [(event.what, event.note) for event in history_of(cancelled)] == [
        ("Ordered", ""),
        ("Cancelled", "Not needed"),
    ]
    assert [(event.what, event.note) for event in history_of(paid)] == [
        ("Ordered", ""),
        ("Paid and confirmed", "Payment BANK-1"),
    ]
    assert noted_payments(order=paid) == []
