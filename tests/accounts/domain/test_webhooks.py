import json
from datetime import timedelta

import pytest
from django.db import transaction
from django_q.models import OrmQ

from accounts.domain import webhooks
from accounts.domain.webhooks import UnknownEvent, announce
from accounts.models import Company, WebhookDelivery, WebhookEndpoint, WebhookMessage
from tests.at_once import at_once, shared_database
from tests.conftest import build_cast


def endpoint(company: Company, at, **values) -> WebhookEndpoint:
    wish = {"url": "https://hooks.example/in", "secret_encrypted": "x", "created_at": at}
    return WebhookEndpoint.objects.create(company=company, **{**wish, **values})


def tell(cast, at, **values):
    wish = {"event_type": "summary.ready", "key": "summary:1", "data": {"session": "S-1"}}
    announce(company=cast.northwind, at=at, **{**wish, **values})


def test_each_enabled_endpoint_that_wants_the_event_gets_the_same_message(cast, at, django_capture_on_commit_callbacks):
    wanted = [
        endpoint(cast.northwind, at),
        endpoint(cast.northwind, at, event_types=["summary.ready", "session.ended"]),
    ]
    endpoint(cast.northwind, at, event_types=["session.ended"])
    endpoint(cast.northwind, at, is_enabled=False)
    endpoint(cast.contoso, at)

    with django_capture_on_commit_callbacks(execute=True):
        tell(cast, at)
        tell(cast, at + timedelta(hours=1))

    message = WebhookMessage.objects.get()
    deliveries = WebhookDelivery.objects.order_by("pk")
    assert [each.endpoint for each in deliveries] == wanted
    assert {each.message for each in deliveries} == {message}
    assert {each.company for each in deliveries} == {cast.northwind}
    assert json.loads(message.body) == {
        "type": "summary.ready",
        "timestamp": "2026-11-20T09:00:00Z",
        "data": {"session": "S-1"},
    }
    assert [row.task["func"] for row in OrmQ.objects.all()] == [webhooks.TASK]


def test_without_an_endpoint_one_query_and_nothing_stored(cast, at, django_assert_num_queries):
    endpoint(cast.contoso, at)

    with django_assert_num_queries(1):
        tell(cast, at)

    assert WebhookMessage.objects.count() == 0


def test_what_is_undone_is_not_told(cast, at, django_capture_on_commit_callbacks):
    endpoint(cast.northwind, at)

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        tell(cast, at)
        transaction.set_rollback(True)

    assert (WebhookMessage.objects.count(), OrmQ.objects.count()) == (0, 0)


def test_an_event_without_words_is_refused(cast, at):
    with pytest.raises(UnknownEvent, match=r"^There is no event “summary.gone”. Add it to EVENTS.$"):
        tell(cast, at, event_type="summary.gone")


@pytest.mark.django_db(transaction=True)
def test_two_who_announce_the_same_announce_it_once(transactional_db, at, tmp_path):
    cast = build_cast()
    endpoint(cast.northwind, at)
    with shared_database(tmp_path):
        outcomes = at_once(lambda: tell(cast, at), lambda: tell(cast, at))

        assert outcomes == [None, None]
        [counts] = at_once(lambda: (WebhookMessage.objects.count(), WebhookDelivery.objects.count()))
        assert counts == (1, 1)
