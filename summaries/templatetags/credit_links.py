"""What pages about credits tell of sessions: the credits themselves know none."""

from typing import Any
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.adapters import shown_name
from accounts.domain.members import holders
from accounts.permissions import Permission
from credits.domain.ledger_queries import LedgerRow
from summaries.domain.generation.credit_use import sessions_waiting, visible_numbers
from summaries.domain.reading.states import StateView
from summaries.enums import SummaryState
from summaries.views.access import READ_REPORTS, may

register = template.Library()

#: Names of members who manage credits; more would not help who looks for one.
MOST_NAMES = 3


@register.simple_tag(takes_context=True)
def waiting_sessions(context: dict[str, Any]) -> dict[str, Any]:
    """How many of the sessions that the viewer sees wait for credits, and where they are listed."""
    request = context["request"]
    if not any(may(request, permission) for permission in READ_REPORTS):
        return {}
    address = f"{reverse('summaries:reports')}?state=WAITING_FOR_CREDITS&period=all"
    return {"count": sessions_waiting(company=request.company, viewer=request.user), "address": address}


@register.simple_tag(takes_context=True)
def session_addresses(context: dict[str, Any], rows: list[LedgerRow]) -> dict[UUID, str]:
    """The pages of those sessions of *rows* that the viewer may open."""
    request = context["request"]
    reservations = [row.entry.reservation for row in rows if row.entry.reservation]
    numbers = visible_numbers(
        company=request.company, viewer=request.user, session_ids={each.session_id for each in reservations}
    )
    return {session_id: reverse("summaries:session", args=[number]) for session_id, number in numbers.items()}


@register.filter
def of_row(addresses: dict[UUID, str], row: LedgerRow) -> str:
    """The address of the row's session; nothing for one that can't be opened."""
    return addresses.get(row.entry.reservation.session_id, "") if row.entry.reservation else ""


@register.simple_tag(takes_context=True)
def whom_to_ask(context: dict[str, Any], state: StateView) -> str:
    """The sentence that names who orders the credits that a session waits for; nothing for whoever can."""
    request = context["request"]
    if state.code != SummaryState.WAITING_FOR_CREDITS or may(request, Permission.MANAGE_CREDITS):
        return ""
    people = holders(company=request.company, permission=Permission.MANAGE_CREDITS)[:MOST_NAMES]
    told = ""
    for person in people:
        name = shown_name(request, person)
        told = _("%(names)s or %(name)s") % {"names": told, "name": name} if told else name
    if told:
        return _("Ask %(names)s to order credits.") % {"names": told}
    return _("Ask an administrator to order credits.")
