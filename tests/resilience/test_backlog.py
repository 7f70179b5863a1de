"""A worker at a backlog is killed before every few of its statements: the provider is paid for each session once.

Two of the statements stand right before and right after the provider is told to make a batch.
"""

import signal
from datetime import datetime, timedelta

from tests.messages_server import message, messages_server
from tests.resilience.runs import AT
from tests.summaries.domain.remote import ANSWER

__all__ = ["messages_server"]

BEGUN = datetime.fromisoformat(AT)
SESSIONS = 2
#: Longer than the lease of a killed run, and than a batch that may have been sent is looked for.
STEP = timedelta(hours=25)
WRITTEN = {
    "backlog": "DONE",
    "items": ["WRITTEN"] * SESSIONS,
    "batches": ["ENDED"],
    "summaries": [["READY", "CLAUDE"]] * SESSIONS,
    "revisions": SESSIONS,
    "credits": ["CHARGED"] * SESSIONS,
    "generated": SESSIONS,
    "wrong": 0,
}


def at(step):
    return (BEGUN + step * STEP).isoformat()


def ordered(worker, slug, messages_server):
    messages_server.answers(message(ANSWER))
    messages_server.batches.now = BEGUN
    worker.tell("found", slug=slug, at=AT)
    worker.tell("use_claude", slug=slug, base_url=messages_server.base_url, at=AT)
    worker.tell("order_backlog", slug=slug, at=AT, sessions=SESSIONS)


def finished(worker, slug, messages_server):
    """The state after the schedule had its way, and that each session was sent and paid for once."""
    for step in range(1, 5):
        worker.tell("work_at_backlogs", at=at(step))
    state = worker.tell("backlog_state", slug=slug).result
    ids = state.pop("ids")
    provider = messages_server.batches
    assert sorted(each for each in provider.paid if each in ids) == sorted(ids)
    assert len([text for text in provider.texts() if f"/{slug} " in text]) == SESSIONS
    assert messages_server.requests == []
    return state


def test_a_run_that_sends_is_killed_anywhere_and_each_session_is_sent_once(first, messages_server):
    ordered(first, "whole", messages_server)
    total = first.tell("work_at_backlogs", at=at(0)).statements
    assert finished(first, "whole", messages_server) == WRITTEN
    sent_when_killed = set()

    # The last ones are closer: among them the provider is told.
    for die_at in (2, total // 3, 2 * total // 3, *range(total - 24, total + 1, 3)):
        slug = f"killed-{die_at}"
        ordered(first, slug, messages_server)
        made = len(messages_server.batches.made)
        assert first.tell("work_at_backlogs", at=at(0), die_at=die_at).killed_by == signal.SIGKILL
        sent_when_killed.add(len(messages_server.batches.made) - made)

        assert finished(first, slug, messages_server) == WRITTEN, die_at
    assert sent_when_killed == {0, 1}


def test_a_run_that_stores_is_killed_anywhere_and_each_result_is_stored_once(first, messages_server):
    ordered(first, "whole", messages_server)
    first.tell("work_at_backlogs", at=at(0))
    total = first.tell("work_at_backlogs", at=at(1)).statements
    assert finished(first, "whole", messages_server) == WRITTEN

    for die_at in range(2, total + 1, total // 6):
        slug = f"killed-{die_at}"
        ordered(first, slug, messages_server)
        first.tell("work_at_backlogs", at=at(0))
        assert first.tell("work_at_backlogs", at=at(1), die_at=die_at).killed_by == signal.SIGKILL

        assert finished(first, slug, messages_server) == WRITTEN, die_at
