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
