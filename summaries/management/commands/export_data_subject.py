from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from summaries.domain.keeping.data_subject_export import export
from summaries.management.subjects import add_subject_arguments, subject_or_error


class Command(BaseCommand):
    help = "Write a copy of what a company keeps of a person, as a ZIP of JSON Lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_subject_arguments(parser)
        parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="The ZIP to write.")

    def handle(self, *_args: Any, **options: Any) -> None:
        subject = subject_or_error(options)
        output: Path = options["output"]
        try:
            with output.open("xb") as file, tqdm(unit="B", unit_scale=True, leave=False, disable=None) as bar:
                for part in export(subject=subject, actor=None, at=timezone.now()):
                    file.write(part)
                    bar.update(len(part))
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}. Name a file that is not there yet.") from error
        self.stdout.write(f"{output}: a copy of the data of {subject.typed}.")
