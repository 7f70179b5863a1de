"""Import recordings from the command line."""

from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from accounts.domain.queries import company_by_slug, member_by_email
from accounts.models import Membership
from summaries.domain.imports.collections import import_collection, import_file
from summaries.domain.imports.recordings import ImportOrder, ImportResult, UnableToImport
from summaries.domain.imports.report_mappings import NoSuchMapping, source_named
from summaries.domain.imports.session_file_words import sentence_of
from summaries.enums import Direction
from summaries.models import SessionFile
from summaries.sources.base import CollectionSource, RecordingFile
from summaries.sources.pairing import pair_files
from summaries.sources.reports.mapped_csv import MappedCSVSource


class Command(BaseCommand):
    help = "Import recordings and reports of support sessions into a company. What is there already stays one session."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--company", required=True, help="The company's short name (slug).")
        parser.add_argument("--supporter", required=True, help="E-mail address of the member who connected.")
        parser.add_argument(
            "--consent",
            default="",
            help="How the remote user agreed; goes into the ledger. A report that only lists connections needs none.",
        )
        parser.add_argument("--device", default="", help="Name of the device, if the recording does not tell.")
        parser.add_argument("--direction", choices=Direction.values, default=Direction.OUTGOING)
        parser.add_argument("--ticket", default="")
        parser.add_argument("--mapping", default="", help="Read CSV reports by the company's mapping of this name.")

    def handle(self, *args: Any, **options: Any) -> None:
        membership = membership_or_error(options["company"], options["supporter"])
        failed = 0
        with ExitStack() as stack:
            for recording in pair_files(_opened(options["files"], stack)):
                try:
                    result = self._import(recording, membership, options)
                except UnableToImport as error:
                    failed += 1
                    self.stderr.write(self.style.ERROR(f"{recording.name}: {error}"))
                else:
                    self.stdout.write(f"{recording.name}: {_describe(result)}")
        if failed:
            raise CommandError(f"{failed} of the recordings could not be imported; the others are in.")

    def _import(
        self, recording: RecordingFile, membership: Membership, options: dict[str, Any]
    ) -> ImportResult | SessionFile:
        size = recording.stream.seek(0, 2)
        recording.stream.seek(0)
        order = ImportOrder(
            company=membership.company,
            recording=recording,
            supporter=membership.user,
            consent_statement=options["consent"],
            actor=membership.user,
            at=timezone.now(),
            direction=Direction(options["direction"]),
            device_name=options["device"],
            ticket=options["ticket"],
        )
        if options["mapping"]:
            source = cast("CollectionSource", mapping_or_error(membership, options["mapping"]))
            return import_collection(order=order, source=source)
        with tqdm(total=size, unit="B", unit_scale=True, desc=recording.name, leave=False, disable=None) as bar:
            return import_file(order=order, on_progress=lambda position: _advance(bar, position))


def _advance(bar: "tqdm[Any]", position: int) -> None:
    bar.update(position - bar.n)


def mapping_or_error(membership: Membership, name: str) -> MappedCSVSource:
    try:
        return source_named(company=membership.company, name=name)
    except NoSuchMapping as error:
        raise CommandError(str(error)) from error


def membership_or_error(slug: str, email: str) -> Membership:
    company = company_by_slug(slug)
    if company is None:
        raise CommandError(f"There is no company “{slug}”. `manage.py demo --no-serve` makes two to try with.")
    membership = member_by_email(company=company, email=email)
    if membership is None:
        raise CommandError(f"{email} is not an active member of {company}. Name one of its members.")
    return membership


def _opened(paths: list[Path], stack: ExitStack) -> list[RecordingFile]:
    try:
        return [RecordingFile(stream=stack.enter_context(path.open("rb")), name=path.name) for path in paths]
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}. Nothing was imported.") from error


def _describe(result: ImportResult | SessionFile) -> str:
    if isinstance(result, SessionFile):
        return sentence_of(result)
    session = result.session
    if not result.created:
        return f"is already there as {session.label}; nothing was changed"
    sentence = f"{session.label}, {session.interaction_count} interactions, {session.get_reason_display()}"
    if session.bad_record_count:
        first = session.bad_records[0]
        sentence += (
            f"; {session.bad_record_count} records could not be read, "
            f"the first at {first['unit'].lower()} {first['place']}: {first['problem']}"
        )
    return sentence
