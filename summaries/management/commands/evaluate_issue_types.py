"""Measure how well issue types can be told apart on labelled texts, before training on them."""

import json
import time
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from summaries.domain.evaluation.issue_types import IssueTypeEvaluation, evaluate_issue_types
from summaries.domain.taxonomy.labelled_texts import UnableToReadTexts, read_labelled_texts
from summaries.engines.builtin.issue_types.training import UnableToTrain

_MAX_FOLDS = 20


class Command(BaseCommand):
    help = (
        "Train on all parts of a CSV file of labelled texts but one and ask for that one, part after part: accuracy, "
        "precision and recall of each label, and the share of “unknown”. Stores nothing."
    )
    # Needs a file only: works before there is a database.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("csv", type=Path, metavar="CSV")
        parser.add_argument("--text", default="", metavar="COLUMN", help="Found by its name when left out.")
        parser.add_argument("--label", default="", metavar="COLUMN", help="Found by its name when left out.")
        parser.add_argument("--folds", type=_folds, default=5, help="Into how many parts the texts are cut (2 to 20).")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            labelled = read_labelled_texts(
                path=options["csv"], text_column=options["text"], label_column=options["label"]
            )
            with tqdm(total=options["folds"], unit="part", file=self.stderr, disable=None) as bar:
                evaluation = evaluate_issue_types(
                    labelled=labelled, folds=options["folds"], timer=time.perf_counter, on_progress=bar.update
                )
        except (UnableToReadTexts, UnableToTrain) as error:
            raise CommandError(str(error), returncode=1) from error
        self.stdout.write(json.dumps(evaluation.figures()) if options["json"] else "\n".join(_lines(evaluation)))


def _folds(text: str) -> int:
    if not text.isdecimal() or not 2 <= int(text) <= _MAX_FOLDS:  # noqa: PLR2004
        raise ArgumentTypeError(f"a number from 2 to {_MAX_FOLDS}")
    return int(text)


def _lines(evaluation: IssueTypeEvaluation) -> list[str]:
    figures = evaluation.figures()
    per_label: Any = figures["per_label"]
    width = max(map(len, per_label))
    lines = [
        f"{figures['texts']} texts, {figures['labels']} labels",
        f"Accuracy of the best guess   {_percent(figures['accuracy'])}",
        f"Accuracy where it answers    {_percent(figures['accuracy_answered'])}",
        f"Unknown                      {_percent(figures['unknown_share'])}",
        f"Seconds of one training      {figures['training_seconds']}",
        "",
        f"{'':{width}}  precision  recall  texts",
    ]
    return lines + [
        f"{label:{width}}  {_percent(row['precision']):>9}  {_percent(row['recall']):>6}  {row['texts']:>5}"
        for label, row in per_label.items()
    ]


def _percent(value: Any) -> str:
    return "–" if value is None else f"{value:.1%}"
