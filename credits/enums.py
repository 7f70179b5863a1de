from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class GrantKind(models.TextChoices):
    MONTHLY_FREE = "MONTHLY_FREE", _("Free credits of the month")
    PURCHASED = "PURCHASED", _("Purchased")
    ADJUSTMENT = "ADJUSTMENT", _("Adjustment")


class EntryKind(models.TextChoices):
    """What one line of the ledger does to the balance and to what is held of it."""

    GRANT = "GRANT", _("Granted")
    RESERVE = "RESERVE", _("Reserved")
    CHARGE = "CHARGE", _("Charged")
    RELEASE = "RELEASE", _("Released")
    EXPIRE = "EXPIRE", _("Expired")
    ADJUST = "ADJUST", _("Adjusted")


class ReservationState(models.TextChoices):
    RESERVED = "RESERVED", _("Reserved")
    CHARGED = "CHARGED", _("Charged")
    RELEASED = "RELEASED", _("Released")


class OrderState(models.TextChoices):
    ORDERED = "ORDERED", _("Ordered")
    CONFIRMED = "CONFIRMED", _("Confirmed")
    CANCELLED = "CANCELLED", pgettext_lazy("order", "Cancelled")
    REFUNDED = "REFUNDED", _("Refunded")


class PaymentOutcome(models.TextChoices):
    """What came of a payment that a provider told of."""

    PAID = "PAID", _("Paid: the order is confirmed")
    FAILED = "FAILED", _("The payment failed")
    MISMATCH = "MISMATCH", _("Another amount or currency than the order’s: nothing was confirmed")
    UNEXPECTED = "UNEXPECTED", _("Paid although the order does not wait for a payment")


class AlertThreshold(models.IntegerChoices):
    """Shares of the month's credits, in per cent, at which the company is told."""

    HALF = 50, "50 %"
    THREE_QUARTERS = 75, "75 %"
    ALL = 100, "100 %"
