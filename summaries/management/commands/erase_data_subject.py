from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from accounts.domain.administrators import LastAdministrator
from accounts.domain.former_members import UnableToForget
from summaries.domain.keeping.data_subjects import holdings
from summaries.domain.keeping.erasure import UnableToErase, check, erase
from summaries.domain.keeping.holds import UnderLegalHold
from summaries.management.subjects import add_subject_arguments, subject_or_error

REFUSALS = (UnableToErase, UnderLegalHold, LastAdministrator, UnableToForget)


class Command(BaseCommand):
    help = "Erase what a company keeps of a person. It cannot be undone. Consents and the audit log stay as proof."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_subject_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="Say what would be erased, and erase nothing.")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *_args: Any, **options: Any) -> None:
        subject = subject_or_error(options)
        held = holdings(subject=subject)
        self.stdout.write(
            f"{subject.typed}: {held.sessions:,} sessions, {held.logs:,} session logs, {held.summaries:,} summaries."
        )
        try:
            check(subject=subject, actor=None)
            if options["dry_run"] or not (options["yes"] or self._confirmed(subject.typed)):
                self.stdout.write("Nothing was erased.")
                return
            with tqdm(total=held.sessions, unit="session", leave=False, disable=None) as bar:
                report = erase(subject=subject, actor=None, at=timezone.now(), progress=bar.update)
        except REFUSALS as refusal:
            raise CommandError(str(refusal)) from refusal
        stays = "; the account stays, it belongs to another company too" if report.account_stays else ""
        self.stdout.write(f"Erased{stays}.")

    def _confirmed(self, name: str) -> bool:
        return input(f"This cannot be undone. Type the name to erase it ({name}): ").strip() == name
