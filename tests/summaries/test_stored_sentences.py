"""What is stored in English is said in the reader's language, numbers and all."""

import pytest
from django.utils.translation import gettext, override

from summaries.templatetags.portal import translated

FAULT = "The engine reports a fault of its own (%(status)s)."
MISSING = "The engine did not finish in the time that is allowed."


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The receiver answered 503.",
        "Kept in 3 places, 4 times, for 5 days.",
        "Of a name: Backup 7. Of another: 100 % done.",
    ],
)
def test_a_sentence_that_no_catalogue_knows_stays_as_it_is_stored(text):
    with override("en"):
        assert translated(text) == text


def test_a_sentence_is_found_whatever_number_stands_in_it():
    with override("de"):
        told = translated("The engine reports a fault of its own (503).")

        assert told == gettext(FAULT) % {"status": 503}
        assert told != FAULT % {"status": 503}


def test_each_sentence_of_a_stored_text_is_translated():
    with override("de"):
        assert translated(f"{MISSING} S-7 stays.") == f"{gettext(MISSING)} S-7 stays."
        assert gettext(MISSING) != MISSING
