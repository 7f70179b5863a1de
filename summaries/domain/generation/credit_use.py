"""A session's one credit, with what it is used for: the ledger tells use by member, policy and device group."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid5

from accounts.models import Company, User
from credits.domain.alerts import check_quietly
from credits.domain.reservations import reserve
from credits.enums import ReservationState
from credits.models import Reservation
from policies.enums import Reason
from summaries.enums import SummaryState
from summaries.models import SupportSession


def credit_id(*, session: SupportSession, part: int = 0) -> UUID:
    """By what the ledger knows a credit of *session*: 0 is the one of everything, the next are of further questions."""
    return uuid5(session.public_id, f"questions {part}") if part else session.public_id


def reserve_for(*, session: SupportSession, at: datetime, part: int = 0) -> None:
    """Reserve the credit of *session*, and tell the company what share of its credits that used.

    *part*: see credit_id. Raises InsufficientCredits, after telling that, too.
    """
    try:
        _reserve(session=session, at=at, part=part)
    finally:
        check_quietly(company=session.company, at=at)


def _reserve(*, session: SupportSession, at: datetime, part: int) -> None:
    device = session.device
    group = device.group if device else None
    policy = (device.policy or (group.policy if group else None)) if device else None
    reserve(
        company=session.company,
        session_id=credit_id(session=session, part=part),
        at=at,
        session_label=session.label,
        member_id=session.supporter_id,
        policy=policy.name if policy and session.reason == Reason.INCOMING_POLICY else "",
        device_group=group.name if group else "",
    )


def has_credit(*, session: SupportSession) -> bool:
    """Whether the session's one credit is reserved or charged already, so that nothing more of it costs anything."""
    return Reservation.objects.filter(
        company=session.company_id,
        session_id=session.public_id,
        state__in=(ReservationState.RESERVED, ReservationState.CHARGED),
    ).exists()


def sessions_waiting(*, company: Company, viewer: User) -> int:
    """How many of the sessions that *viewer* sees wait for a credit."""
    return (
        SupportSession.objects.visible_in(viewer, company)
        .filter(summary__state=SummaryState.WAITING_FOR_CREDITS)
        .count()
    )


def visible_numbers(*, company: Company, viewer: User, session_ids: Collection[UUID]) -> dict[UUID, int]:
    """{public id: number} of those of the sessions that *viewer* may open."""
    if not session_ids:
        return {}
    visible = SupportSession.objects.visible_in(viewer, company).filter(public_id__in=session_ids)
    return dict(visible.values_list("public_id", "number"))
