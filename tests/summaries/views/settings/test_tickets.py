import pytest

from accounts.models import AuditEntry
from tests.summaries.views.settings.conftest import field_errors

GOOD = {
    "ticket_address": "desk@northwind.example",
    "ticket_subject": "[desk #{ticket}]  {title}",
    "ticket_link": "https://desk.example/{ticket}",
}


@pytest.fixture
def page(tab):
    return tab("tickets")


def test_where_tickets_are_is_stored_and_the_mailbox_not_repeated_in_the_audit_log(page, stored):
    assert "By it the ticket system finds the ticket." in page.read()
    assert page.send(**GOOD).headers["Location"] == "/ai-settings/tickets/"

    own = stored()
    assert (own.ticket_address, own.ticket_subject) == ("desk@northwind.example", "[desk #{ticket}] {title}")
    assert own.ticket_link == "https://desk.example/{ticket}"
    assert "desk@" not in str(AuditEntry.objects.get(action="ai_settings.changed").details)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("ticket_address", "desk", "Enter one e-mail address."),
        ("ticket_subject", "", "Enter a subject, for example [{ticket}] {title}"),
        ("ticket_subject", "{title}", "Write {ticket} where the number of the ticket stands"),
        ("ticket_subject", "{ticket} {number}", "nothing else in braces but {ticket}, {title}, {session}."),
        ("ticket_link", "https://desk.example/", "Write {ticket} where the number of the ticket stands"),
        ("ticket_link", "http://desk.example/{ticket}", "The address of a ticket begins with https://"),
        ("ticket_link", "javascript:alert({ticket})", "The address of a ticket begins with https://"),
        ("ticket_link", "https://desk.example{ticket}", "Write {ticket} after the host"),
        ("ticket_link", "https://{ticket}.desk.example/", "Write {ticket} after the host"),
    ],
)
def test_what_can_not_work_is_refused_at_its_field(page, stored, field, value, told):
    answer = page.send(**GOOD | {field: value})

    assert answer.status_code == 422
    assert told in field_errors(answer)[field][0]
    assert stored().ticket_address == ""


def test_what_was_set_meanwhile_is_told(page):
    seen = page.fields()["version"]
    page.send(**GOOD)

    late = page.send(version=seen, **GOOD | {"ticket_address": "other@northwind.example"})

    assert "mailbox of the ticket system: now desk@northwind.example" in field_errors(late)["__all__"][0]
