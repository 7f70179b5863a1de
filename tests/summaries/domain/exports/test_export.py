from datetime import datetime

import pytest
from django.db import connection, transaction

from accounts.domain.members import add_member
from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from summaries.domain.exports.columns import choose_columns
from summaries.domain.exports.export import SessionsFile, export_sessions
from summaries.domain.exports.rows import PORTION
from summaries.models import SupportSession
from tests.conftest import Cast
from tests.summaries.domain.exports.rows_world import exported, put_session, put_summarised
from tests.summaries.report_examples import STARTED_AT


def made(cast: Cast, at: datetime, kind: str = "csv") -> SessionsFile:
    return export_sessions(
        company=cast.northwind,
        actor=cast.alice,
        sessions=SupportSession.objects.visible_in(cast.alice, cast.northwind),
        asked={"list": "reports", "filters": {"period": "all"}},
        columns=choose_columns(["number,title"]),
        kind=kind,
        at=at,
    )


def test_an_export_is_named_after_company_and_day_and_entered_in_the_audit_log(cast: Cast, at: datetime) -> None:
    cast.northwind.time_zone = "Pacific/Auckland"
    put_session(cast.northwind, cast.bob, 1)

    file = made(cast, at.replace(hour=23))

    assert (file.name, file.content_type, file.rows) == (
        "sessions-northwind-2026-11-21.csv",
        "text/csv; charset=utf-8",
        1,
    )
    entry = AuditEntry.objects.get(action="sessions.exported")
    assert (entry.company, entry.actor) == (cast.northwind, cast.alice)
    assert entry.details == {
        "format": "csv",
        "rows": 1,
        "columns": ["number", "title"],
        "list": "reports",
        "filters": {"period": "all"},
    }


def test_an_export_needs_a_role_that_reads_reports(cast: Cast, at: datetime) -> None:
    nobody = add_member(company=cast.northwind, email="n@northwind.example", name="N", role_names=[], at=at).user
    put_session(cast.northwind, cast.bob, 1)

    with pytest.raises(PermissionMissing, match="View own connection reports"):
        exported(cast.northwind, nobody)
    assert not AuditEntry.objects.filter(action="sessions.exported").exists()


def test_what_comes_in_while_a_list_is_on_its_way_is_not_in_it(cast: Cast, at: datetime) -> None:
    put_session(cast.northwind, cast.bob, 2)

    file = made(cast, at)
    put_session(cast.northwind, cast.bob, 1, started_at=STARTED_AT)

    assert b"".join(file.content).splitlines() == [b"Session,Title", b"S-2,"]
    assert AuditEntry.objects.get(action="sessions.exported").details["rows"] == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_a_client_that_breaks_off_leaves_nothing_open(cast: Cast, at: datetime, kind: str) -> None:
    put_summarised(cast.northwind, cast.bob, 1)
    file = made(cast, at, kind)

    first = next(file.content)
    file.content.close()

    assert first
    assert list(file.content) == []
    assert AuditEntry.objects.filter(action="sessions.exported").count() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_open_between_two_portions(cast: Cast, at: datetime) -> None:
    for number in range(2):
        put_session(cast.northwind, cast.bob, number + 1)

    file = made(cast, at, "jsonl")
    next(file.content)

    assert not connection.in_atomic_block
    with transaction.atomic():
        SupportSession.objects.update(notes="changed")


def test_a_list_longer_than_a_portion_is_whole(cast: Cast, at: datetime) -> None:
    template = put_session(cast.northwind, cast.bob, 1)
    count = PORTION + 1
    SupportSession.objects.bulk_create(
        SupportSession(
            company=cast.northwind, supporter=cast.bob, number=number, started_at=STARTED_AT, device=template.device
        )
        for number in range(2, count + 1)
    )

    lines = b"".join(made(cast, at).content).splitlines()

    assert len(lines) == count + 1
    assert len(set(lines)) == count + 1
