"""Compare what an engine picks from support chats with what people wrote about them."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from summaries.domain.evaluation.chats import ChatEvaluation, evaluate_chats, find_chats
from summaries.domain.evaluation.material import UnableToEvaluate
from summaries.engines.builtin import BuiltInEngine


class Command(BaseCommand):
    help = (
        "Score the built-in engine on a folder of summarised chats (*.jsonl): ROUGE of its summary's first 40 words "
        "beside that of the first and last message. Stores nothing."
    )
    # Needs files only: works before there is a database.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument("--details", action="store_true", help="The text that was scored, chat by chat.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            chats = find_chats(folder=options["folder"])
        except UnableToEvaluate as error:
            raise CommandError(str(error), returncode=1) from error
        with tqdm(total=len(chats), unit="chat", file=self.stderr, disable=None) as bar:
            evaluation = evaluate_chats(
                chats=chats,
                engine=BuiltInEngine(),
                at=timezone.now(),
                timer=time.perf_counter,
                on_progress=bar.update,
            )
        details = [score.prose for score in evaluation.scores] if options["details"] else []
        if options["json"]:
            figures = evaluation.figures() | ({"details": details} if details else {})
            self.stdout.write(json.dumps(figures, ensure_ascii=False))
        else:
            self.stdout.write("\n".join([*_lines(evaluation), *details]))


def _lines(evaluation: ChatEvaluation) -> list[str]:
    figures: Any = evaluation.figures()
    return [
        f"{figures['chats']} chats, {figures['words']} words each",
        f"{'':22} ROUGE-1  ROUGE-2  ROUGE-L",
        *(
            f"{label:22} {row['rouge_1']:>7}  {row['rouge_2']:>7}  {row['rouge_l']:>7}"
            for label, row in (("Engine", figures["engine"]), ("First, last message", figures["baseline"]))
        ),
        f"Told as resolved: {figures['says_resolved']}; statements without evidence: {figures['statements_dropped']}",
    ]
