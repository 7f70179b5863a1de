"""Sessions of several people and devices, and how an export of them is read back."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

from accounts.models import Company, User
from policies.models import Device, DeviceGroup
from summaries.domain.exports.columns import choose_columns
from summaries.domain.exports.export import export_sessions
from summaries.models import SupportSession
from tests.conftest import NOW
from tests.summaries.report_examples import STARTED_AT, session_of, store_summary


def put_session(company: Company, supporter: User, number: int, *, group: str = "", **fields: Any) -> SupportSession:
    """A session of 14 minutes, the higher its number the newer, with a device of its own in *group*."""
    device_group = DeviceGroup.objects.get_or_create(company=company, name=group)[0] if group else None
    device = Device.objects.create(company=company, name=f"ACC-{number}", customer="Acme", group=device_group)
    began = fields.pop("started_at", STARTED_AT + timedelta(hours=number))
    ended = fields.pop("ended_at", began + timedelta(minutes=14))
    session = session_of(company, supporter, number=number, device=device, started_at=began, ended_at=ended, **fields)
    session.save()
    return session


def put_summarised(company: Company, supporter: User, number: int, **fields: Any) -> SupportSession:
    session = put_session(company, supporter, number, **fields)
    store_summary(session)
    return session


def exported(company: Company, actor: User, *columns: str, kind: str = "jsonl") -> bytes:
    made = export_sessions(
        company=company,
        actor=actor,
        sessions=SupportSession.objects.visible_in(actor, company),
        asked={"list": "reports"},
        columns=choose_columns(columns),
        kind=kind,
        at=NOW,
    )
    return b"".join(made.content)


def told(company: Company, actor: User, *columns: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in exported(company, actor, *columns).splitlines()]


def table(company: Company, actor: User, *columns: str) -> list[list[str]]:
    text = exported(company, actor, *columns, kind="csv").decode()
    return list(csv.reader(io.StringIO(text, newline="")))
