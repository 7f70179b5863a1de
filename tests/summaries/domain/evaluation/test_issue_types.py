from itertools import count

import pytest

from summaries.domain.evaluation.issue_types import Answer, IssueTypeEvaluation, evaluate_issue_types
from summaries.domain.taxonomy.labelled_texts import LabelledTexts
from summaries.engines.builtin.issue_types.training import UnableToTrain
from tests.summaries.engines.builtin.issue_types.texts import labelled_texts

LABELLED = LabelledTexts(*(tuple(each) for each in labelled_texts()), found=60)


def test_every_text_is_asked_of_a_model_that_had_not_seen_it():
    seen = []
    evaluation = evaluate_issue_types(
        labelled=LABELLED, folds=3, timer=count().__next__, on_progress=lambda: seen.append(1)
    )
    figures = evaluation.figures()
    assert (figures["texts"], figures["labels"], figures["accuracy"], len(seen)) == (60, 3, 1.0, 3)
    assert (figures["training_seconds"], evaluation.training_seconds) == (1.0, [1, 1, 1])
    assert 0 < figures["model_bytes"] < 100_000


def test_no_issue_type_is_an_answer_of_its_own():
    evaluation = evaluate_issue_types(labelled=LABELLED, folds=2, timer=count().__next__)
    assert {each.said for each in evaluation.answers if each.label == "-"} == {"-"}


def test_the_figures_with_and_without_unknown_texts():
    evaluation = IssueTypeEvaluation(
        [
            Answer("a", "a", "a"),
            Answer("a", "", "a"),
            Answer("a", "b", "b"),
            Answer("b", "", "a"),
            Answer("b", "b", "b"),
        ]
    )
    figures = evaluation.figures()
    assert figures == {
        "texts": 5,
        "labels": 2,
        "accuracy": 0.6,
        "accuracy_answered": 0.6667,
        "accuracy_unknown_as_wrong": 0.4,
        "unknown_share": 0.4,
        "per_label": {
            "a": {"texts": 3, "precision": 1.0, "recall": 0.3333, "precision_best": 0.6667, "recall_best": 0.6667},
            "b": {"texts": 2, "precision": 0.5, "recall": 0.5, "precision_best": 0.5, "recall_best": 0.5},
        },
        "training_seconds": 0.0,
        "model_bytes": 0,
    }


def test_a_label_that_is_never_answered_has_no_precision():
    figures = IssueTypeEvaluation([Answer("a", "", "b")]).figures()
    assert figures["per_label"]["a"]["precision"] is None
    assert figures["accuracy_answered"] is None


def test_too_few_texts_are_refused():
    few = LabelledTexts(("x", "y"), ("a", "b"), 2)
    with pytest.raises(UnableToTrain):
        evaluate_issue_types(labelled=few, folds=2, timer=count().__next__)
