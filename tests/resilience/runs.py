"""Words for what the tests here tell a worker again and again."""

from tests.resilience.processes import Reply, Worker

AT = "2026-11-20T09:00:00+00:00"
#: After the leases, and after an import counts as cut off.
LATER = "2026-11-20T13:00:00+00:00"
RECORDING = "web-server-bad-line.cast"


def take_in(worker: Worker, slug: str, **details) -> Reply:
    return worker.tell("take_in", slug=slug, recording=RECORDING, **{"at": AT, **details})


def summarise(worker: Worker, slug: str, **details) -> Reply:
    return worker.tell("summarise", slug=slug, **{"at": AT, **details})


def imported(worker: Worker, slug: str) -> int:
    """Returns the number of statements that it took."""
    worker.tell("found", slug=slug, at=AT)
    return take_in(worker, slug).statements


def finish(worker: Worker, slug: str) -> dict:
    """What an operator's portal does by itself: sweep, take the file again, run the queued tasks."""
    worker.tell("sweep", at=LATER)
    take_in(worker, slug, at=LATER)
    summarise(worker, slug, at=LATER)
    return worker.state(slug)
