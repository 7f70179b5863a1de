"""A page of sessions as the API answers it, from plain values: a serializer takes longer for it than all else.

What stands in a row is what `SessionSerializer` makes of the same session; a test compares them.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.adapters import shown_name_of, shown_names
from accounts.scoped_api import MemberRequest
from policies.enums import Reason
from summaries.domain.consent.wording import incoming_notice
from summaries.domain.reading.states import state_of
from summaries.domain.redaction.report import redaction_report
from summaries.models import SupportSession

_COLUMNS = (
    *("pk", "public_id", "number", "status", "direction", "remote_user", "started_at", "ended_at", "notes", "ticket"),
    *("billing_state", "fee", "currency", "verdict", "reason", "source_format", "source_name", "quality"),
    *("bad_record_count", "interaction_count", "redaction_counts", "redaction_memory", "redaction_version"),
    *("log_deleted_at", "summary_deleted_at", "supporter_id", "supporter__name", "supporter__email", "device_id"),
    *("device__name", "device__operating_system", "device__customer"),
    *("summary__pk", "summary__public_id", "summary__state", "summary__review", "summary__failure"),
)
#: These stand in an answer as they are stored.
_AS_STORED = (
    *("status", "direction", "remote_user", "notes", "ticket", "billing_state", "currency", "interaction_count"),
)
Row = Mapping[str, Any]


def plain_rows(sessions: QuerySet[SupportSession]) -> QuerySet[Any, Any]:
    """*sessions* as rows for `describe`."""
    rows: QuerySet[Any, Any] = sessions.select_related(None).values(*_COLUMNS)
    return rows


def describe(rows: Iterable[Row], *, request: MemberRequest) -> list[dict[str, Any]]:
    """*rows* as the API answers them. One query for all, where an incoming session needs its company's notice."""
    names = shown_names(request)

    @cache
    def supporter(pk: int, name: str, email: str) -> dict[str, str]:
        shown = shown_name_of(request, pk, name or email)
        return {"name": shown, "email": email if names.is_shown(pk) else ""}

    @cache
    def notice() -> str:
        return incoming_notice(company=request.company)

    states: dict[Hashable, dict[str, str]] = {}
    explanations = {reason.value: str(reason.label) for reason in Reason}
    return [
        {
            "id": str(row["public_id"]),
            "number": f"S-{row['number']}",
            "supporter": supporter(row["supporter_id"], row["supporter__name"], row["supporter__email"]),
            "device": _device(row),
            "started_at": _moment(row["started_at"]),
            "ended_at": _moment(row["ended_at"]),
            "duration_seconds": _seconds(row),
            "fee": None if row["fee"] is None else f"{row['fee']:.2f}",
            "capture": {
                "verdict": row["verdict"],
                "reason": row["reason"],
                "explanation": explanations[row["reason"]],
                "notice": notice() if row["reason"] == Reason.INCOMING_POLICY else "",
            },
            **{name: row[name] for name in _AS_STORED},
            **_about_recording(row),
            **_about_summary(row, states),
        }
        for row in rows
    ]


def _device(row: Row) -> dict[str, str] | None:
    if row["device_id"] is None:
        return None
    return {name: row[f"device__{name}"] for name in ("name", "operating_system", "customer")}


def _moment(value: datetime | None) -> str | None:
    """As the framework writes moments: in the zone of the request, UTC as Z."""
    if value is None:
        return None
    local = value.astimezone(timezone.get_current_timezone()).isoformat()
    return f"{local[:-6]}Z" if local.endswith("+00:00") else local


def _seconds(row: Row) -> int | None:
    ended_at: datetime | None = row["ended_at"]
    return None if ended_at is None else (ended_at - row["started_at"]) // timedelta(seconds=1)


def _about_recording(row: Row) -> dict[str, Any]:
    counts = row["redaction_counts"]
    masked = SupportSession(redaction_counts=counts, redaction_memory=row["redaction_memory"]) if counts else None
    return {
        "recording": {
            "format": row["source_format"],
            "name": row["source_name"],
            "quality": row["quality"],
            "bad_record_count": row["bad_record_count"],
        },
        "redaction": counts,
        "redaction_report": [_masked(each) for each in redaction_report(session=masked)] if masked else [],
        "redaction_rules_version": row["redaction_version"],
    }


def _masked(found: Any) -> dict[str, Any]:
    values = asdict(found)
    return {"rule": values["rule"], "name": values["label"], "places": values["places"], "values": values["values"]}


def _about_summary(row: Row, states: dict[Hashable, dict[str, str]]) -> dict[str, Any]:
    """*states*: what was told before of the same facts, so that fifty rows are not put into words fifty times."""
    facts = {
        "status": row["status"],
        "verdict": row["verdict"],
        "reason": row["reason"],
        "summary_state": row["summary__state"],
        "review": row["summary__review"] or "",
        "failure": row["summary__failure"] or "",
        "log_is_deleted": row["log_deleted_at"] is not None,
        "summary_is_deleted": row["summary_deleted_at"] is not None,
        "has_log": row["interaction_count"] > 0,
    }
    key = tuple(facts.values())
    if key not in states:
        state = state_of(**facts)
        states[key] = {"code": state.code, "word": str(state.word), "reason": str(state.reason)}
    summary = None
    if row["summary__pk"] is not None:
        public_id = str(row["summary__public_id"])
        summary = {"id": public_id, "state": row["summary__state"], "review": row["summary__review"]}
    return {"summary": summary, "summary_state": states[key]}
