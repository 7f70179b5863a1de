from django.db import models


class GrantKind(models.TextChoices):
    MONTHLY_FREE = "MONTHLY_FREE", "Free credits of the month"
    PURCHASED = "PURCHASED", "Purchased"
    ADJUSTMENT = "ADJUSTMENT", "Adjustment"


class EntryKind(models.TextChoices):
    """What one line of the ledger does to the balance and to what is held of it."""

    GRANT = "GRANT", "Granted"
    RESERVE = "RESERVE", "Reserved"
    CHARGE = "CHARGE", "Charged"
    RELEASE = "RELEASE", "Released"
    EXPIRE = "EXPIRE", "Expired"
    ADJUST = "ADJUST", "Adjusted"


class ReservationState(models.TextChoices):
    RESERVED = "RESERVED", "Reserved"
    CHARGED = "CHARGED", "Charged"
    RELEASED = "RELEASED", "Released"


class OrderState(models.TextChoices):
    ORDERED = "ORDERED", "Ordered"
    CONFIRMED = "CONFIRMED", "Confirmed"
    CANCELLED = "CANCELLED", "Cancelled"
    REFUNDED = "REFUNDED", "Refunded"


class PaymentOutcome(models.TextChoices):
    """What came of a payment that a provider told of."""

    PAID = "PAID", "Paid: the order is confirmed"
    FAILED = "FAILED", "The payment failed"
    MISMATCH = "MISMATCH", "Another amount or currency than the order’s: nothing was confirmed"
    UNEXPECTED = "UNEXPECTED", "Paid although the order does not wait for a payment"


class AlertThreshold(models.IntegerChoices):
    """Shares of the month's credits, in per cent, at which the company is told."""

    HALF = 50, "50 %"
    THREE_QUARTERS = 75, "75 %"
    ALL = 100, "100 %"
