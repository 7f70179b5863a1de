from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain import audit, denials
from accounts.models import AuditEntry
from accounts.tasks import seal_audit_log


@pytest.fixture
def denied(cast):
    return AuditEntry.objects.filter(company=cast.northwind, action="access.denied").order_by("pk")


def test_an_entry_carries_the_address_of_its_request(cast, client):
    client.force_login(cast.alice)
    company = cast.northwind

    client.post(
        reverse("admin:accounts_company_change", args=[company.pk]),
        {"name": "Northwind", "time_zone": "UTC"},
        REMOTE_ADDR="192.0.2.77",
    )

    entry = AuditEntry.objects.get(company=company, action="company.changed")
    assert (entry.actor, entry.address) == (cast.alice, "192.0.2.77")


def test_an_entry_outside_a_request_has_no_address(cast, at):
    with audit.coming_from("192.0.2.77"):
        inside = audit.record(company=cast.northwind, action="company.changed", at=at)
    outside = audit.record(company=cast.northwind, action="company.changed", at=at)

    assert (inside.address, outside.address) == ("192.0.2.77", None)


def test_a_refused_page_is_an_entry(cast, client, denied):
    client.force_login(cast.bob)

    assert client.get(reverse("admin:accounts_role_changelist"), REMOTE_ADDR="192.0.2.8").status_code == 403

    entry = denied.get()
    assert (entry.actor, entry.address) == (cast.bob, "192.0.2.8")
    assert entry.details == {"page": "admin:accounts_role_changelist", "method": "GET"}


def test_a_request_that_the_api_refuses_is_an_entry(cast, client, denied):
    cast.membership(cast.bob).roles.clear()
    cast.bob.groups.clear()
    client.force_login(cast.bob)

    assert client.get("/api/v1/sessions/").status_code == 403

    assert denied.get().details == {"page": "api:session-list", "method": "GET"}


def test_one_page_refused_again_and_again_is_one_entry_an_hour(cast, at, denied):
    def refuse(page, moment):
        denials.record_denial(company=cast.northwind, actor=cast.bob, page=page, method="GET", at=moment)

    refuse("admin:index", at)
    refuse("admin:index", at + timedelta(minutes=59))
    assert denied.count() == 1

    refuse("admin:index", at + timedelta(minutes=61))
    assert denied.count() == 2


def test_many_pages_refused_in_one_hour_are_bounded(cast, at, denied):
    for number in range(denials.MOST_PER_SPAN + 5):
        denials.record_denial(company=cast.northwind, actor=cast.bob, page=f"page:{number}", method="GET", at=at)

    assert denied.count() == denials.MOST_PER_SPAN


def test_a_visitor_who_is_refused_leaves_no_entry(cast, client):
    forged = Client(enforce_csrf_checks=True)

    assert forged.post(reverse("account_login"), {"login": "x", "password": "y"}).status_code == 403

    assert not AuditEntry.objects.filter(action="access.denied").exists()


def test_the_queue_seals_what_is_left(cast):
    seal_audit_log()

    assert not AuditEntry.objects.filter(seal__isnull=True).exists()


def test_characters_that_steer_a_terminal_are_stored_written_out(cast, at):
    entry = audit.record(
        company=cast.northwind,
        action="device.created",
        at=at,
        details={"name": "a\x00b\x1b[2J", "list": ["\u202ereversed"], "count": 3},
    )

    assert entry.details == {"name": "a‹U+0000›b‹U+001B›[2J", "list": ["‹U+202E›reversed"], "count": 3}
