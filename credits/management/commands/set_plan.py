from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from credits.domain.plan_changes import UnableToChangePlan, change_plan
from credits.management.lookups import company_of


class Command(BaseCommand):
    help = "Set the plan of a company. A bigger one adds its free credits to the present month at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("company", help="the company's slug")
        parser.add_argument("plan", help="BUSINESS, PREMIUM, CORPORATE or TENSOR")

    def handle(self, *args: Any, **options: Any) -> None:
        company = company_of(options["company"])
        try:
            added = change_plan(company=company, plan=options["plan"].upper(), at=timezone.now(), actor=None)
        except UnableToChangePlan as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{company} has the plan {company.plan}; {added} free credits were added for this month.")
