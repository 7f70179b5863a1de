import math

import pytest

from summaries.engines.builtin.issue_types.features import (
    MAX_CHARS,
    MAX_WORD,
    PIECES_WEIGHT,
    counts_of,
    pieces_of,
    rarity_of,
    vector_of,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Paper JAM, again!", ["paper", "jam", "again"]),
        ("Contraseña caducó", ["contrasena", "caduco"]),
        ("mail to [EMAIL-1] bounced", ["mail", "to", "bounced"]),
        ("", []),
    ],
)
def test_words_are_folded_and_placeholders_left_out(text, words):
    assert words_of(text) == words


def test_long_texts_and_words_are_cut():
    assert len(words_of("a " * MAX_CHARS)) == MAX_CHARS // 2
    assert words_of("x" * 500) == ["x" * MAX_WORD]


def test_pieces_mark_where_a_word_begins_and_ends():
    assert pieces_of("jam") == ["#<ja", "#jam", "#am>", "#<jam", "#jam>", "#<jam>"]


def test_words_pairs_and_pieces_are_counted():
    whole, pieces = counts_of(["no", "no", "ink"])
    assert whole == {"no": 2, "ink": 1, "no no": 1, "no ink": 1}
    assert (pieces["#<no"], pieces["#<ink>"]) == (2, 1)


def test_what_stands_in_one_text_only_is_not_learnt():
    rarity = rarity_of([["ink", "low"], ["ink", "gone"]])
    assert rarity["ink"] == 1.0
    assert "low" not in rarity


def test_each_kind_of_feature_has_one_length():
    vector = vector_of(["ink", "ink", "low"], {"ink": 2.0, "low": 1.0, "#ink": 1.0, "#low": 1.0})
    assert math.hypot(vector["ink"], vector["low"]) == pytest.approx(1.0)
    assert math.hypot(vector["#ink"], vector["#low"]) == pytest.approx(PIECES_WEIGHT)
    assert vector["ink"] / vector["low"] == pytest.approx(2 * (1 + math.log(2)))


def test_a_text_without_known_features_is_empty():
    assert vector_of(["nothing"], {"ink": 1.0}) == {}
