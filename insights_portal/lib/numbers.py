"""Numbers as people read them, in the language that is spoken. Programs get plain ones."""

from decimal import Decimal
from functools import lru_cache

from django.utils.formats import number_format
from django.utils.translation import get_language


def grouped(number: float | Decimal, *, decimals: int = 0) -> str:
    """`12,345` in English, `12.345` in German; with *decimals* places behind the point, rounded half to even."""
    return _grouped(format(number, f".{decimals}f"), decimals, get_language())


@lru_cache(maxsize=2_000)
def _grouped(number: str, decimals: int, _language: str | None) -> str:
    """In the active language; every page tells the same few over and over."""
    return number_format(number, decimal_pos=decimals, force_grouping=True)
