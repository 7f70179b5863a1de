import pytest

from tests.resilience.processes import database_for, worker
from tests.resilience.runs import imported, summarise


@pytest.fixture
def database_url(transactional_db, tmp_path) -> str:
    return database_for(tmp_path)


@pytest.fixture
def first(database_url):
    with worker(database_url) as process:
        yield process


@pytest.fixture
def second(database_url):
    with worker(database_url) as process:
        yield process


@pytest.fixture
def whole(first):
    """What one uninterrupted run leaves, and the statements of its two halves."""
    importing = imported(first, "whole")
    queued = first.state("whole")
    generating = summarise(first, "whole").statements
    state = first.state("whole")
    assert [each["status"] for each in state["sessions"]] == ["ENDED"]
    assert [row[0] for row in state["sessions"][0]["log"]] == list(range(1, state["interactions"] + 1))
    assert (state["visible"], state["interactions"], len(state["consents"]), len(state["revisions"])) == (1, 19, 1, 1)
    assert [(each["state"], each["current"]) for each in state["summaries"]] == [("READY", 1)]
    assert state["credits"] == ["CHARGED"]
    assert state["audit"] == ["session.imported", "summary.requested", "summary.generated"]
    return {"importing": importing, "generating": generating, "queued": queued, "state": state}
