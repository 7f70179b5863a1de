import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from credits.domain.verification import discrepancies


class Command(BaseCommand):
    help = "Checks that the credit ledger adds up. Exits with 1 and names the rows when it does not."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="print what does not add up as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(discrepancies())
        if options["json"]:
            self.stdout.write(json.dumps([asdict(each) for each in found]))
        for each in found if not options["json"] else []:
            self.stdout.write(
                f"company {each.company_id}: {each.what} {each.row_id}: expected {each.expected}, found {each.found}"
            )
        if found:
            raise CommandError(f"{len(found)} rows of the ledger do not add up.")
        if not options["json"]:
            self.stdout.write("The ledger adds up.")
