"""A page of sessions as the API answers it, from plain values: a serializer takes longer for it than all else.

What stands in a row is what `SessionSerializer` makes of the same session; a test compares them. Ids and moments are
written by who writes the answer, which knows how faster.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import cache
from typing import Any

from django.utils import timezone

from accounts.adapters import shown_name_of, shown_names
from accounts.scoped_api import MemberRequest
from policies.enums import Reason
from summaries.domain.consent.wording import incoming_notice
from summaries.domain.reading.plain_sessions import DescribedSession
from summaries.domain.reading.states import StateFacts, state_of
from summaries.domain.redaction.report import redaction_report
from summaries.models import SupportSession

_SECOND = timedelta(seconds=1)


def describe(rows: Iterable[DescribedSession], *, request: MemberRequest) -> list[dict[str, Any]]:
    """*rows* as the API answers them. One query for all, where an incoming session needs its company's notice."""
    zone = timezone.get_current_timezone()
    # Each is put into words once for all rows that are alike.
    supporter, capture, state = _supporters_in(request), _captures_in(request), cache(_state)
    return [
        {
            "id": row.public_id,
            "number": f"S-{row.number}",
            "status": row.status,
            "direction": row.direction,
            "supporter": supporter(row.supporter_id, row.supporter__name, row.supporter__email),
            "device": _device(row),
            "remote_user": row.remote_user,
            "started_at": row.started_at.astimezone(zone),
            "ended_at": None if row.ended_at is None else row.ended_at.astimezone(zone),
            "duration_seconds": _seconds(row),
            "notes": row.notes,
            "ticket": row.ticket,
            "billing_state": row.billing_state,
            "fee": None if row.fee is None else f"{row.fee:.2f}",
            "currency": row.currency,
            "capture": capture(row.verdict, row.reason),
            "recording": _recording(row),
            "interaction_count": row.interaction_count,
            "redaction": row.redaction_counts,
            "redaction_report": _redaction_report(row),
            "redaction_rules_version": row.redaction_version,
            "summary": _summary(row),
            "summary_state": state(row.state_facts),
        }
        for row in rows
    ]


def _supporters_in(request: MemberRequest) -> Callable[[int, str, str], dict[str, str]]:
    names = shown_names(request)

    @cache
    def supporter(pk: int, name: str, email: str) -> dict[str, str]:
        shown = shown_name_of(request, pk, name or email)
        return {"name": shown, "email": email if names.is_shown(pk) else ""}

    return supporter


def _captures_in(request: MemberRequest) -> Callable[[str, str], dict[str, str]]:
    @cache
    def notice() -> str:
        return incoming_notice(company=request.company)

    @cache
    def capture(verdict: str, reason: str) -> dict[str, str]:
        told = notice() if reason == Reason.INCOMING_POLICY else ""
        return {"verdict": verdict, "reason": reason, "explanation": str(Reason(reason).label), "notice": told}

    return capture


def _device(row: DescribedSession) -> dict[str, Any] | None:
    if row.device_id is None:
        return None
    return {
        "name": row.device__name,
        "operating_system": row.device__operating_system,
        "customer": row.device__customer,
    }


def _seconds(row: DescribedSession) -> int | None:
    return None if row.ended_at is None else (row.ended_at - row.started_at) // _SECOND


def _recording(row: DescribedSession) -> dict[str, Any]:
    return {
        "format": row.source_format,
        "name": row.source_name,
        "quality": row.quality,
        "bad_record_count": row.bad_record_count,
    }


def _redaction_report(row: DescribedSession) -> list[dict[str, Any]]:
    if not row.redaction_counts:
        return []
    session = SupportSession(redaction_counts=row.redaction_counts, redaction_memory=row.redaction_memory)
    return [
        {"rule": masked.rule, "name": masked.label, "places": masked.places, "values": masked.values}
        for masked in redaction_report(session=session)
    ]


def _summary(row: DescribedSession) -> dict[str, Any] | None:
    if row.summary__public_id is None:
        return None
    return {"id": row.summary__public_id, "state": row.summary__state, "review": row.summary__review}


def _state(facts: StateFacts) -> dict[str, str]:
    state = state_of(facts)
    return {"code": state.code, "word": str(state.word), "reason": str(state.reason)}
