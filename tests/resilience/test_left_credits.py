"""Credits whose rows went come back once, wherever in between the process that gives them back is killed."""

from tests.resilience.runs import LATER, imported


def test_sweep_killed_anywhere_leaves_the_credit_taken_or_given_back_once(first):
    seen = []
    die_at, killed_by = 0, 1
    while killed_by:
        die_at += 1
        slug = f"left-{die_at}"
        imported(first, slug)
        first.tell("lose_summaries", slug=slug)
        killed_by = first.tell("give_back", at=LATER, die_at=die_at).killed_by
        left = first.tell("ledger", slug=slug).result
        assert (left["entries"], left["wrong"]) in ((["RESERVE"], []), (["RESERVE", "RELEASE"], [])), die_at
        seen.append(len(left["entries"]))

        first.tell("give_back", at=LATER)

        assert first.tell("ledger", slug=slug).result == {"entries": ["RESERVE", "RELEASE"], "wrong": []}, die_at
    # It was killed before most of its statements, and the last run came to its end.
    assert (set(seen[:-1]), seen[-1], die_at > 8) == ({1}, 2, True)


def test_what_is_queued_keeps_its_credit_whoever_is_killed(first):
    imported(first, "queued")

    given_back = first.tell("give_back", at=LATER).result

    assert (given_back, first.state("queued")["credits"]) == (0, ["RESERVED"])
