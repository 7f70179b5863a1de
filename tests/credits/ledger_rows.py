"""Credits as a company uses them, for tests that read the ledger."""

from datetime import datetime, timedelta
from uuid import uuid4

from accounts.models import Company
from credits.domain.reservations import release, reserve, settle
from credits.models import Reservation


def use_credit(company: Company, *, at: datetime, ending: str = "CHARGED", **used_for: object) -> Reservation:
    """One session's credit: reserved, then a minute later as *ending* says; RESERVED leaves it."""
    session_id = uuid4()
    reservation = Reservation.objects.get(pk=reserve(company=company, session_id=session_id, at=at, **used_for))
    settled_at = at + timedelta(minutes=1)
    if ending == "CHARGED":
        settle(company=company, session_id=session_id, at=settled_at)
    elif ending == "RELEASED":
        release(company=company, session_id=session_id, at=settled_at)
    reservation.refresh_from_db()
    return reservation


def count_only(company: Company, *, on: bool = True) -> None:
    company.ai_settings.meter_only = on
    company.ai_settings.save(update_fields=["meter_only"])
