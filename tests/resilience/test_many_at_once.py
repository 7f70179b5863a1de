"""A run that waits for a remote engine is killed before every few of its statements: each summary is made once."""

import signal
from itertools import count

from tests.messages_server import message, messages_server, statement, summary_answer
from tests.resilience.runs import AT, LATER

__all__ = ["messages_server"]

WRITTEN = message(summary_answer(problem=[statement("nginx was not running.", 1, 2)], steps=[]))
#: Not every statement: most stand between two others of the same transaction, where a kill does the same.
STRIDE = 9


def two_in_line(worker, slug, base_url):
    worker.tell("found", slug=slug, at=AT)
    worker.tell("use_claude", slug=slug, base_url=base_url, at=AT)
    for recording in ("web-server-bad-line.cast", "disk-full-cleared.cast"):
        worker.tell("take_in", slug=slug, recording=recording, at=AT)


def test_a_run_killed_anywhere_makes_each_summary_once_and_charges_it_once(first, messages_server):
    messages_server.answers(WRITTEN)
    killed = 0

    # How many statements a run takes depends on whether both answers are there at once: the last kill misses.
    for die_at in count(2, STRIDE):
        slug, calls = f"killed-{die_at}", len(messages_server.requests)
        two_in_line(first, slug, messages_server.base_url)
        was_killed = first.tell("remotely", at=AT, die_at=die_at).killed_by == signal.SIGKILL
        first.tell("sweep", at=LATER)
        first.tell("remotely", at=LATER)

        state = first.state(slug)
        assert [each["engine"] for each in state["summaries"]] == ["CLAUDE"] * 2, die_at
        assert [number for number, _ in state["revisions"]] == [1, 1], die_at
        assert (state["credits"], state["audit"].count("summary.generated")) == (["CHARGED"] * 2, 2), die_at
        # What was in flight is asked once more, and nothing twice more.
        assert len(messages_server.requests) - calls <= (4 if was_killed else 2), die_at
        if not was_killed:
            break
        killed += 1
    assert killed >= 4
