"""Measure what redaction finds and what it damages."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from summaries.redaction.measure.labelled import UnableToReadLabels
from summaries.redaction.measure.run import HELD_OUT_SEED, measure
from summaries.redaction.measure.score import Score
from summaries.redaction.redactor import Redactor

_TITLES = {
    "tuned": "Generated, what the rules were tuned on",
    "held_out": "Generated, held out",
    "labelled": "Labelled sentences of the folder",
}


class Command(BaseCommand):
    help = (
        "Score redaction on a folder of labelled sentences (*.json) and on secrets and harmless lines that are made "
        "up at run time: recall by type, and the share of harmless lines that it changes. Names of people are not "
        "masked and not scored. Stores nothing."
    )
    # Needs files only: works before there is a database.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument("--seed", type=int, default=HELD_OUT_SEED, help="Makes the held-out samples.")
        parser.add_argument("--details", action="store_true", help="Tell what was missed and damaged.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            scores = measure(options["folder"], seed=options["seed"], redactor=lambda: Redactor("evaluation"))
        except UnableToReadLabels as error:
            raise CommandError(str(error), returncode=1) from error
        if options["json"]:
            figures = {
                part: each.figures() | (_details(each) if options["details"] else {}) for part, each in scores.items()
            }
            self.stdout.write(json.dumps(figures, ensure_ascii=False))
            return
        for part, each in scores.items():
            self.stdout.write("\n".join([_TITLES[part], *_lines(each)]))
            if options["details"]:
                self.stdout.write(json.dumps(_details(each), ensure_ascii=False, indent=1))


def _details(each: Score) -> dict[str, Any]:
    return {
        "missed": [[sample.kind, sample.form, sample.text] for sample in each.missed],
        "damaged_lines": [[sample.text, masked] for sample, masked in each.damaged],
    }


def _lines(each: Score) -> list[str]:
    figures: Any = each.figures()
    return [
        *(
            f"  {kind:16} recall {row['recall']:.4f} of {row['asked']:>5}"
            + (f", goal {row['goal']:.2f}" if row["goal"] else "")
            for kind, row in figures["recall"].items()
        ),
        f"  damaged          {each.damage():.2%} of {each.lines} harmless lines",
        f"  below the goal   {', '.join(figures['below_goal']) or 'nothing'}",
    ]
