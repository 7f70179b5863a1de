import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from summaries.domain.generation.engine_pauses import note_trouble
from summaries.domain.generation.queue import CompanyQueue, read_queue
from summaries.domain.generation.slots import hold_slot, renew_slot
from summaries.engines.base import EngineError
from summaries.models import Summary
from tests.summaries.domain.remote import ask, point_to


@pytest.fixture
def busy(cast, at):
    """Northwind waits for a remote engine that is held back, Contoso for the built-in one."""
    point_to(cast.northwind, "https://engine.example")
    first, *_ = ask(cast.northwind, cast.bob, [1, 2], at=at)
    ask(cast.contoso, cast.charlie, [1, 2, 3], at=at - timedelta(hours=1))
    Summary.objects.filter(pk=first.pk).update(retry_at=at + timedelta(hours=1))
    renew_slot(hold_slot(at=at), at=at, in_flight=7)
    error = EngineError("The engine is overloaded (529).", permanent=False)
    error.is_busy = True
    return note_trouble(place="p", error=error, begun_at=at, at=at)


def test_read_queue_counts_by_company_the_one_that_waits_longest_first(busy, at):
    queue = read_queue(at=at)

    assert queue.companies == (
        CompanyQueue("contoso", 0, 3, 0, at - timedelta(hours=1)),
        CompanyQueue("northwind", 2, 0, 1, at),
    )
    assert (queue.in_line, queue.running, queue.waiting_for_credits, queue.runs, queue.in_flight) == (5, 0, 0, 1, 7)
    assert queue.paused == ((busy, "The engine is overloaded (529)."),)
    assert queue.oldest_wait(at=at) == timedelta(hours=1)


@pytest.mark.django_db
def test_read_queue_of_an_installation_at_rest(at):
    queue = read_queue(at=at)

    assert (queue.companies, queue.in_line, queue.runs, queue.in_flight) == ((), 0, 0, 0)
    assert queue.oldest_wait(at=at) == timedelta(0)


def test_the_command_tells_the_same(busy):
    out = StringIO()
    call_command("generation_queue", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["in_line"], [each["slug"] for each in told["companies"]]) == (5, ["contoso", "northwind"])

    out = StringIO()
    call_command("generation_queue", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("In line: 5, the oldest for ")
    assert lines[2] == ("  contoso: 0 for a remote engine, 3 for the built-in one, 0 held back, since 2026-11-20 08:00")
