from decimal import Decimal

import pytest
from django.http import Http404

from credits.domain.operators import OperatorsOnly
from credits.domain.packs import (
    UnableToSavePack,
    all_packs,
    change_pack,
    create_pack,
    find_pack,
    offered_packs,
    terms_of,
)
from credits.models import Pack
from tests.at_once import at_once, shared_database
from tests.credits.ordering import make_operator, make_pack

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("price", "currency", "tax", "expected"),
    [
        ("100", "EUR", "19", ("100.00", "19.00", "119.00")),
        ("9.95", "EUR", "7.7", ("9.95", "0.77", "10.72")),
        ("1005", "JPY", "10", ("1005", "101", "1106")),
        ("0.333", "KWD", "5", ("0.333", "0.017", "0.350")),
        ("0", "EUR", "19", ("0.00", "0.00", "0.00")),
    ],
)
def test_terms_round_tax_half_up_to_the_smallest_unit(price, currency, tax, expected):
    pack = make_pack(price=Decimal(price), currency=currency, tax_percent=Decimal(tax))
    pack.refresh_from_db()

    terms = terms_of(pack)

    assert (str(terms.net), str(terms.tax), str(terms.total)) == expected


def test_an_operator_makes_a_pack_that_companies_see():
    pack = create_pack(
        name="  Fifty   credits ",
        credits=50,
        price=Decimal("49.90"),
        currency=" eur ",
        actor=make_operator(),
    )

    assert (pack.name, pack.currency, pack.is_offered) == ("Fifty credits", "EUR", True)
    assert list(offered_packs()) == [pack]
    assert find_pack(pack_id=pack.pk) == pack


def test_a_name_hides_nothing():
    assert make_pack(name="Hun\u202edred\x1b").name == "Hun‹U+202E›dred‹U+001B›"


@pytest.mark.django_db(transaction=True)
def test_made_twice_at_once_a_pack_is_there_once(tmp_path):
    with shared_database(tmp_path):
        made = at_once(make_pack, make_pack)
        (stored,) = at_once(Pack.objects.count)

    assert (stored, [each for each in made if not isinstance(each, Pack)]) == (1, [UnableToSavePack])


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"name": "  "}, "name", "Give the pack a name of 1 to 80 characters."),
        ({"name": "x" * 81}, "name", "Give the pack a name of 1 to 80 characters."),
        ({"name": "Taken"}, "name", "There is a pack “Taken” already. Give this one another name."),
        ({"credits": 0}, "credits", "A pack holds 1 to 100,000 credits."),
        ({"credits": -5}, "credits", "A pack holds 1 to 100,000 credits."),
        ({"credits": 10**9}, "credits", "A pack holds 1 to 100,000 credits."),
        ({"price": Decimal(-1)}, "price", "A price is 0 to 10,000,000."),
        ({"price": Decimal("1e30")}, "price", "A price is 0 to 10,000,000."),
        ({"price": Decimal("NaN")}, "price", "A price is 0 to 10,000,000."),
        ({"price": Decimal("1.005")}, "price", "Prices in EUR have this many decimals: 2."),
        ({"price": Decimal("1.5"), "currency": "JPY"}, "price", "Prices in JPY have this many decimals: 0."),
        (
            {"currency": "EURO"},
            "currency",
            "“EURO” is not a currency code of ISO 4217. Use three capital letters, such as EUR, USD or JPY.",
        ),
        ({"tax_percent": Decimal(-1)}, "tax_percent", "Tax is 0 to 100 per cent, with at most two decimals."),
        ({"tax_percent": Decimal(101)}, "tax_percent", "Tax is 0 to 100 per cent, with at most two decimals."),
        ({"tax_percent": Decimal("1.005")}, "tax_percent", "Tax is 0 to 100 per cent, with at most two decimals."),
        ({"tax_percent": Decimal("Infinity")}, "tax_percent", "Tax is 0 to 100 per cent, with at most two decimals."),
    ],
)
def test_a_pack_that_makes_no_sense_is_refused(values, field, sentence):
    make_pack(name="Taken")

    with pytest.raises(UnableToSavePack) as refusal:
        make_pack(**values)

    assert (str(refusal.value), refusal.value.field) == (sentence, field)
    assert Pack.objects.count() == 1


def test_a_changed_pack_keeps_what_is_not_named():
    pack = make_pack()

    change_pack(pack=pack, values={"is_offered": False, "pk": 7}, actor=make_operator())

    pack.refresh_from_db()
    assert (pack.name, pack.credits, pack.is_offered) == ("Hundred", 100, False)
    assert list(offered_packs()) == []
    assert list(all_packs(viewer=None)) == [pack]


def test_packs_are_the_operators_alone(cast):
    pack = make_pack()

    for attempt in (
        lambda: make_pack_as(cast.alice),
        lambda: change_pack(pack=pack, values={"price": Decimal(0)}, actor=cast.alice),
        lambda: all_packs(viewer=cast.alice),
    ):
        with pytest.raises(OperatorsOnly):
            attempt()

    pack.refresh_from_db()
    assert (Pack.objects.count(), pack.price) == (1, Decimal(100))


def make_pack_as(user):
    return create_pack(name="Free", credits=1, price=Decimal(0), currency="EUR", actor=user)


def test_what_is_no_pack_is_not_found():
    with pytest.raises(Http404):
        find_pack(pack_id=10**30)
