"""Upkeep, mails and webhooks in processes of their own: two at once, and killed before any statement."""

from datetime import datetime, timedelta

import pytest

from tests.resilience.runs import AT

#: After any lease.
AFTERWARDS = (datetime.fromisoformat(AT) + timedelta(minutes=10)).isoformat()
DONE = {
    "moved": [["GRANT", 50], ["GRANT", 50], ["EXPIRE", -50]],
    "alerts": [50, 75],
    "told": 1,
    "mails": 1,
    "messages": 1,
    "forecasts": 1,
    "wrong": 0,
}


@pytest.fixture
def receiver(httpserver):
    httpserver.expect_request("/hooks").respond_with_data("", status=204)
    return httpserver


def prepared(worker, slug, receiver):
    worker.tell("found", slug=slug, at=AT)
    worker.tell("used_credits", slug=slug, at=AT)
    worker.tell("listen", slug=slug, url=receiver.url_for("/hooks"), at=AT)


def test_two_processes_that_keep_up_at_once_do_everything_once(first, second, receiver):
    for round_ in range(3):
        slug = f"both-{round_}"
        prepared(first, slug, receiver)

        first.start("keep_up", at=AT)
        second.start("keep_up", at=AT)
        first.reply()
        second.reply()

        assert first.tell("upkeep_state", slug=slug).result == DONE


def test_an_upkeep_killed_before_any_statement_is_made_good_by_the_next(first, receiver):
    killed, die_at = 0, 2
    while True:
        slug = f"killed-{die_at}"
        prepared(first, slug, receiver)
        reply = first.tell("keep_company_up", slug=slug, at=AT, die_at=die_at)
        assert first.tell("keep_company_up", slug=slug, at=AT).result == []
        assert first.tell("upkeep_state", slug=slug).result == DONE, die_at
        if not reply.killed_by:
            break
        killed += 1
        die_at += 11
    assert killed > 3


def test_a_webhook_whose_worker_is_killed_arrives_under_one_id(first, receiver):
    killed = 0
    for die_at in range(1, 30):
        slug = f"hook-{die_at}"
        first.tell("found", slug=slug, at=AT)
        first.tell("listen", slug=slug, url=receiver.url_for("/hooks"), at=AT)
        first.tell("announce_one", slug=slug, at=AT)
        before = len(receiver.log)

        reply = first.tell("send_webhooks", at=AT, die_at=die_at)
        first.tell("send_webhooks", at=AFTERWARDS)

        assert first.tell("webhook_state", slug=slug).result == ["DELIVERED"], die_at
        ids = [request.headers["webhook-id"] for request, _ in receiver.log[before:]]
        assert (len(set(ids)), len(ids) in (1, 2)) == (1, True), die_at
        if not reply.killed_by:
            break
        killed += 1
    assert killed > 5


def test_two_processes_send_a_webhook_once(first, second, receiver):
    for round_ in range(3):
        slug = f"once-{round_}"
        first.tell("found", slug=slug, at=AT)
        first.tell("listen", slug=slug, url=receiver.url_for("/hooks"), at=AT)
        first.tell("announce_one", slug=slug, at=AT)
        before = len(receiver.log)

        first.start("send_webhooks", at=AT)
        second.start("send_webhooks", at=AT)

        assert sorted([first.reply().result, second.reply().result]) == [0, 1]
        assert len(receiver.log) - before == 1
