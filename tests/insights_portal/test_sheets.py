from decimal import Decimal

import pytest

from insights_portal.lib.sheets import csv_line, defused


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "  ="])
def test_what_would_be_a_formula_is_text(start):
    assert defused(f"{start}1+1").startswith("'")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (7, "7"),
        (-7, "-7"),
        (-0.5, "-0.5"),
        (Decimal("-1.50"), "-1.50"),
        ("plain", "plain"),
        ("a\x1bb", "a‹U+001B›b"),
        ("two\nlines", "two‹U+000A›lines"),
    ],
)
def test_other_values_are_their_text(value, cell):
    assert defused(value) == cell


def test_a_line_is_quoted_where_it_must_be():
    assert csv_line(["a,b", 'say "x"', None]) == '"a,b","say ""x""",\r\n'
