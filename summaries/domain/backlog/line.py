"""The sessions of a backlog that the ordinary run makes: all of the built-in engine, and what fits no batch."""

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from credits.domain.reservations import InsufficientCredits
from summaries.domain.backlog.holding import begin, hand_to_line
from summaries.domain.backlog.sending import check_active, without_credits
from summaries.domain.generation.steps import Clock
from summaries.enums import BacklogItemState, SummaryState
from summaries.models import Backlog, BacklogItem
from summaries.models.sessions import HIDDEN

State = BacklogItemState


def fill_line(*, backlog: Backlog, clock: Clock, keep_going: Callable[[], bool]) -> None:
    """Let the ordinary run make the next sessions, few enough that a pause takes effect soon. Raises Held."""
    check_active(backlog=backlog)
    items = BacklogItem.objects.filter(backlog=backlog)
    room: int = settings.BACKLOG_IN_LINE - items.filter(state=State.IN_LINE).count()
    for item in items.filter(state=State.WAITING).order_by("pk")[: max(0, room)]:
        if not keep_going():
            return
        item.backlog = backlog
        try:
            _ask(item, clock)
        except InsufficientCredits:
            raise without_credits() from None


@transaction.atomic
def _ask(item: BacklogItem, clock: Clock) -> None:
    claim = begin(item=item, at=clock())
    if claim is not None:
        hand_to_line(item=item, summary=claim.summary, at=clock())


def follow(*, backlog: Backlog) -> None:
    """See what became of the sessions in the ordinary line."""
    items = BacklogItem.objects.filter(backlog=backlog, state=State.IN_LINE)
    rows = items.values_list(
        "pk", "session__status", "session__summary__state", "session__summary__engine", "session__summary__failure"
    )
    for pk, status, state, engine, failure in rows:
        found = _ending(status, state, failure, stood_in=engine != backlog.engine)
        if found is not None:
            items.filter(pk=pk).update(state=found[0], reason=found[1])


def _ending(
    status: str, state: str | None, failure: str | None, *, stood_in: bool
) -> tuple[BacklogItemState, str] | None:
    """State and reason of an item whose session stands so; None: it is not decided yet."""
    if status in HIDDEN or state is None:
        return State.SKIPPED, _("The session or its summary was deleted.")
    if state == SummaryState.READY:
        return State.WRITTEN, _("By the built-in engine, at no charge.") if stood_in else ""
    if state == SummaryState.FAILED:
        return State.FAILED, failure or ""
    return None
