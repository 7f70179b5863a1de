from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import formats, translation

from insights_portal.lib.numbers import grouped


@pytest.mark.parametrize(
    ("language", "whole", "part", "below"),
    [
        ("en", "1,234,567", "12,345.60", "-12"),
        ("de", "1.234.567", "12.345,60", "-12"),
        ("es", "1\u00a0234\u00a0567", "12\u00a0345,60", "-12"),
        ("ar", "1,234,567", "12,345.60", "-12"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(language, whole, part, below):
    with translation.override(language):
        assert (grouped(1_234_567), grouped(Decimal("12345.6"), decimals=2), grouped(-12)) == (whole, part, below)


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0"), (999.6, "1,000"), (1e6, "1,000,000"), (2**53, "9,007,199,254,740,992")]
)
def test_numbers_are_rounded(number, shown):
    assert grouped(number) == shown


@pytest.mark.parametrize(
    ("language", "day", "moment", "month"),
    [
        ("en", "2 Nov 2026", "2 Nov 2026, 09:05", "November 2026"),
        ("de", "2. Nov. 2026", "2. Nov. 2026, 09:05", "November 2026"),
        ("es", "2 nov 2026", "2 nov 2026, 09:05", "noviembre de 2026"),
        ("ar", "2 نوفمبر 2026", "2 نوفمبر 2026، 09:05", "نوفمبر 2026"),
    ],
)
def test_dates_are_written_as_the_language_writes_them(language, day, moment, month):
    at = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)

    with translation.override(language):
        shown = [formats.date_format(at, name) for name in ("DATE_FORMAT", "DATETIME_FORMAT", "YEAR_MONTH_FORMAT")]

    assert shown == [day, moment, month]
