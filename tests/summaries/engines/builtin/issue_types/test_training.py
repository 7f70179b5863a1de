import pytest

from summaries.engines.builtin.issue_types import training
from summaries.engines.builtin.issue_types.storage import pack
from summaries.engines.builtin.issue_types.training import UnableToTrain, held_out, train
from tests.summaries.engines.builtin.issue_types.texts import labelled_texts, small_model


def test_the_labels_are_learnt():
    texts, labels = labelled_texts()
    assert [small_model().guess(text).best for text in texts] == labels
    assert small_model().texts == 60


def test_the_same_texts_give_the_same_model():
    texts, labels = labelled_texts()
    assert pack(train(texts=texts, labels=labels)) == pack(small_model())


def test_variants_are_seen_or_unseen_together():
    groups = [number // 5 for number in range(100)]
    texts, labels = [f"alpha{group} beta{group}" for group in groups], ["ab"[group % 2] for group in groups]
    # What was not seen at all can't be told; what had a sibling looks as if it could.
    unseen, seen = train(texts=texts, labels=labels, groups=groups), train(texts=texts, labels=labels)
    assert unseen.sharpness < seen.sharpness


def test_a_model_holds_no_more_features_than_allowed():
    texts, labels = labelled_texts()
    assert len(train(texts=texts, labels=labels, max_features=50).features) == 50


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (["a"] * 20, "Training needs texts of at least 2 labels."),
        (["a"] * 16 + ["b"] * 4, "Each label needs at least 5 texts; too few for: b."),
        ([str(number) for number in range(101)], "There are 101 labels; at most 100 can be told apart."),
    ],
)
def test_what_teaches_nothing_is_refused(labels, sentence):
    with pytest.raises(UnableToTrain, match=sentence):
        train(texts=["some text"] * len(labels), labels=labels)


def test_texts_that_share_no_word_teach_a_model_that_knows_nothing():
    texts = [f"{'ab'[number % 2]}{number}x{number}" for number in range(20)]
    model = train(texts=texts, labels=["a", "b"] * 10)
    assert model.guess("something else").label == ""


def test_parts_hold_their_share_of_every_label():
    parts = held_out(["a"] * 10 + ["b"] * 5, 5, seed=1)
    assert sorted(at for part in parts for at in part) == list(range(15))
    assert [(len(part), sum(at >= 10 for at in part)) for part in parts] == [(3, 1)] * 5


def test_training_ends_after_its_rounds(monkeypatch):
    monkeypatch.setattr(training, "_GOOD_ENOUGH", -1.0)
    texts, labels = labelled_texts()
    assert train(texts=texts, labels=labels).labels == small_model().labels
