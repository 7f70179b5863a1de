from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.members import add_member
from accounts.models import Disclosure
from accounts.permissions import Permission
from policies.enums import Reason, Verdict
from policies.models import DeviceGroup
from summaries.content import Statement
from summaries.domain.exports.rows import read_rows, reader_of
from summaries.enums import ReviewState
from summaries.models import Application, IssueType, Summary, SupportSession
from tests.conftest import Cast
from tests.role_limits import limited_role
from tests.summaries.domain.exports.rows_world import put_session, put_summarised, told
from tests.summaries.report_examples import PRINTER, STARTED_AT, store_summary

TEXTS = ("title", "problem", "cause", "steps", "outcome", "outcome_text", "open_points", "language", "engine", "review")


def test_a_row_tells_the_session_with_times_in_the_companys_zone(cast: Cast) -> None:
    cast.northwind.time_zone = "Europe/Berlin"
    cast.northwind.billing_step_minutes = 10
    cast.northwind.save()
    put_session(
        cast.northwind,
        cast.bob,
        7,
        group="Reception",
        remote_user="Pat",
        notes="Call back.",
        billing_state="OPEN",
        fee=Decimal("12.50"),
        currency="EUR",
        direction="BOTH",
        started_at=STARTED_AT,
        ended_at=STARTED_AT + timedelta(minutes=14, seconds=20),
    )

    [row] = told(cast.northwind, cast.alice)

    assert {key: value for key, value in row.items() if value} == {
        "number": "S-7",
        "direction": "Outgoing and incoming",
        "supporter": "Bob",
        "device": "ACC-7",
        "device_group": "Reception",
        "customer": "Acme",
        "remote_user": "Pat",
        "started_at": "2026-11-22T10:02:00+01:00",
        "ended_at": "2026-11-22T10:16:20+01:00",
        "notes": "Call back.",
        "ticket": "INC0010042",
        "state": "No summary yet",
        "reason": "No summary has been asked for.",
        "duration_minutes": 14.33,
        "billable_minutes": 20,
        "billing_state": "OPEN",
        "fee": "12.50",
        "currency": "EUR",
    }


def test_a_row_of_a_running_session_without_device_leaves_out_what_is_not_known(cast: Cast) -> None:
    session = put_session(cast.northwind, cast.bob, 1, ended_at=None, status="OPEN")
    SupportSession.objects.filter(pk=session.pk).update(device=None)

    [row] = told(
        cast.northwind, cast.alice, "device", "device_group", "ended_at", "duration_minutes", "billable_minutes"
    )

    assert row == dict.fromkeys(("device", "device_group"), "") | dict.fromkeys(
        ("ended_at", "duration_minutes", "billable_minutes")
    )


def test_a_row_tells_the_summary_to_whom_may_read_and_export_it(cast: Cast) -> None:
    session = put_session(cast.northwind, cast.bob, 1, started_at=STARTED_AT)
    shown = replace(PRINTER, cause=(Statement("A second port.", supported=False),), missing_data=("No keys.",))
    summary = store_summary(session, shown, review=ReviewState.APPROVED, reviewed_by=cast.mona)
    summary.issue_types.add(*IssueType.objects.filter(company=cast.northwind, name__in=("Printer", "VPN")))
    summary.applications.add(Application.objects.get(company=cast.northwind, name="Print Spooler"))

    [row] = told(cast.northwind, cast.mona, *TEXTS, "missing_data", "issue_types", "applications", "reviewer", "model")

    assert row == {
        "title": "Printer offline after driver update",
        "problem": "The office printer showed as offline since the driver update on Friday.",
        "cause": "A second port. (not supported by the record)",
        "steps": [
            {
                "at": "2026-11-22T09:04:00+00:00",
                "application": "Settings",
                "action": "Looked at the print queue: six jobs with status Error.",
                "commands": ["Error"],
            },
            {
                "at": "2026-11-22T09:07:00+00:00",
                "application": "Terminal",
                "action": "Restarted the print spooler.",
                "commands": ["net stop spooler", "net start spooler"],
            },
            {"at": None, "application": "", "action": "Printed a test page.", "commands": []},
        ],
        "outcome": "Resolved",
        "outcome_text": "The test page came out; the user confirmed it in the chat.",
        "open_points": "Four other devices have the same driver version.",
        "missing_data": "No keys.",
        "issue_types": ["Printer", "VPN"],
        "applications": ["Print Spooler"],
        "language": "en",
        "engine": "Built-in (offline)",
        "model": "",
        "review": "Approved",
        "reviewer": "Mona",
    }


def test_a_text_by_a_person_that_nobody_reviewed_says_so(cast: Cast) -> None:
    session = put_summarised(cast.northwind, cast.bob, 1)
    session.summary.current.engine = ""
    session.summary.current.save()

    [row] = told(cast.northwind, cast.alice, "engine", "review", "reviewer")

    assert row == {"engine": "Written by a person", "review": "AI-generated", "reviewer": ""}


@pytest.mark.parametrize("column", TEXTS)
def test_a_summary_that_may_be_read_but_not_exported_stays_here(cast: Cast, at: datetime, column: str) -> None:
    put_summarised(cast.northwind, cast.bob, 1)
    auditor = add_member(
        company=cast.northwind, email="dora@northwind.example", name="Dora", role_names=["Auditor"], at=at
    ).user

    [row] = told(cast.northwind, auditor, "number", column, "text_left_out")

    assert row["number"] == "S-1"
    assert not row[column]
    assert row["text_left_out"] == "Your roles do not let you export this summary."


def test_each_row_is_asked_by_the_reach_of_the_roles(cast: Cast, at: datetime) -> None:
    put_summarised(cast.northwind, cast.mona, 1, group="Reception")
    put_summarised(cast.northwind, cast.mona, 2, group="Warehouse")
    put_summarised(cast.northwind, cast.bob, 3)
    member = add_member(company=cast.northwind, email="e@northwind.example", name="Eve", role_names=[], at=at)
    limited_role(member, "Reads all", (Permission.VIEW_ALL_REPORTS, Permission.VIEW_SUMMARIES), ())
    limited_role(member, "Exports some", (Permission.EXPORT_SUMMARIES,), DeviceGroup.objects.filter(name="Reception"))

    rows = told(cast.northwind, member.user, "number", "title")

    assert [(row["number"], bool(row["title"])) for row in rows] == [("S-3", False), ("S-2", False), ("S-1", True)]


def test_a_text_that_waits_for_approval_stays_here(cast: Cast) -> None:
    cast.northwind.ai_settings.approval_required = True
    cast.northwind.ai_settings.save()
    put_summarised(cast.northwind, cast.bob, 1)
    approved = put_summarised(cast.northwind, cast.bob, 2)
    Summary.objects.filter(session=approved).update(review=ReviewState.APPROVED)

    rows = told(cast.northwind, cast.alice, "number", "title", "text_left_out")

    assert [(row["number"], row["title"], row["text_left_out"]) for row in rows] == [
        ("S-2", PRINTER.title, ""),
        ("S-1", "", "Your company wants it approved first, and nobody has approved it yet."),
    ]


def test_a_text_whose_consent_ended_stays_here_though_a_hold_keeps_it(cast: Cast) -> None:
    put_summarised(cast.northwind, cast.bob, 1, verdict=Verdict.NO, reason=Reason.CONSENT_WITHDRAWN)

    [row] = told(cast.northwind, cast.alice, "title", "text_left_out", "state")

    assert row == {
        "title": "",
        "text_left_out": "It may not be kept any more and is about to be deleted.",
        "state": "Consent withdrawn",
    }


def test_people_are_called_by_their_pseudonyms_in_works_council_mode(cast: Cast) -> None:
    cast.northwind.works_council_mode = True
    cast.northwind.pseudonym_key = "key"
    cast.northwind.save()
    session = put_summarised(cast.northwind, cast.bob, 1)
    Summary.objects.filter(session=session).update(review=ReviewState.REVIEWED, reviewed_by=cast.mona)

    [row] = told(cast.northwind, cast.alice, "supporter", "reviewer")

    assert row["supporter"].startswith("Supporter ")
    assert row["reviewer"].startswith("Supporter ")
    assert row["supporter"] != row["reviewer"]


def test_a_revealed_name_that_goes_out_is_told_once(cast: Cast, at: datetime) -> None:
    cast.northwind.works_council_mode = True
    cast.northwind.save()
    Disclosure.objects.create(
        company=cast.northwind,
        subject=cast.bob,
        reason="A complaint",
        requested_by=cast.alice,
        requested_at=at,
        confirmed_by=cast.mona,
        confirmed_at=at,
        ends_at=at + timedelta(hours=1),
    )
    for number in (1, 2):
        put_session(cast.northwind, cast.bob, number)
    rows = read_rows(
        SupportSession.objects.visible_in(cast.alice, cast.northwind),
        reader=reader_of(company=cast.northwind, actor=cast.alice, at=at),
        with_texts=False,
        portion=1,
    )

    with CaptureQueriesContext(connection) as queries:
        assert [row.supporter for portion in rows for row in portion] == ["Bob", "Bob"]

    assert sum("INSERT" in query["sql"] and "auditentry" in query["sql"] for query in queries) == 1


def test_rows_hold_nothing_of_another_company(cast: Cast) -> None:
    put_summarised(cast.contoso, cast.charlie, 1)
    put_summarised(cast.northwind, cast.bob, 1)

    assert [row["supporter"] for row in told(cast.northwind, cast.alice, "supporter")] == ["Bob"]


def test_a_summary_deleted_while_the_list_is_on_its_way_leaves_an_empty_row(cast: Cast, at: datetime) -> None:
    session = put_summarised(cast.northwind, cast.bob, 1)

    deleted = False

    def delete(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal deleted
        if not deleted and sql.startswith("SELECT") and '"summaries_summaryrevision"."content"' in sql:
            deleted = True
            Summary.objects.filter(session=session).update(state="QUEUED", current=None)
            session.summary.revisions.all().delete()
        return execute(sql, *rest)

    with connection.execute_wrapper(delete):
        [row] = told(cast.northwind, cast.alice, "number", "title", "text_left_out")

    assert row == {"number": "S-1", "title": "", "text_left_out": ""}
