import html
import re
from uuid import uuid4

import pytest

from accounts.domain.members import add_member
from accounts.models import AISettings
from summaries.models import SummaryMail
from tests.conftest import PASSWORD
from tests.summaries.domain.correction.cases import summary_of
from tests.summaries.domain.sending.cases import enter_mailbox, send_it
from tests.summaries.views.settings.conftest import field_errors, words

ADDRESS = "/sessions/S-1/send/"
LETTER = {"to": "address", "address": "erika@customer.example", "revision": "1", "note": "As promised."}


@pytest.fixture
def session(cast):
    return summary_of(cast.northwind, cast.bob).session


def letter(**values):
    return {**LETTER, "key": str(uuid4()), **values}


def test_a_summary_is_sent_from_its_tab(cast, session, signed_in):
    client = signed_in(cast.bob)

    answer = client.post(ADDRESS, letter())

    assert answer.headers["Location"] == ADDRESS
    shown = words(client.get(ADDRESS))
    assert "The summary is on its way." in shown
    assert re.search(r"erika@customer\.example Bob · [\w :]+ · Revision 1 Waiting Bob", shown)
    assert SummaryMail.objects.get().note == "As promised."


def test_the_form_offers_the_ticket_of_the_session(cast, session, signed_in):
    enter_mailbox(cast.northwind, ticket_link="https://desk.example/{ticket}")
    session.ticket = "INC-7"
    session.save()
    client = signed_in(cast.bob)

    page = client.get(ADDRESS).content.decode()

    assert re.search(r'value="ticket"[^>]*checked', page)
    assert 'value="INC-7"' in page
    assert 'href="https://desk.example/INC-7"' in page
    client.post(ADDRESS, letter(to="ticket", ticket="INC-7", address=""))
    assert '<a href="https://desk.example/INC-7" rel="noopener noreferrer" target="_blank">INC-7</a>' in html.unescape(
        client.get(ADDRESS).content.decode()
    )


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({"to": "ticket", "ticket": " "}, "ticket", "Enter the number of the ticket."),
        ({"to": "ticket", "ticket": "INC-7"}, "ticket", "No mailbox of a ticket system is entered."),
        ({"to": "fax"}, "to", "Select a valid choice."),
        ({"address": "erika"}, "address", "Enter one e-mail address"),
        ({"note": "x" * 2001}, "note", "at most 2000 characters"),
        ({"revision": "7"}, "__all__", "The summary was changed meanwhile."),
        ({"key": "1"}, "key", "Enter a valid UUID."),
    ],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(cast, session, signed_in, values, field, told):
    answer = signed_in(cast.bob).post(ADDRESS, letter(**values))

    assert answer.status_code == 422
    assert told in field_errors(answer)[field][0]
    assert values.get("note", "As promised.") in answer.content.decode()
    assert SummaryMail.objects.count() == 0


def test_the_same_text_goes_there_again_once_that_is_ticked(cast, session, signed_in, at):
    send_it(session, cast.bob, at)
    client = signed_in(cast.bob)

    refused = client.post(ADDRESS, letter())
    assert "Send it again" in words(refused)
    assert client.post(ADDRESS, letter(again="on")).status_code == 302

    assert SummaryMail.objects.count() == 2


def test_what_has_to_be_approved_is_not_sent(cast, session, signed_in):
    AISettings.objects.filter(company=cast.northwind).update(approval_required=True)
    client = signed_in(cast.bob)

    answer = client.post(ADDRESS, letter())

    assert (answer.status_code, SummaryMail.objects.count()) == (422, 0)
    assert "this one is not approved yet. Have it approved, then send it." in words(client.get(ADDRESS))


def test_who_may_not_take_summaries_out_sees_no_tab(cast, session, signed_in, at):
    auditor = add_member(
        company=cast.northwind,
        email="dora@northwind.example",
        name="Dora",
        role_names=["Auditor"],
        password=PASSWORD,
        at=at,
    )
    client = signed_in(auditor.user)

    assert ADDRESS not in client.get("/sessions/S-1/").content.decode()
    assert client.get(ADDRESS).status_code == 403
    assert ADDRESS in signed_in(cast.bob).get("/sessions/S-1/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_tab_takes_as_many_queries_for_one_as_for_three(
    cast, session, signed_in, at, count, django_assert_num_queries
):
    for number in range(count):
        send_it(session, cast.bob, at, address=f"{number}@customer.example")
    client = signed_in(cast.bob)
    client.get(ADDRESS)

    with django_assert_num_queries(9):
        assert client.get(ADDRESS).status_code == 200
