"""A session's one credit, with what it is used for: the ledger tells use by member, policy and device group."""

from datetime import datetime

from credits.domain.reservations import reserve
from policies.enums import Reason
from summaries.models import SupportSession


def reserve_for(*, session: SupportSession, at: datetime) -> None:
    """Reserve the credit of *session*. Raises InsufficientCredits."""
    device = session.device
    group = device.group if device else None
    policy = (device.policy or (group.policy if group else None)) if device else None
    reserve(
        company=session.company,
        session_id=session.public_id,
        at=at,
        session_label=session.label,
        member_id=session.supporter_id,
        policy=policy.name if policy and session.reason == Reason.INCOMING_POLICY else "",
        device_group=group.name if group else "",
    )
