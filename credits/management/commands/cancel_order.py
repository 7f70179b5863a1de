from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from credits.domain.orders import UnableToChangeOrder, cancel_order
from credits.management.lookups import order_of


class Command(BaseCommand):
    help = "Cancel an order that nobody has paid."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("order", help="its number, for example O-000012")
        parser.add_argument("--reason", required=True, help="why; the company reads it")

    def handle(self, *args: Any, **options: Any) -> None:
        order = order_of(options["order"])
        try:
            order = cancel_order(order=order, reason=options["reason"], actor=None, at=timezone.now())
        except UnableToChangeOrder as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Order {order.number} of {order.company.slug} is cancelled.")
