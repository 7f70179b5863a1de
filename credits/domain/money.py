"""Amounts of money: which currencies there are, their smallest unit, and how an amount is written."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

#: ISO 4217, by digits behind the point: currencies that are legal tender today.
_CODES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC "
        "CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR "
        "JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD "
        "NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN "
        "SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
}
MINOR_UNITS: dict[str, int] = {code: digits for digits, codes in _CODES.items() for code in codes.split()}


class UnknownCurrency(Exception):
    """The code is no currency of ISO 4217."""


def minor_units(currency: str) -> int:
    """Digits behind the point that amounts in *currency* have. Raises UnknownCurrency."""
    if currency not in MINOR_UNITS:
        raise UnknownCurrency(
            _("“%(currency)s” is not a currency code of ISO 4217. Use three capital letters, such as EUR, USD or JPY.")
            % {"currency": currency}
        )
    return MINOR_UNITS[currency]


def rounded(amount: Decimal, *, currency: str) -> Decimal:
    """*amount* in whole smallest units of *currency*, half a unit up. Raises UnknownCurrency."""
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)), rounding=ROUND_HALF_UP)


def is_whole(amount: Decimal, *, currency: str) -> bool:
    """Whether *amount* has no smaller part than the smallest unit of *currency*. Raises UnknownCurrency."""
    return amount == rounded(amount, currency=currency)


def money(amount: Decimal, currency: str) -> str:
    """*amount* as people read it, in the active language: `1,190.00 EUR`, `12,000 JPY`."""
    shown = rounded(amount, currency=currency)
    return f"{number_format(shown, decimal_pos=minor_units(currency), force_grouping=True)} {currency}"


def money_as_told(amount: Decimal, currency: str) -> str:
    """What others name as an amount: like `money`, or word for word where it is no currency or a part of a unit."""
    is_money = currency in MINOR_UNITS and is_whole(amount, currency=currency)
    return money(amount, currency) if is_money else f"{amount:f} {currency}"
