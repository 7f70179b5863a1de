import pytest

from summaries.domain.evaluation.rouge import Rouge, longest_common, rouge, shared_runs


def test_shared_words_are_counted_as_often_as_both_have_them():
    # 3 of 5 words and 3 of 4 words are shared: 2 * 3 / 9.
    assert shared_runs(["the", "cat", "sat", "the", "mat"], ["the", "cat", "the", "dog"], 1) == pytest.approx(6 / 9)


def test_shared_pairs():
    # “the cat” is the only pair that both have, of 4 and of 3: 2 * 1 / 7.
    assert shared_runs(["the", "cat", "sat", "the", "mat"], ["the", "cat", "the", "dog"], 2) == pytest.approx(2 / 7)


def test_the_longest_sequence_may_have_gaps():
    # “police the gunman” of 4 and 4 words: 2 * 3 / 8.
    assert longest_common(["police", "killed", "the", "gunman"], ["police", "ended", "the", "gunman"]) == pytest.approx(
        0.75
    )


def test_order_counts_for_the_longest_sequence_only():
    score = rouge(text="a b c d", references=["d c b a"])
    assert score == Rouge(1.0, 0.0, 0.25)


def test_the_best_reference_counts_for_each_figure():
    score = rouge(text="Printer, works!", references=["nothing", "the printer works", "printer works"])
    assert score == Rouge(1.0, 1.0, 1.0)


@pytest.mark.parametrize(("text", "references"), [("", ["a"]), ("a", [""]), ("a", []), ("a", ["b"])])
def test_nothing_shared_is_nothing(text, references):
    assert rouge(text=text, references=references) == Rouge(0.0, 0.0, 0.0)
