import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from accounts.models import Company
from summaries.domain.keeping import retention
from summaries.domain.keeping.removal import UNDO_DAYS
from summaries.domain.keeping.retention import RetentionPlan, RetentionReport


class Command(BaseCommand):
    help = "Delete the session logs, summaries and consents whose time is over. The queue does it every night."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", default="", help="The company's short name (slug); all when left out.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be deleted, and delete nothing.")
        parser.add_argument("--json", action="store_true", help="One line of JSON per company.")

    def handle(self, *_args: Any, **options: Any) -> None:
        companies = list(retention.companies(slug=options["company"]))
        if options["company"] and not companies:
            raise CommandError(f"There is no company “{options['company']}”.")
        for company in companies:
            planned = retention.plan(company=company, at=timezone.now(), at_most=None)
            found = planned if options["dry_run"] else _apply(company, planned)
            self.stdout.write(_as_json(company, found) if options["json"] else f"{company}: {_as_words(found)}")


def _apply(company: Company, planned: RetentionPlan) -> RetentionReport:
    with tqdm(total=planned.total, desc=company.slug, unit="deletion", leave=False, disable=None) as bar:
        return retention.apply(company=company, at=timezone.now(), progress=bar.update)


def _as_words(found: RetentionPlan | RetentionReport) -> str:
    verb = "would be deleted" if isinstance(found, RetentionPlan) else "deleted"
    words = f"{found.logs:,} session logs, {found.summaries:,} summaries, {found.consents:,} consents {verb}"
    if found.purged:
        words += f"; {found.purged:,} records of the trash, whose {UNDO_DAYS} days are over, {verb} for good"
    if found.held:
        words += f"; {found.held:,} sessions kept under legal hold"
    if isinstance(found, RetentionPlan) and found.waiting:
        words += f"; {found.waiting:,} consents wait until log and summary of their session are gone"
    return f"{words}."


def _as_json(company: Company, found: RetentionPlan | RetentionReport) -> str:
    return json.dumps({"company": company.slug, **asdict(found)}, default=str)
