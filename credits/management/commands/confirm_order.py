from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from credits.domain.orders import UnableToChangeOrder, confirm_order
from credits.management.lookups import order_of


class Command(BaseCommand):
    help = "Confirm the payment of an order: its credits arrive, for twelve months, and its receipt is made."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("order", help="its number, for example O-000012")
        parser.add_argument("--payment", required=True, help="the payment's own number; it stands on the receipt")

    def handle(self, *args: Any, **options: Any) -> None:
        order = order_of(options["order"])
        try:
            order = confirm_order(order=order, payment_reference=options["payment"], at=timezone.now(), actor=None)
        except UnableToChangeOrder as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"Order {order.number} of {order.company.slug} is confirmed: {order.credits:,} credits, receipt "
            f"{order.receipt_label}."
        )
