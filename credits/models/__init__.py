from credits.models.alerts import CreditAlert, Forecast
from credits.models.ledger import CreditQuerySet, Entry, Grant, Reservation
from credits.models.orders import NotedPayment, NumberSeries, Order, Pack

__all__ = [
    "CreditAlert",
    "CreditQuerySet",
    "Entry",
    "Forecast",
    "Grant",
    "NotedPayment",
    "NumberSeries",
    "Order",
    "Pack",
    "Reservation",
]
