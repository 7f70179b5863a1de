from decimal import Decimal

import pytest
from django.utils import translation

from summaries.domain.imports.collections import storable_fee
from summaries.domain.imports.session_file_words import format_label, sentence_of
from summaries.models import SessionFile


def test_the_sentence_tells_every_count(cast, at):
    file = SessionFile(
        company=cast.northwind,
        source_format="ZENDESK",
        began_at=at,
        created=1212,
        known=3,
        running=1,
        unmatched=2,
        bad=101,
        failure="it broke off.",
    )

    assert sentence_of(file) == (
        "1,212 sessions, 3 already there, 1 still running, to be imported again when ended, 2 of a supporter who is no "
        "member, 101 records could not be taken, the rest was not read: it broke off."
    )
    assert format_label(file) == "Zendesk Chat export (JSON)"


def test_the_sentence_is_in_the_figures_of_its_reader(cast, at):
    file = SessionFile(company=cast.northwind, source_format="ZENDESK", began_at=at, created=1212, bad=1001)

    with translation.override("de"):
        assert sentence_of(file) == "1.212 Sitzungen, 1.001 Datensätze konnten nicht übernommen werden"


@pytest.mark.parametrize(
    ("fee", "stored"),
    [(None, None), (Decimal("NaN"), None), (Decimal(10) ** 9, None), (Decimal("1.005"), Decimal("1.00"))],
)
def test_a_fee_that_is_no_amount_is_left_out(fee, stored):
    assert storable_fee(fee) == stored
