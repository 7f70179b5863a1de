"""Teach the built-in engine a company's own issue types."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.domain.queries import company_by_slug
from accounts.models import Company
from summaries.domain.taxonomy.issue_type_models import NoTrainedModel, UnknownIssueTypes, remove_model, train_for
from summaries.domain.taxonomy.labelled_texts import UnableToReadTexts, read_labelled_texts
from summaries.domain.taxonomy.ready_made_issue_types import train_ready_made
from summaries.engines.builtin.issue_types.training import UnableToTrain


class Command(BaseCommand):
    help = (
        "Train the built-in engine on a company's labelled tickets: a CSV file with a text and a label in each row. "
        "Replaces the company's earlier model. The label - stands for texts that belong to no issue type."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("csv", type=Path, nargs="?", metavar="CSV")
        parser.add_argument("--company", default="", metavar="SLUG", help="The company's short name.")
        parser.add_argument("--text", default="", metavar="COLUMN", help="Found by its name when left out.")
        parser.add_argument("--label", default="", metavar="COLUMN", help="Found by its name when left out.")
        parser.add_argument("--create", action="store_true", help="Create issue types that the company lacks.")
        parser.add_argument(
            "--remove", action="store_true", help="Remove the company's model; the ready-made one counts."
        )
        parser.add_argument(
            "--ready-made", type=Path, metavar="FILE", help="Write the model that comes with the portal."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            self.stdout.write(_done(options))
        except (UnableToReadTexts, UnableToTrain, UnknownIssueTypes, NoTrainedModel) as error:
            raise CommandError(str(error), returncode=1) from error


def _done(options: dict[str, Any]) -> str:
    if options["ready_made"]:
        written = train_ready_made(path=options["ready_made"])
        return f"Written: {options['ready_made']}, {written:,} bytes."
    company = _company(options["company"])
    if options["remove"]:
        remove_model(company=company, actor=None, at=timezone.now())
        return f"The model of {company} is removed; the ready-made one is used."
    if options["csv"] is None:
        raise CommandError("Name the CSV file with the labelled texts.", returncode=1)
    labelled = read_labelled_texts(path=options["csv"], text_column=options["text"], label_column=options["label"])
    classifier = train_for(company=company, labelled=labelled, create=options["create"], actor=None, at=timezone.now())
    of = f" of {labelled.found:,}" if labelled.found > classifier.texts else ""
    left_out = f" Rows left out for lack of a text or a label: {labelled.skipped:,}." if labelled.skipped else ""
    return (
        f"Version {classifier.version} of the model of {company} tells {len(classifier.issue_types)} issue types "
        f"apart, trained on {classifier.texts:,}{of} texts.{left_out}"
    )


def _company(slug: str) -> Company:
    company = company_by_slug(slug)
    if company is None:
        raise CommandError("Name the company whose issue types these are: --company SLUG.", returncode=1)
    return company
