from decimal import Decimal

import pytest

from credits.domain.money import UnknownCurrency, is_whole, minor_units, money, money_as_told, rounded


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3)])
def test_minor_units_follow_iso_4217(currency, digits):
    assert minor_units(currency) == digits


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "XXX", "ZZZ"])
def test_minor_units_refuses_what_is_no_currency(currency):
    with pytest.raises(UnknownCurrency) as refusal:
        minor_units(currency)

    assert str(refusal.value) == (
        f"“{currency}” is not a currency code of ISO 4217. Use three capital letters, such as EUR, USD or JPY."
    )


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("1.005", "EUR", "1.01"),
        ("1.0049", "EUR", "1.00"),
        ("1.5", "JPY", "2"),
        ("2.5", "JPY", "3"),
        ("0.0005", "KWD", "0.001"),
        ("-1.005", "EUR", "-1.01"),
    ],
)
def test_rounded_goes_half_a_smallest_unit_up(amount, currency, expected):
    assert str(rounded(Decimal(amount), currency=currency)) == expected


def test_is_whole_tells_parts_of_a_smallest_unit():
    assert is_whole(Decimal("12.300"), currency="EUR")
    assert not is_whole(Decimal("12.345"), currency="EUR")
    assert not is_whole(Decimal("0.5"), currency="JPY")


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1190", "EUR", "1,190.00 EUR"),
        ("12000.000", "JPY", "12,000 JPY"),
        ("1.5", "KWD", "1.500 KWD"),
        ("-1234.5", "USD", "-1,234.50 USD"),
    ],
)
def test_money_is_written_for_people(amount, currency, shown):
    assert money(Decimal(amount), currency) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("1190.000", "EUR", "1,190.00 EUR"),
        ("119.004", "EUR", "119.004 EUR"),
        ("12000", "JPY", "12,000 JPY"),
        ("5.000", "xxx", "5.000 xxx"),
    ],
)
def test_money_as_told_hides_no_part_and_knows_no_currency_by_guess(amount, currency, expected):
    assert money_as_told(Decimal(amount), currency) == expected
