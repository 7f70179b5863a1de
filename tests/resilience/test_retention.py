"""The retention job in real processes: killed before any statement, and two of it at once."""

import signal

from tests.resilience.runs import imported, summarise

#: The recording's day is 2026-11-20.
DUE = "2027-11-20T09:00:00+00:00"
LATER = "2027-11-20T13:00:00+00:00"
#: Rows of a log that go at a time; the recording has 19.
CHUNK = 8
STRIDE = 3


def kept(worker, slug):
    imported(worker, slug)
    summarise(worker, slug)
    worker.tell("keep", slug=slug, days=30)


def retain(worker, slug, **details):
    return worker.tell("retain", slug=slug, **{"at": DUE, "chunk": CHUNK, **details})


def is_emptied(state):
    session = state["sessions"][0]
    log = (session["interaction_count"], session["log"], state["interactions"])
    return (log, state["summaries"], state["consents"]) == ((0, [], 0), [], [])


def test_a_retention_killed_anywhere_is_finished_by_the_next_and_counted_once(first):
    kept(first, "whole")
    whole = retain(first, "whole")
    assert (whole.result, is_emptied(first.state("whole"))) == ([1, 1, 1], True)

    for die_at in range(1, whole.statements + 1, STRIDE):
        slug = f"killed-{die_at}"
        kept(first, slug)
        killed = retain(first, slug, die_at=die_at)
        if not killed.killed_by:
            # The first run of a worker takes a few statements more than the ones after it.
            assert 0.8 * whole.statements < killed.statements < die_at
            break
        assert killed.killed_by == signal.SIGKILL
        left = first.state(slug)
        # The proof of consent never goes before what it permits.
        assert left["consents"] or is_emptied(left), die_at
        retain(first, slug, at=LATER)
        assert is_emptied(first.state(slug)), die_at
        assert first.tell("deleted", slug=slug).result == [1, 1, 1], die_at


def test_two_retentions_at_once_delete_and_count_once(first, second):
    for round_ in range(3):
        slug = f"both-{round_}"
        kept(first, slug)
        for worker in (first, second):
            worker.start("retain", slug=slug, at=DUE, chunk=1)

        results = [worker.reply().result for worker in (first, second)]

        assert [sum(both) for both in zip(*results, strict=True)] == [1, 1, 1]
        assert is_emptied(first.state(slug))


def test_a_retention_that_stands_still_while_another_runs_spoils_nothing(first, second):
    pauses = 0
    for pause_at in range(1, 200, 6):
        slug = f"paused-{pause_at}"
        kept(first, slug)
        if not retain(first, slug, pause_at=pause_at).paused:
            break
        pauses += 1
        second.start("retain", slug=slug, at=DUE, chunk=CHUNK)
        mine, other = first.resume().result, second.reply().result
        assert [sum(both) for both in zip(mine, other, strict=True)] == [1, 1, 1], pause_at
        assert is_emptied(first.state(slug)), pause_at
    assert pauses > 3
