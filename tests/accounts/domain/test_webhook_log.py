import json
from datetime import timedelta

import pytest
from django.http import Http404
from django_q.models import OrmQ

from accounts.domain import webhook_log
from accounts.domain.webhook_endpoints import switch
from accounts.domain.webhook_log import PAGE, UnableToSendAgain, log_of, narrow, send_again
from accounts.enums import DeliveryState
from accounts.models import AuditEntry, WebhookDelivery
from accounts.tenancy import PermissionMissing
from tests.accounts.webhook_world import endpoint_at, tell


@pytest.fixture
def endpoint(cast, at):
    endpoint, _ = endpoint_at("https://desk.example/in", company=cast.northwind, actor=cast.alice, at=at)
    theirs, _ = endpoint_at("https://other.example/in", company=cast.contoso, actor=cast.charlie, at=at)
    tell(cast.contoso, at, key="theirs")
    WebhookDelivery.objects.filter(endpoint=theirs).update(state="FAILED")
    return endpoint


def mine():
    return WebhookDelivery.objects.get(company__slug="northwind")


def keys(page):
    return [row.message.key for row in page.rows]


def test_the_log_is_one_endpoints_narrowed_by_state_and_event(cast, endpoint, at):
    tell(cast.northwind, at, key="1")
    tell(cast.northwind, at, key="2", event_type="session.ended")
    WebhookDelivery.objects.filter(message__key="1").update(state="FAILED")

    assert keys(log_of(endpoint=endpoint, narrowed=narrow(state="", event=""))) == ["2", "1"]
    assert keys(log_of(endpoint=endpoint, narrowed=narrow(state="FAILED", event=""))) == ["1"]
    assert keys(log_of(endpoint=endpoint, narrowed=narrow(state="", event="session.ended"))) == ["2"]
    assert narrow(state="x' OR 1=1", event="nothing").values() == {}
    assert narrow(state="FAILED", event="session.ended").values() == {"state": "FAILED", "event": "session.ended"}


def test_pages_go_on_from_where_they_ended(cast, endpoint, at):
    for number in range(PAGE + 1):
        tell(cast.northwind, at, key=str(number))

    first = log_of(endpoint=endpoint, narrowed=narrow(state="", event=""))
    second = log_of(endpoint=endpoint, narrowed=narrow(state="", event=""), before=str(first.older))

    assert len(first.rows) == PAGE
    assert (keys(second), second.older) == (["0"], None)
    nonsense = log_of(endpoint=endpoint, narrowed=narrow(state="", event=""), before="9" * 40)
    assert keys(nonsense) == keys(first)


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_one_query(cast, endpoint, at, count, django_assert_num_queries):
    for key in range(count):
        tell(cast.northwind, at, key=str(key))
        endpoint_at("https://desk.example/in", company=cast.northwind, actor=cast.alice, at=at)

    with django_assert_num_queries(1):
        page = log_of(endpoint=endpoint, narrowed=narrow(state="", event=""))
        assert len(keys(page)) == count
    webhook_log.endpoints_of(company=cast.northwind, viewer=cast.alice)
    with django_assert_num_queries(1):
        found = webhook_log.endpoints_of(company=cast.northwind, viewer=cast.alice)
    assert len(found) == count + 1
    assert (found[0].last_state, found[0].last_at) == (DeliveryState.WAITING, at)


def test_what_is_another_companys_is_not_found(cast, endpoint, at):
    tell(cast.northwind, at)

    assert webhook_log.endpoints_of(company=cast.northwind, viewer=cast.charlie) == []
    assert webhook_log.endpoints_of(company=cast.northwind, viewer=cast.bob) == []
    with pytest.raises(Http404):
        webhook_log.find_endpoint(company=cast.contoso, viewer=cast.charlie, pk=endpoint.pk)
    with pytest.raises(Http404):
        webhook_log.find_delivery(company=cast.contoso, viewer=cast.charlie, pk=mine().pk)


def test_the_body_is_shown_with_line_breaks(cast, endpoint, at):
    tell(cast.northwind, at)

    shown = webhook_log.readable_body(delivery=mine())

    assert json.loads(shown) == json.loads(mine().message.body)
    assert shown.startswith('{\n  "type"')


@pytest.mark.parametrize("state", ["DELIVERED", "FAILED"])
def test_a_message_is_sent_again_under_its_id_with_all_its_attempts(
    cast, endpoint, at, state, django_capture_on_commit_callbacks
):
    tell(cast.northwind, at)
    WebhookDelivery.objects.filter(endpoint=endpoint).update(
        state=state, attempt_count=10, settled_at=at, last_problem="x"
    )
    later = at + timedelta(days=1)

    with django_capture_on_commit_callbacks(execute=True):
        send_again(delivery=mine(), actor=cast.alice, at=later)

    again = mine()
    assert (again.state, again.attempt_count, again.next_attempt_at) == (DeliveryState.WAITING, 0, later)
    assert (again.settled_at, again.last_problem) == (None, "")
    assert AuditEntry.objects.filter(action="webhook_delivery.resent").count() == 1
    assert [row.task["func"] for row in OrmQ.objects.all()] == ["accounts.tasks.send_webhooks"]


def test_one_that_waits_for_its_next_attempt_goes_at_once(cast, endpoint, at):
    tell(cast.northwind, at)
    WebhookDelivery.objects.filter(endpoint=endpoint).update(attempt_count=4, next_attempt_at=at + timedelta(hours=2))

    send_again(delivery=mine(), actor=cast.alice, at=at)

    assert mine().next_attempt_at == at


def test_one_on_its_way_is_not_sent_again(cast, endpoint, at):
    tell(cast.northwind, at)
    for values in ({"attempt_count": 0}, {"attempt_count": 1, "leased_until": at + timedelta(minutes=1)}):
        WebhookDelivery.objects.filter(endpoint=endpoint).update(**values)
        with pytest.raises(UnableToSendAgain, match=r"^This message is on its way. Look again in a minute.$"):
            send_again(delivery=mine(), actor=cast.alice, at=at)

    assert AuditEntry.objects.filter(action="webhook_delivery.resent").count() == 0


def test_nothing_is_sent_again_to_an_endpoint_that_is_off(cast, endpoint, at):
    tell(cast.northwind, at)
    switch(endpoint=endpoint, on=False, actor=cast.alice, at=at)

    with pytest.raises(UnableToSendAgain, match=r"^This endpoint is switched off"):
        send_again(delivery=mine(), actor=cast.alice, at=at)


def test_without_the_permission_nothing_is_sent_again(cast, endpoint, at):
    tell(cast.northwind, at)
    WebhookDelivery.objects.update(state="FAILED")

    for actor in (cast.bob, cast.charlie):
        with pytest.raises(PermissionMissing):
            send_again(delivery=mine(), actor=actor, at=at)

    assert mine().state == "FAILED"


def test_attempts_are_the_deliverys_own(cast, endpoint, at):
    tell(cast.northwind, at)

    assert webhook_log.attempts_of(delivery=mine()) == []
