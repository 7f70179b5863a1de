"""What webhooks tell: every event by name, with words for people. Ids and states only, never the text of a session."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

#: {name: when it is sent}. Names follow the Standard Webhooks convention: what it is about, then what happened.
EVENTS: Final[dict[str, Any]] = {
    "session.ended": _("A support session has ended, or a recording was imported"),
    "consent.answered": _("A remote user answered the consent question, or withdrew"),
    "summary.ready": _("A summary was written"),
    "summary.changed": _("A member corrected a summary, or chose another text of it"),
    "summary.approved": _("A summary was approved"),
    "credits.threshold_reached": _("50, 75 or 100 percent of the month's credits are used"),
    "credits.granted": _("Credits arrived"),
    "credits.order_changed": _("An order was placed, confirmed, cancelled or refunded"),
    "webhook.test": _("A test, sent from the page of the endpoint"),
}
#: Sent when somebody asks for it, whatever an endpoint listens to.
TEST: Final = "webhook.test"


def choosable_events() -> list[tuple[str, str]]:
    """(name, words) of the events that an endpoint can choose."""
    return [(name, str(words)) for name, words in EVENTS.items() if name != TEST]


def wants(event_types: list[str], event_type: str) -> bool:
    """Whether an endpoint that listens to *event_types* (none: to all) is told of *event_type*."""
    return event_type == TEST or not event_types or event_type in event_types
