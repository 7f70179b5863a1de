"""A real queue takes what an import put there, is killed in the midst of it with all its processes, and goes on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.messages_server import Reply, message, messages_server, statement, summary_answer
from tests.resilience.processes import ROOT, Worker, environment
from tests.resilience.runs import AT, LATER, imported

__all__ = ["messages_server"]

#: In seconds. For a slow machine; a cluster that works is waited for no longer than it takes.
DEADLINE = 60
WRITTEN = message(summary_answer(problem=[statement("nginx was not running.", 1, 2)]))


@contextmanager
def cluster(database_url: str) -> Iterator[subprocess.Popen[bytes]]:
    """The queue with its workers, in a process group of its own that is killed at the end of the block."""
    with subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"],
        cwd=ROOT,
        env=environment(database_url, QUEUE_WORKERS="1", LOG_LEVEL="ERROR"),
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def wait_until(condition: Callable[[], bool], queue: subprocess.Popen[bytes]) -> None:
    """Look again and again until the deadline; the pause between two looks ends early when the queue does."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "nothing came of it"
        with pytest.raises(subprocess.TimeoutExpired):
            queue.wait(timeout=0.1)


def summary_state(worker: Worker, slug: str) -> str:
    state: str = worker.state(slug)["summaries"][0]["state"]
    return state


def test_a_queue_makes_the_summary_of_an_import(first, database_url, whole):
    imported(first, "queued")

    with cluster(database_url) as queue:
        wait_until(lambda: summary_state(first, "queued") == "READY", queue)

    assert first.state("queued") == whole["state"]


def test_a_queue_killed_during_a_call_makes_the_summary_once_when_it_is_back(first, database_url, messages_server):
    messages_server.answers(Reply(hang=True), WRITTEN)
    first.tell("found", slug="claude", at=AT)
    first.tell("use_claude", slug="claude", base_url=messages_server.base_url, at=AT)
    first.tell("take_in", slug="claude", recording="web-server-bad-line.cast", at=AT)
    with cluster(database_url) as queue:
        wait_until(lambda: len(messages_server.requests) == 1, queue)
        assert summary_state(first, "claude") == "RUNNING"

    left = first.state("claude")
    assert (summary_state(first, "claude"), left["revisions"], left["credits"]) == ("RUNNING", [], ["RESERVED"])
    first.tell("expire_leases", at=LATER)
    first.tell("sweep", at=LATER)
    with cluster(database_url) as queue:
        wait_until(lambda: summary_state(first, "claude") == "READY", queue)

    state = first.state("claude")
    assert [number for number, _ in state["revisions"]] == [1]
    assert (state["credits"], state["summaries"][0]["engine"]) == (["CHARGED"], "CLAUDE")
    assert state["audit"].count("summary.generated") == 1
    assert len(messages_server.requests) == 2
