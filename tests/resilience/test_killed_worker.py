"""Import and generation in real processes that are killed before every few SQL statements, stopped, and doubled.

After the sweepers and a second run everything is what a run without interruption leaves.
"""

import json
import signal

import pytest

from tests.resilience.runs import AT, LATER, finish, imported, summarise, take_in

#: Not every statement: most stand between two others of the same transaction, where a kill does the same.
STRIDE = 4
NOTHING = {
    "visible": 0,
    "sessions": [],
    "consents": [],
    "devices": [],
    "interactions": 0,
    "summaries": [],
    "revisions": [],
    "credits": [],
    "audit": [],
}


def test_an_import_killed_anywhere_leaves_nothing_or_everything(first, whole):
    seen = set()
    # From the last, which stands after the commit: it queues the task.
    for die_at in range(whole["importing"], 0, -STRIDE):
        slug = f"killed-{die_at}"
        first.tell("found", slug=slug, at=AT)
        assert take_in(first, slug, die_at=die_at).killed_by == signal.SIGKILL
        shown = first.state(slug)["visible"]
        first.tell("sweep", at=LATER)
        left = first.state(slug)
        assert left == (whole["queued"] if shown else NOTHING), die_at
        seen.add(shown)
        assert finish(first, slug) == whole["state"], die_at
    assert seen == {0, 1}


def test_a_generation_killed_anywhere_charges_and_writes_once(first, whole):
    for die_at in range(1, whole["generating"] + 1, 3):
        slug = f"killed-{die_at}"
        imported(first, slug)
        assert summarise(first, slug, die_at=die_at).killed_by == signal.SIGKILL
        left = first.state(slug)
        assert (len(left["revisions"]), left["credits"]) in ((0, ["RESERVED"]), (1, ["CHARGED"])), die_at
        assert finish(first, slug) == whole["state"], die_at


def test_a_generation_killed_three_times_gives_the_credit_back_and_says_so(first):
    imported(first, "thrice")
    for _ in range(3):
        assert summarise(first, "thrice", die_at=5).killed_by == signal.SIGKILL
        first.tell("sweep", at=LATER)

    state = first.state("thrice")

    assert [(each["state"], each["failure"][:30]) for each in state["summaries"]] == [
        ("FAILED", "The worker stopped three times")
    ]
    assert (state["credits"], state["revisions"]) == (["RELEASED"], [])


@pytest.mark.parametrize("doing", ["importing", "generating"])
def test_a_sweeper_killed_anywhere_is_continued_by_the_next(first, whole, doing):
    """Each of the sweeper's statements is a moment; its run is over when it is no longer killed."""
    die_at = 0
    killed_by = signal.SIGKILL
    while killed_by:
        die_at += 1
        slug = f"swept-{die_at}"
        if doing == "importing":
            first.tell("found", slug=slug, at=AT)
            take_in(first, slug, die_at=whole["importing"] // 2)
        else:
            imported(first, slug)
            summarise(first, slug, die_at=whole["generating"] // 2)
        killed_by = first.tell("sweep", at=LATER, die_at=die_at).killed_by
        assert finish(first, slug) == whole["state"], die_at
    assert die_at > 5


def test_a_reopened_import_killed_anywhere_stays_the_report_that_it_was(first, whole):
    """A recording that was not captured, taken again after the settings allow it."""

    def unlogged(slug: str) -> dict:
        first.tell("found", slug=slug, at=AT, outgoing=False)
        take_in(first, slug)
        report = first.state(slug)
        assert ([each["verdict"] for each in report["sessions"]], report["interactions"]) == (["NO"], 0)
        first.tell("set_outgoing", slug=slug, enabled=True)
        return report

    again = {"at": "2026-11-20T09:30:00+00:00"}
    unlogged("reopened")
    total = take_in(first, "reopened", **again).statements
    summarise(first, "reopened", **again)
    whole_again = first.state("reopened")
    assert (len(whole_again["consents"]), whole_again["credits"]) == (2, ["CHARGED"])
    kept = 0
    for die_at in range(1, total + 1, STRIDE * 2):
        slug = f"reopened-{die_at}"
        report = unlogged(slug)
        assert take_in(first, slug, die_at=die_at, **again).killed_by == signal.SIGKILL
        first.tell("sweep", at=LATER)
        kept += first.state(slug) == report
        assert finish(first, slug) == whole_again, die_at
    assert kept > 2


def test_a_long_import_killed_between_batches_leaves_nothing(first, tmp_path):
    rows = [{"timestamp": 1795161600 + n, "kind": "chat", "text": f"Line {n}."} for n in range(1300)]
    path = tmp_path / "long.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    first.tell("found", slug="long", at=AT)
    total = first.tell("take_in", slug="long", recording=str(path), at=AT).statements
    assert first.state("long")["interactions"] == 1300
    begun = []
    # Each batch of rows writes the same few statements in the same order.
    for die_at in range(total // 4, total):
        slug = f"long-{die_at}"
        first.tell("found", slug=slug, at=AT)
        first.tell("take_in", slug=slug, recording=str(path), at=AT, die_at=die_at)
        begun.append(first.state(slug)["interactions"])
        first.tell("sweep", at=LATER)
        assert first.state(slug)["interactions"] in (0, 1300)
    assert {500, 1000} <= set(begun)
