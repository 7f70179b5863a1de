"""What the operator's commands name on their command line. Raises CommandError with a sentence."""

from decimal import Decimal, InvalidOperation

from django.core.management.base import CommandError

from accounts.domain import queries
from accounts.models import Company
from credits.domain.order_queries import order_by_number
from credits.models import Order


def company_of(slug: str) -> Company:
    company = queries.company_by_slug(slug)
    if company is None:
        raise CommandError(f"There is no company “{slug}”.")
    return company


def order_of(number: str) -> Order:
    order = order_by_number(number=number)
    if order is None:
        raise CommandError(f"There is no order “{number}”. “orders --state all” lists them.")
    return order


def decimal_of(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise CommandError(f"“{text}” is not a number. Write it like 1234.50.") from error
