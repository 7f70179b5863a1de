"""Two real processes at the same work: at the same moment, and one while the other stands still."""

import pytest

from tests.resilience.runs import AT, LATER, RECORDING, imported, summarise, take_in


def both(first, second, do: str, **details) -> list:
    first.start(do, **details)
    second.start(do, **details)
    return [first.reply().result, second.reply().result]


def test_two_processes_importing_the_same_file_make_one_session(first, second, whole):
    for round_ in range(3):
        slug = f"both-{round_}"
        first.tell("found", slug=slug, at=AT)

        created = both(first, second, "take_in", slug=slug, recording=RECORDING, at=AT)

        assert sorted(created) == [False, True]
        assert first.state(slug) == whole["queued"]


def test_two_processes_making_the_same_summary_write_and_charge_once(first, second, whole):
    for round_ in range(3):
        slug = f"both-{round_}"
        imported(first, slug)

        both(first, second, "summarise", slug=slug, at=AT)

        assert first.state(slug) == whole["state"]


def test_two_processes_importing_different_files_into_one_company_wait_for_each_other(first, second):
    for round_ in range(3):
        slug = f"apart-{round_}"
        first.tell("found", slug=slug, at=AT)
        first.start("take_in", slug=slug, recording=RECORDING, at=AT)
        second.start("take_in", slug=slug, recording="disk-full-cleared.cast", at=AT)
        assert (first.reply().result, second.reply().result) == (True, True)
        state = first.state(slug)
        assert (state["visible"], state["credits"], state["devices"]) == (2, ["RESERVED"] * 2, ["WEB-03"])


def test_an_import_that_stands_still_while_another_takes_the_file_gives_way(first, second, whole):
    pauses = 0
    for pause_at in range(1, whole["importing"], 4):
        slug = f"paused-{pause_at}"
        first.tell("found", slug=slug, at=AT)
        if not take_in(first, slug, pause_at=pause_at).paused:
            break
        pauses += 1
        take_in(second, slug)
        first.resume()
        assert second.state(slug) == whole["queued"], pause_at
    assert pauses > 2


def test_an_import_that_was_given_up_and_goes_on_spoils_nothing(first, second, whole):
    """The sweeper took its rows, and the file was imported anew, before it woke."""
    for pause_at in range(1, whole["importing"], 4):
        slug = f"given-up-{pause_at}"
        first.tell("found", slug=slug, at=AT)
        if not take_in(first, slug, pause_at=pause_at, lenient=True).paused:
            break
        second.tell("sweep", at=LATER)
        first.resume()
        second.tell("sweep", at=LATER)
        take_in(second, slug, at=LATER)
        assert second.state(slug) == whole["queued"], pause_at


@pytest.mark.parametrize("swept", [False, True])
def test_a_generation_that_stands_still_and_goes_on_writes_nothing_twice(first, second, whole, swept):
    """*swept*: its lease ran out, and another process made the summary, before it woke."""
    pauses = 0
    for pause_at in range(1, whole["generating"], 3):
        slug = f"paused-{pause_at}"
        imported(first, slug)
        if not summarise(first, slug, pause_at=pause_at).paused:
            break
        pauses += 1
        if swept:
            second.tell("sweep", at=LATER)
        summarise(second, slug, at=LATER)
        first.resume()
        assert second.state(slug) == whole["state"], pause_at
    assert pauses > 2
