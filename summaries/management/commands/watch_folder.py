"""Import whatever recordings appear in a folder."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from summaries.domain.imports.collections import import_file
from summaries.domain.imports.recordings import ImportOrder, ImportResult
from summaries.domain.imports.watching import FolderWatch, take
from summaries.enums import Direction
from summaries.management.commands.import_recording import membership_or_error
from summaries.models import SessionFile
from summaries.sources.base import RecordingFile


class Command(BaseCommand):
    help = "Import recordings that appear in a folder; they move to imported/ or refused/ inside it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--company", required=True, help="The company's short name (slug).")
        parser.add_argument("--supporter", required=True, help="E-mail address of the member who connects.")
        parser.add_argument("--consent", default="", help="How remote users agree; goes into the ledger.")
        parser.add_argument("--direction", choices=Direction.values, default=Direction.OUTGOING)
        parser.add_argument("--seconds", type=float, default=2.0, help="Time between two looks.")
        parser.add_argument("--once", action="store_true", help="Take what lies there now, and stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder. Make it first.")
        membership = membership_or_error(options["company"], options["supporter"])

        def import_one(recording: RecordingFile) -> ImportResult | SessionFile:
            return import_file(
                order=ImportOrder(
                    company=membership.company,
                    recording=recording,
                    supporter=membership.user,
                    consent_statement=options["consent"],
                    actor=membership.user,
                    at=timezone.now(),
                    direction=Direction(options["direction"]),
                )
            )

        watch = FolderWatch(folder)
        watch.settled()
        while True:
            time.sleep(options["seconds"])
            for taken in take(folder=folder, paths=watch.settled(), import_one=import_one):
                word = "imported" if taken.imported else "refused"
                self.stdout.write(f"{taken.name}: {word}, {taken.sentence}")
            if options["once"]:
                return
