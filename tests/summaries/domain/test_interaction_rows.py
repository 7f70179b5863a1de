import pytest

from summaries.domain.interaction_rows import MAX_OFFSET_MS, clean, in_batches, merge_counts, rows_of
from summaries.enums import Kind, PlaceUnit
from summaries.models import SupportSession
from summaries.sources.base import CapturedInteraction, Place


def captured(offset_ms=0, **fields):
    return CapturedInteraction(offset_ms, Kind.CHAT, "text", **fields)


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (4, [2, 2]), (5, [2, 2, 1])])
def test_in_batches_gives_full_batches_and_the_rest(count, sizes):
    assert [len(batch) for batch in in_batches((captured() for _ in range(count)), 2)] == sizes


@pytest.mark.parametrize(("offset_ms", "stored"), [(-5, 0), (7, 7), (10**30, MAX_OFFSET_MS)])
def test_rows_keep_offsets_within_what_a_session_can_last(offset_ms, stored):
    (row,) = rows_of(session=SupportSession(company_id=1), masked=[captured(offset_ms)], first_number=3)

    assert (row.number, row.offset_ms) == (3, stored)


def test_rows_cut_names_to_their_columns_and_keep_the_place():
    long = captured(application="a" * 500, title="t" * 500, place=Place(PlaceUnit.LINE, 9))

    (row,) = rows_of(session=SupportSession(company_id=1), masked=[long], first_number=1)

    assert (len(row.application), len(row.title), row.place_unit, row.place) == (120, 300, "LINE", 9)


@pytest.mark.parametrize(
    ("raw", "kept"), [("plain", "plain"), ("a\x00b", "ab"), ("é\x00\ud800", "é?"), ("日本", "日本")]
)
def test_clean_leaves_out_what_a_database_can_not_store(raw, kept):
    assert clean(raw) == kept


def test_merge_counts_adds_up():
    assert merge_counts({"EMAIL": 1}, {"EMAIL": 2, "IBAN": 1}) == {"EMAIL": 3, "IBAN": 1}
