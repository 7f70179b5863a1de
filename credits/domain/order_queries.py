"""Orders as pages and commands list them: a company's own, and for the operator those of all companies."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, DateField, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import access_or_404, require
from credits.domain.operators import require_operator
from credits.domain.plans import MONTHLY_FREE
from credits.enums import GrantKind, OrderState
from credits.models import Grant, NotedPayment, Order
from insights_portal.lib.fields import fits_a_key
from insights_portal.lib.keyset import beyond
from insights_portal.lib.periods import month_start

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Orders, newest first; *older* is what `before` of the next page is, empty on the last."""

    rows: list[Order]
    older: str


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company as the operator sees it: its plan, what it can still use, and orders that wait."""

    company: Company
    available: int
    open_orders: int


@dataclass(frozen=True, slots=True)
class CompanyPage:
    """Companies by name; *more* is what `after` of the next page is, empty on the last."""

    rows: list[CompanyRow]
    more: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of an order's history."""

    what: str
    at: datetime
    note: str = ""


def order_page(*, company: Company, viewer: User, before: str = "") -> OrderPage:
    """The orders of a company. Raises PermissionMissing."""
    require(viewer, Permission.MANAGE_CREDITS, company.pk)
    return _page(Order.objects.visible_in(viewer, company), before)


def find_order(*, company: Company, viewer: User, number: int) -> Order:
    """One order of the company, with its grant. Raises Http404."""
    orders = Order.objects.visible_in(viewer, company).select_related("company", "grant", "pack")
    order: Order = access_or_404(orders, pk=number)
    return order


def operators_order_page(*, viewer: User | None, state: str = "", before: str = "") -> OrderPage:
    """Orders of all companies, those that wait for payment if no state is named; `all` is all. Raises OperatorsOnly."""
    require_operator(viewer)
    orders = Order.objects.select_related("company")
    if state != "all":
        orders = orders.filter(state=state if state in OrderState.values else OrderState.ORDERED)
    return _page(orders, before)


def operators_order(*, viewer: User | None, number: int) -> Order:
    """One order of any company. Raises OperatorsOnly, Http404."""
    require_operator(viewer)
    order: Order = access_or_404(Order.objects.select_related("company", "grant", "pack"), pk=number)
    return order


def noted_payments(*, order: Order) -> list[NotedPayment]:
    """What the payment provider told of an order, newest first."""
    return list(NotedPayment.objects.filter(order=order))


def history_of(order: Order) -> list[Event]:
    """What happened to an order, oldest first."""
    events = [Event(_("Ordered"), order.ordered_at)]
    if order.confirmed_at is not None:
        events.append(
            Event(
                _("Paid and confirmed"),
                order.confirmed_at,
                _("Payment %(reference)s") % {"reference": order.payment_reference},
            )
        )
    if order.closed_at is not None:
        events.append(Event(order.get_state_display(), order.closed_at, order.closing_reason))
    return events


def company_page(*, viewer: User | None, at: datetime, after: str = "") -> CompanyPage:
    """A page of companies by name, the ones after the company with the id *after*. Raises OperatorsOnly."""
    require_operator(viewer)
    companies = Company.objects.order_by("name", "pk")
    last = companies.filter(pk=int(after)).first() if fits_a_key(after) else None
    if last is not None:
        companies = beyond(companies, order=("name", "pk"), position=(last.name, last.pk))
    found: list[Any] = list(_with_figures(companies, at=at)[: PAGE_SIZE + 1])
    rows = [
        # Free credits that no job has given yet count: they are there for whoever asks first.
        CompanyRow(each, each.left + max(MONTHLY_FREE[each.plan] - each.free, 0), each.open_orders)
        for each in found[:PAGE_SIZE]
    ]
    return CompanyPage(rows, str(rows[-1].company.pk) if len(found) > PAGE_SIZE else "")


def operators_company(*, viewer: User | None, key: int) -> Company:
    """One company. Raises OperatorsOnly, Http404."""
    require_operator(viewer)
    return access_or_404(Company.objects.all(), pk=key)


def order_by_number(*, number: str) -> Order | None:
    """The order that a command names: `O-000012`, or 12."""
    digits = number.strip().upper().removeprefix("O-")
    return Order.objects.select_related("company").filter(pk=int(digits)).first() if fits_a_key(digits) else None


def _page(orders: QuerySet[Order], before: str) -> OrderPage:
    if fits_a_key(before):
        orders = orders.filter(pk__lt=int(before))
    rows = list(orders.order_by("-pk")[: PAGE_SIZE + 1])
    older = str(rows[PAGE_SIZE - 1].pk) if len(rows) > PAGE_SIZE else ""
    return OrderPage(rows[:PAGE_SIZE], older)


def _with_figures(companies: QuerySet[Company], *, at: datetime) -> QuerySet[Company]:
    """Companies with *left* (unused credits), *free* (of the month, given so far) and *open_orders*."""
    zones = Company.objects.order_by().values_list("time_zone", flat=True).distinct()
    months = [When(time_zone=zone, then=Value(month_start(at, zone=zone))) for zone in zones]
    grants = Grant.objects.filter(company=OuterRef("pk")).order_by().values("company")
    running = grants.filter(starts_at__lte=at, ends_at__gt=at)
    free = grants.filter(kind=GrantKind.MONTHLY_FREE, month_date=OuterRef("month"))
    waiting = Order.objects.filter(company=OuterRef("pk"), state=OrderState.ORDERED).order_by().values("company")
    return companies.annotate(
        month=Case(*months, default=Value(date.min), output_field=DateField()),
        left=_figure(running.annotate(figure=Sum("remaining"))),
        free=_figure(free.annotate(figure=Sum("credits"))),
        open_orders=_figure(waiting.annotate(figure=Count("pk"))),
    )


def _figure(rows: QuerySet[Any]) -> Coalesce:
    return Coalesce(Subquery(rows.values("figure"), output_field=IntegerField()), 0)
