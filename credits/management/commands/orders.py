import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from credits.domain.money import money
from credits.domain.order_queries import operators_order_page
from credits.enums import OrderState


class Command(BaseCommand):
    help = "List orders of credits, newest first: those that wait for payment, or those of another state."

    def add_arguments(self, parser: CommandParser) -> None:
        choices = [*OrderState.values, "all"]
        parser.add_argument("--state", choices=choices, default=OrderState.ORDERED.value, help="default: ORDERED")
        parser.add_argument("--json", action="store_true", help="print one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        before, found = "", 0
        while True:
            page = operators_order_page(viewer=None, state=options["state"], before=before)
            for order in page.rows:
                self.stdout.write(json.dumps(_row(order)) if options["json"] else _line(order))
            found, before = found + len(page.rows), page.older
            if not before:
                break
        if not found and not options["json"]:
            self.stdout.write("No orders.")


def _line(order: Any) -> str:
    total = money(order.total, order.currency)
    paid = f", payment {order.payment_reference}" if order.payment_reference else ""
    what = f"{order.credits:,} credits for {total}, {order.get_state_display().lower()}{paid}"
    return f"{order.number}  {order.ordered_at:%Y-%m-%d}  {order.company.slug}: {what}"


def _row(order: Any) -> dict[str, Any]:
    return {
        "order": order.number,
        "company": order.company.slug,
        "state": order.state,
        "credits": order.credits,
        "total": str(order.total),
        "currency": order.currency,
        "ordered_at": order.ordered_at.isoformat(),
        "payment_reference": order.payment_reference,
    }
