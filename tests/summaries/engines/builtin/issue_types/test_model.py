import pytest

from summaries.engines.builtin.issue_types.model import NONE, Feature, IssueTypeModel, probabilities
from tests.summaries.engines.builtin.issue_types.texts import small_model


def model(sharpness=1.0, *, bias=(0.0, 0.0)):
    features = {"ink": Feature(1.0, (100, -100)), "cable": Feature(1.0, (-100, 100)), "the": Feature(1.0, (0, 0))}
    return IssueTypeModel(("Printer", "Network"), bias, 0.02, features, sharpness, 10)


def test_a_label_is_named_with_the_words_that_decided():
    guess = model(2.0).guess("The ink, the INK is gone")
    assert (guess.label, guess.best, guess.words) == ("Printer", "Printer", ("ink",))
    assert guess.probability > 0.99


def test_what_is_not_sure_is_unknown():
    guess = model(0.05).guess("the ink")
    assert (guess.label, guess.best, guess.words) == ("", "Printer", ())
    assert 0.5 < guess.probability < 0.6


def test_one_known_word_decides_nothing():
    assert model(5.0).guess("ink") == model(5.0).guess("ink ink")
    assert model(5.0).guess("ink").label == ""


def test_nothing_known_is_unknown():
    assert model(5.0, bias=(1.0, -1.0)).guess("entirely different").label == ""


def test_texts_of_no_issue_type_are_unknown():
    guess = small_model().guess("my coffee beside the holiday upstairs")
    assert (guess.label, guess.best) == ("", NONE)


def test_pieces_of_a_word_count_for_the_word():
    guess = small_model().guess("printers beside toners in the hall")
    assert guess.label == "Printer"


def test_placeholders_and_numbers_are_no_deciding_words():
    words = small_model().guess("my printer beside the toner 42 [EMAIL-1] here").words
    assert "printer" in words
    assert [word for word in words if not word.isalpha()] == []


def test_probabilities_sum_to_one_and_do_not_overflow():
    assert sum(probabilities([3.0, 1.0, -2.0], 7.0)) == pytest.approx(1.0)
    assert probabilities([1e6, 0.0], 10.0) == [1.0, 0.0]
