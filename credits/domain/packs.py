"""Packs of credits that the operator sells, and the terms at which an order takes them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.tenancy import access_or_404
from credits.domain.money import UnknownCurrency, is_whole, minor_units, rounded
from credits.domain.operators import require_operator
from credits.models import Pack
from credits.models.orders import HIGHEST_PRICE, MOST_CREDITS
from insights_portal.lib.numbers import grouped
from insights_portal.lib.text import show_controls

LONGEST_NAME = 80
MOST_TAX = 100
#: What the operator sets of a pack.
CHANGEABLE = ("name", "credits", "price", "currency", "tax_percent", "is_offered")

log = structlog.get_logger(__name__)


class UnableToSavePack(Exception):
    """The pack can't be sold like this; the sentence says why, *field* what to change."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Terms:
    """What a pack costs, rounded to the smallest unit of its currency."""

    credits: int
    net: Decimal
    tax_percent: Decimal
    tax: Decimal
    total: Decimal
    currency: str

    @property
    def key(self) -> str:
        """What a buyer agreed to; a form carries it, so that nobody orders at a price they did not see."""
        return f"{self.credits}/{self.net}/{self.tax}/{self.total}/{self.currency}"


def terms_of(pack: Pack) -> Terms:
    """The terms at which *pack* is sold at present."""
    net = rounded(pack.price, currency=pack.currency)
    tax = rounded(net * pack.tax_percent / 100, currency=pack.currency)
    return Terms(pack.credits, net, pack.tax_percent, tax, net + tax, pack.currency)


def offered_packs() -> QuerySet[Pack]:
    return Pack.objects.filter(is_offered=True)


def find_pack(*, pack_id: int) -> Pack:
    """The pack, offered or not. Raises Http404."""
    return access_or_404(Pack.objects.all(), pk=pack_id)


def pack_by_name(*, name: str) -> Pack | None:
    return Pack.objects.filter(name=name).first()


def all_packs(*, viewer: User | None) -> QuerySet[Pack]:
    """Every pack, offered ones first; *viewer* None is a command. Raises OperatorsOnly."""
    require_operator(viewer)
    return Pack.objects.order_by("-is_offered", "credits", "price", "pk")


@transaction.atomic
def create_pack(
    *,
    name: str,
    credits: int,
    price: Decimal,
    currency: str,
    actor: User | None,
    tax_percent: Decimal = Decimal(0),
    is_offered: bool = True,
) -> Pack:
    """Offer a new pack. *actor* None is a command of the operator's. Raises OperatorsOnly, UnableToSavePack."""
    require_operator(actor)
    values = {
        "name": name,
        "credits": credits,
        "price": price,
        "currency": currency,
        "tax_percent": tax_percent,
        "is_offered": is_offered,
    }
    pack = Pack(**_checked(values, pack_id=None))
    _store(pack)
    _tell("pack.created", pack, actor)
    return pack


@transaction.atomic
def change_pack(*, pack: Pack, values: dict[str, Any], actor: User | None) -> Pack:
    """Store those of CHANGEABLE that *values* names, for orders to come: an order keeps the terms it was made at.

    Raises OperatorsOnly, UnableToSavePack.
    """
    require_operator(actor)
    stored = Pack.objects.select_for_update(no_key=True).get(pk=pack.pk)
    before = {name: getattr(stored, name) for name in CHANGEABLE}
    wanted = before | {name: value for name, value in values.items() if name in CHANGEABLE}
    for name, value in _checked(wanted, pack_id=stored.pk).items():
        setattr(stored, name, value)
    _store(stored)
    _tell("pack.changed", stored, actor)
    return stored


def _checked(values: dict[str, Any], *, pack_id: int | None) -> dict[str, Any]:
    # It stands on receipts and in mails.
    name, currency = show_controls(" ".join(values["name"].split())), values["currency"].strip().upper()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise UnableToSavePack(
            _("Give the pack a name of 1 to %(longest_name)s characters.") % {"longest_name": LONGEST_NAME},
            field="name",
        )
    if Pack.objects.filter(~Q(pk=pack_id), name=name).exists():
        raise _taken(name)
    if not 1 <= values["credits"] <= MOST_CREDITS:
        raise UnableToSavePack(
            _("A pack holds 1 to %(most_credits)s credits.") % {"most_credits": grouped(MOST_CREDITS)}, field="credits"
        )
    _check_price(values["price"], currency)
    tax = values["tax_percent"]
    if not tax.is_finite() or not 0 <= tax <= MOST_TAX or tax != round(tax, 2):
        raise UnableToSavePack(_("Tax is 0 to 100 per cent, with at most two decimals."), field="tax_percent")
    return {**values, "name": name, "currency": currency}


def _store(pack: Pack) -> None:
    try:
        with transaction.atomic():
            pack.save()
    except IntegrityError as error:  # pragma: no cover - SQLite lets nobody come between; PostgreSQL is tested
        # Somebody took the name at the same moment.
        raise _taken(pack.name) from error


def _taken(name: str) -> UnableToSavePack:
    return UnableToSavePack(
        _("There is a pack “%(name)s” already. Give this one another name.") % {"name": name}, field="name"
    )


def _check_price(price: Decimal, currency: str) -> None:
    try:
        digits = minor_units(currency)
    except UnknownCurrency as error:
        raise UnableToSavePack(str(error), field="currency") from error
    if not price.is_finite() or not 0 <= price <= HIGHEST_PRICE:
        raise UnableToSavePack(
            _("A price is 0 to %(highest_price)s.") % {"highest_price": grouped(HIGHEST_PRICE)}, field="price"
        )
    if not is_whole(price, currency=currency):
        raise UnableToSavePack(
            _("Prices in %(currency)s have this many decimals: %(digits)s.") % {"currency": currency, "digits": digits},
            field="price",
        )


def _tell(event: str, pack: Pack, actor: User | None) -> None:
    # A pack is no company's, and each company has an audit log of its own: this goes to the operator's own log.
    terms = {name: str(getattr(pack, name)) for name in CHANGEABLE}
    log.info(event, pack=pack.pk, actor=actor.pk if actor else None, **terms)
