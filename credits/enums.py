from django.db import models


class ReservationState(models.TextChoices):
    RESERVED = "RESERVED", "Reserved"
    CHARGED = "CHARGED", "Charged"
    RELEASED = "RELEASED", "Released"
