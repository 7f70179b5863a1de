"""Numbers as people read them, in the language that is spoken. Programs get plain ones."""

from decimal import Decimal

from django.utils.formats import number_format


def grouped(number: float | Decimal, *, decimals: int = 0) -> str:
    """`12,345` in English, `12.345` in German; with *decimals* places behind the point, rounded half to even."""
    return number_format(format(number, f".{decimals}f"), decimal_pos=decimals, force_grouping=True)
