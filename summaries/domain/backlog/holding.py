"""What a backlog does with the row of one session's summary: holds it, hands it on, gives it back.

While a session is in a batch its summary's row is held by a claim of ours, with a lease beyond the time for which a
provider keeps results. So nobody makes it a second time, a withdrawal takes it away at once, and a result that comes
for a claim that is gone is thrown away.
"""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import EngineName, SummaryLanguage
from summaries.domain.generation.claims import Claim, fail, put_back
from summaries.domain.generation.lines import enqueue_generation
from summaries.domain.generation.requests import NotEligible, check_still_eligible, request_and_hold
from summaries.enums import BacklogItemState, BacklogState, SummaryState
from summaries.models import Backlog, BacklogItem, ProviderBatch, Summary, SupportSession
from summaries.models.sessions import HIDDEN

#: A provider works for a day at a batch and keeps its results for 29.
KEPT_BY_PROVIDER = timedelta(days=29)
LEASE = KEPT_BY_PROVIDER + timedelta(days=1)

#: Batches that one session goes into before it is given back.
MOST_BATCHES = 2

State = BacklogItemState


@transaction.atomic
def begin(*, item: BacklogItem, at: datetime) -> Claim | None:
    """Reserve the credit of an item's session and hold its summary, if it is still to be made.

    None: it is not, and the item says why. Raises InsufficientCredits; nothing is left of the try then.
    """
    backlog, session = item.backlog, _session_of(item)
    if session.status in HIDDEN:
        move(item=item, state=State.SKIPPED, reason=_("The session was deleted."))
        return None
    try:
        with transaction.atomic():
            claim = request_and_hold(
                session=session,
                actor=backlog.ordered_by,
                at=at,
                engine=EngineName(backlog.engine),
                language=SummaryLanguage(backlog.language),
                lease_seconds=LEASE.total_seconds(),
            )
    except NotEligible as refusal:
        move(item=item, state=State.SKIPPED, reason=str(refusal))
        return None
    if claim is None:
        _follow_other(item)
    return claim


def _session_of(item: BacklogItem) -> SupportSession:
    """As it is now, with what tells for what its credit is used."""
    related = ("company", "supporter", "device__policy", "device__group__policy")
    session: SupportSession = SupportSession.objects.select_related(*related).get(pk=item.session_id)
    return session


def _follow_other(item: BacklogItem) -> None:
    if Summary.objects.get(session=item.session_id).state == SummaryState.READY:
        move(item=item, state=State.SKIPPED, reason=_("Its summary was written meanwhile."))
    else:
        move(item=item, state=State.IN_LINE)


def move(*, item: BacklogItem, state: BacklogItemState, reason: str = "") -> None:
    """Set the item's state; what is in no batch holds no claim."""
    item.state, item.reason, item.claim = state, reason[:300], None
    item.save(update_fields=["state", "reason", "claim"])


def put_into(*, item: BacklogItem, batch: ProviderBatch, claim: Claim, tokens: int) -> None:
    item.state, item.batch, item.claim, item.tokens = State.SENT, batch, claim.token, tokens
    item.reason = ""
    item.save(update_fields=["state", "batch", "claim", "tokens", "reason"])


def held_summary(*, item: BacklogItem) -> Summary | None:
    """The summary that the item still holds; None when the claim was taken away."""
    found = Summary.objects.select_related("session__company__ai_settings", "session__supporter", "requested_by")
    summary: Summary | None = found.filter(session=item.session_id, claim=item.claim, claim__isnull=False).first()
    return summary


def claim_of(summary: Summary, *, at: datetime) -> Claim:
    """The hold on a summary that is held. *at*: when it was sent to be written."""
    return Claim(summary, cast("UUID", summary.claim), at)


@transaction.atomic
def hand_to_line(*, item: BacklogItem, summary: Summary, at: datetime, reason: str = "") -> None:
    """Let the ordinary run make it: in several parts, with a repair, or by the built-in engine."""
    put_back(claim=claim_of(summary, at=at), failure="", retry_at=at, counts=False)
    # It stands in line from now on, and a busy engine is waited for from now on.
    Summary.objects.filter(pk=summary.pk, state=SummaryState.QUEUED).update(requested_at=at)
    enqueue_generation(summary_id=summary.pk, engine=summary.requested_engine)
    move(item=item, state=State.IN_LINE, reason=reason)


def still_going(*, item: BacklogItem, at: datetime) -> Summary | None:
    """The item's summary, asked anew whether it may be made. None: it may not, and the item says why."""
    summary = held_summary(item=item)
    if summary is None:
        move(item=item, state=State.SKIPPED, reason=_("Its session log or its consent went meanwhile."))
        return None
    try:
        check_still_eligible(session=summary.session)
    except NotEligible as refusal:
        give_back(item=item, reason=str(refusal), at=at, then=State.SKIPPED)
        return None
    return summary


@transaction.atomic
def give_back(*, item: BacklogItem, reason: str, at: datetime, then: BacklogItemState) -> None:
    """Release the session's credit and show why there is no summary.

    *then*: WAITING lets it go into another batch, once; whatever it is, nothing waits in a backlog that was cancelled.
    """
    summary = held_summary(item=item)
    if summary is not None:
        fail(summary=summary, claim=item.claim, failure=reason[:300], at=at)
    # Locked, so that a cancellation comes before or after.
    state = Backlog.objects.select_for_update().values_list("state", flat=True).get(pk=item.backlog_id)
    item.tries += 1
    item.save(update_fields=["tries"])
    if state == BacklogState.CANCELLED:
        move(item=item, state=State.SKIPPED, reason=cancelled())
    elif then == State.WAITING and item.tries > MOST_BATCHES - 1:
        move(item=item, state=State.FAILED, reason=reason)
    else:
        move(item=item, state=then, reason="" if then == State.WAITING else reason)


def cancelled() -> str:
    return _("The backlog was cancelled.")
