"""The pages of webhooks, as a member with *Manage integrations* sees them."""

import pytest
from django.urls import reverse

from accounts.domain.webhook_log import PAGE
from accounts.models import WebhookDelivery, WebhookEndpoint
from insights_portal.lib import crypto
from tests.accounts.webhook_world import endpoint_at, send, tell
from tests.conftest import sign_in_freshly

LIST = reverse("accounts:webhooks")
NEW = reverse("accounts:webhook_new")
DESK = "https://desk.example/hooks"


@pytest.fixture
def alice(cast, client):
    sign_in_freshly(client, cast.alice)
    return client


@pytest.fixture
def endpoint(cast, at):
    return endpoint_at(DESK, company=cast.northwind, actor=cast.alice, at=at)[0]


def page_of(endpoint, what="webhook"):
    return reverse(f"accounts:{what}", args=[endpoint.pk])


def text(response):
    return response.content.decode()


def test_the_first_endpoint_is_offered_and_its_secret_shown_once(alice, cast):
    assert "No endpoint yet" in text(alice.get(LIST))

    shown = text(alice.post(NEW, {"url": DESK, "description": "Ticket <desk>", "event_types": ["summary.ready"]}))

    stored = WebhookEndpoint.objects.get()
    secret = crypto.decrypt(stored.secret_encrypted)
    assert f'value="{secret}"' in shown
    for address in (LIST, page_of(stored), page_of(stored, "webhook_change")):
        page = text(alice.get(address))
        assert "Ticket &lt;desk&gt;" in page
        assert secret not in page
        assert stored.secret_encrypted not in page


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"url": ""}, "This field is required."),
        ({"url": "http://desk.example/"}, "The address must begin with https://."),
        ({"url": DESK, "event_types": ["nothing"]}, "nothing is not one of the available choices."),
        ({"url": DESK, "description": "x" * 121}, "at most 120 characters"),
    ],
)
def test_what_can_not_be_saved_is_told_and_nothing_typed_is_lost(alice, data, problem):
    answer = alice.post(NEW, {"description": "Desk", **data})

    assert answer.status_code == 422
    assert problem in text(answer)
    assert f'value="{data["url"]}"' in text(answer) or not data["url"]
    assert WebhookEndpoint.objects.count() == 0


def test_the_eleventh_is_not_offered(alice, cast, at):
    for _ in range(10):
        endpoint_at(DESK, company=cast.northwind, actor=cast.alice, at=at)

    assert NEW not in text(alice.get(LIST))
    assert "A company has at most 10 endpoints" in text(alice.post(NEW, {"url": DESK}))


def test_an_endpoint_is_changed(alice, endpoint):
    alice.post(page_of(endpoint, "webhook_change"), {"url": DESK, "description": "", "event_types": ["session.ended"]})

    stored = WebhookEndpoint.objects.get()
    assert (stored.description, stored.event_types) == ("", ["session.ended"])
    assert "<code>session.ended</code>" in text(alice.get(page_of(endpoint)))
    refused = alice.post(page_of(endpoint, "webhook_change"), {"url": "https://bob@desk.example/"})
    assert (refused.status_code, WebhookEndpoint.objects.get().url) == (422, DESK)


def test_an_endpoint_is_switched_off_and_on(alice, endpoint):
    alice.post(page_of(endpoint, "webhook_switch"))
    assert not WebhookEndpoint.objects.get().is_enabled
    assert "Switch on" in text(alice.get(page_of(endpoint)))
    refused = alice.post(page_of(endpoint, "webhook_test"), follow=True)
    assert "This endpoint is switched off. Switch it on, then send the test." in text(refused)

    alice.post(page_of(endpoint, "webhook_switch"), {"on": "1"})

    assert WebhookEndpoint.objects.get().is_enabled


def test_a_test_stands_in_the_log_and_its_page_tells_what_came_of_it(alice, cast, at, httpserver):
    httpserver.expect_request("/hooks").respond_with_data("<b>busy</b>", status=503)
    endpoint, _ = endpoint_at(httpserver.url_for("/hooks"), company=cast.northwind, actor=cast.alice, at=at)
    alice.post(page_of(endpoint, "webhook_test"))
    sent = WebhookDelivery.objects.get()
    assert "Not sent yet" in text(alice.get(page_of(sent, "webhook_delivery")))

    send(sent.next_attempt_at)

    log = text(alice.get(page_of(endpoint)))
    assert "The receiver answered 503." in log
    assert "The receiver has taken nothing since" in log
    page = text(alice.get(page_of(sent, "webhook_delivery")))
    assert "&lt;b&gt;busy&lt;/b&gt;" in page
    assert "&quot;type&quot;: &quot;webhook.test&quot;" in page
    again = text(alice.post(page_of(sent, "webhook_delivery"), follow=True))
    assert "The message is on its way again." in again
    assert WebhookDelivery.objects.get().attempt_count == 0
    assert "This message is on its way." in text(alice.post(page_of(sent, "webhook_delivery"), follow=True))


@pytest.mark.parametrize("what", ["test", "again"])
def test_a_receiver_is_not_hammered_through_the_portal(alice, cast, endpoint, at, monkeypatch, what):
    # Whichever minute it is: the count stands in for those of a minute.
    monkeypatch.setattr("accounts.views.webhooks.SENDS_A_MINUTE", 0)
    tell(cast.northwind, at)
    WebhookDelivery.objects.update(attempt_count=3)
    page = (
        page_of(endpoint, "webhook_test")
        if what == "test"
        else page_of(WebhookDelivery.objects.get(), "webhook_delivery")
    )

    answer = alice.post(page, follow=True)

    assert "Those were many messages in a short time. Wait a minute and send again." in text(answer)
    assert WebhookDelivery.objects.get().attempt_count == 3


def test_an_endpoint_that_the_portal_switched_off_says_why(alice, endpoint, at):
    WebhookEndpoint.objects.update(is_enabled=False, disabled_at=at, disabled_reason="It is gone.")

    assert "It is gone. Mend the receiver, then switch the endpoint on again." in text(alice.get(page_of(endpoint)))


def test_a_new_secret_is_shown_once_and_both_sign(alice, endpoint):
    former = WebhookEndpoint.objects.get().secret_encrypted

    shown = text(alice.post(page_of(endpoint, "webhook_secret")))

    stored = WebhookEndpoint.objects.get()
    assert crypto.decrypt(stored.secret_encrypted) in shown
    assert stored.former_secret_encrypted == former
    assert "The former secret signs too until" in text(alice.get(page_of(endpoint)))


def test_an_endpoint_is_deleted_after_a_question(alice, endpoint):
    assert "It cannot be undone" in text(alice.get(page_of(endpoint, "webhook_delete")))
    assert WebhookEndpoint.objects.count() == 1

    alice.post(page_of(endpoint, "webhook_delete"))

    assert WebhookEndpoint.objects.count() == 0


@pytest.mark.parametrize("what", ["webhook_new", "webhook_change", "webhook_secret", "webhook_delete"])
def test_secrets_and_deletion_ask_who_it_is(client, cast, endpoint, what):
    client.force_login(cast.alice)
    address = NEW if what == "webhook_new" else page_of(endpoint, what)

    answer = client.post(address, {"url": "https://evil.example/"})

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert WebhookEndpoint.objects.get().url == DESK


def test_the_log_is_filtered_by_the_address_and_goes_on(alice, cast, endpoint, at):
    for number in range(PAGE + 1):
        tell(cast.northwind, at, key=str(number))
    WebhookDelivery.objects.filter(message__key="7").update(state="FAILED", last_problem="Broken off")

    first = text(alice.get(page_of(endpoint)))
    assert (first.count("<tr>"), 'rel="next"' in first) == (PAGE + 1, True)
    failed = text(alice.get(page_of(endpoint) + "?state=FAILED&event=summary.ready"))
    assert (failed.count("<tr>"), "Broken off" in failed) == (2, True)
    assert "No message matches" in text(alice.get(page_of(endpoint) + "?state=DELIVERED"))
    assert "No older message" in text(alice.get(page_of(endpoint) + "?before=1"))
    assert alice.get(page_of(endpoint) + "?before=x&state=%00").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_as_much_for_many_rows_as_for_one(alice, cast, endpoint, at, count, django_assert_num_queries):
    for number in range(count):
        endpoint_at(DESK, company=cast.northwind, actor=cast.alice, at=at)
        tell(cast.northwind, at, key=str(number))
    alice.get(LIST)

    with django_assert_num_queries(QUERIES_OF_LIST):
        alice.get(LIST)
    with django_assert_num_queries(QUERIES_OF_LOG):
        alice.get(page_of(endpoint))


QUERIES_OF_LIST = 5
QUERIES_OF_LOG = 6
