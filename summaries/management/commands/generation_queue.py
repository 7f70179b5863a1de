"""Tell the operator how many summaries are in line, for how long, and which engines are held back."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from summaries.domain.generation.queue import GenerationQueue, read_queue


class Command(BaseCommand):
    help = "Shows the queue of summaries: by company, what runs, what is held back and until when."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        at = timezone.now()
        queue = read_queue(at=at)
        waits = round(queue.oldest_wait(at=at).total_seconds())
        if options["json"]:
            told = {**asdict(queue), "in_line": queue.in_line, "oldest_wait_seconds": waits}
            self.stdout.write(json.dumps(told, default=str))
            return
        for line in _lines(queue, waits):
            self.stdout.write(line)


def _lines(queue: GenerationQueue, waits: int) -> list[str]:
    return [
        f"In line: {queue.in_line}, the oldest for {waits} s. Being written: {queue.running}. "
        f"Waiting for credits: {queue.waiting_for_credits}.",
        f"Runs for remote engines: {queue.runs}, with {queue.in_flight} summaries in flight.",
        *(
            f"  {each.slug}: {each.remote} for a remote engine, {each.built_in} for the built-in one, "
            f"{each.held_back} held back, since {each.oldest:%Y-%m-%d %H:%M}"
            for each in queue.companies
        ),
        *(f"  An engine is held back until {until:%H:%M} UTC: {reason}" for until, reason in queue.paused),
    ]
