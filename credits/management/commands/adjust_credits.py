from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from credits.domain.balance import monthly_balance
from credits.domain.grants import UnableToGrantCredits, adjust
from credits.domain.orders import UnableToChangeOrder, checked_reason
from credits.management.lookups import company_of


class Command(BaseCommand):
    help = "Give a company credits that last twelve months, or take unused ones back. The ledger tells the reason."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("company", help="the company's slug")
        parser.add_argument("amount", type=int, help="how many; below zero takes back")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        company, at = company_of(options["company"]), timezone.now()
        try:
            reason = checked_reason(options["reason"])
            adjust(company=company, amount=options["amount"], reason=reason, at=at)
        except (UnableToGrantCredits, UnableToChangeOrder) as refusal:
            raise CommandError(str(refusal)) from refusal
        left = monthly_balance(company=company, at=at).available
        self.stdout.write(f"{company}: {options['amount']:+,} credits. {left:,} are left to use.")
