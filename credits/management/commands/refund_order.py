from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from credits.domain.money import money
from credits.domain.orders import UnableToChangeOrder
from credits.domain.refunds import refund_order
from credits.management.lookups import order_of


class Command(BaseCommand):
    help = "Take back what is unused of an order's credits, and make the receipt over that share of its price."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("order", help="its number, for example O-000012")
        parser.add_argument("--reason", required=True, help="why; the company reads it")

    def handle(self, *args: Any, **options: Any) -> None:
        order = order_of(options["order"])
        try:
            order = refund_order(order=order, reason=options["reason"], at=timezone.now(), actor=None)
        except UnableToChangeOrder as refusal:
            raise CommandError(str(refusal)) from refusal
        refund = money(order.refunded_total, order.currency)
        self.stdout.write(
            f"Order {order.number} of {order.company.slug} is refunded: {order.refunded_credits:,} credits taken back, "
            f"receipt {order.refund_label}. Pay {refund} back."
        )
