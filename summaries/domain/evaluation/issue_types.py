"""Scores the classifier of issue types on labelled texts, each time on a part that it had not seen. Stores nothing."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from summaries.domain.taxonomy.labelled_texts import LabelledTexts
from summaries.engines.builtin.issue_types.model import NONE
from summaries.engines.builtin.issue_types.storage import pack, unpack
from summaries.engines.builtin.issue_types.training import held_out, train


@dataclass(frozen=True, slots=True)
class Answer:
    """*said* is empty for “unknown”; *best* is what the model would say if it had to."""

    label: str
    said: str
    best: str


@dataclass(slots=True)
class IssueTypeEvaluation:
    answers: list[Answer] = field(default_factory=list)
    #: How long each training took, in seconds.
    training_seconds: list[float] = field(default_factory=list)
    model_bytes: int = 0

    def figures(self) -> dict[str, object]:
        """*accuracy* of the best guess for every text; *accuracy_answered* where the model does not say “unknown”."""
        answered = [each for each in self.answers if each.said]
        return {
            "texts": len(self.answers),
            "labels": len({each.label for each in self.answers}),
            "accuracy": _share(sum(_fits(each.best, each) for each in self.answers), len(self.answers)),
            "accuracy_answered": _share(sum(_fits(each.said, each) for each in answered), len(answered)),
            "accuracy_unknown_as_wrong": _share(sum(_fits(each.said, each) for each in answered), len(self.answers)),
            "unknown_share": _share(len(self.answers) - len(answered), len(self.answers)),
            "per_label": _per_label(self.answers),
            "training_seconds": round(sum(self.training_seconds) / max(len(self.training_seconds), 1), 2),
            "model_bytes": self.model_bytes,
        }


def _fits(said: str, answer: Answer) -> bool:
    return said == answer.label


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _per_label(answers: Sequence[Answer]) -> dict[str, dict[str, object]]:
    """Precision and recall of what the model says, and of its best guess; “unknown” counts as not found."""
    texts, said, best = (Counter(getattr(each, name) for each in answers) for name in ("label", "said", "best"))
    said_right = Counter(each.label for each in answers if each.said == each.label)
    best_right = Counter(each.label for each in answers if each.best == each.label)
    return {
        label: {
            "texts": texts[label],
            "precision": _share(said_right[label], said[label]),
            "recall": _share(said_right[label], texts[label]),
            "precision_best": _share(best_right[label], best[label]),
            "recall_best": _share(best_right[label], texts[label]),
        }
        for label in sorted(texts)
    }


def evaluate_issue_types(
    *,
    labelled: LabelledTexts,
    folds: int,
    timer: Callable[[], float],
    on_progress: Callable[[], object] = lambda: None,
) -> IssueTypeEvaluation:
    """Train *folds* times and ask each model for the part that was put aside. Raises UnableToTrain."""
    evaluation = IssueTypeEvaluation()
    texts, labels = labelled.texts, labelled.labels
    for part in held_out(labels, folds, seed=1):
        rest = [at for at in range(len(texts)) if at not in part]
        began = timer()
        model = train(texts=[texts[at] for at in rest], labels=[labels[at] for at in rest])
        evaluation.training_seconds.append(timer() - began)
        # What is scored is what would be stored.
        packed = pack(model)
        evaluation.model_bytes = max(evaluation.model_bytes, len(packed))
        stored = unpack(packed)
        for at in sorted(part):
            guess = stored.guess(texts[at])
            # A model that says “none of them” of such a text is right, not silent.
            said = NONE if guess.best == NONE else guess.label
            evaluation.answers.append(Answer(labels[at], said, guess.best))
        on_progress()
    return evaluation
