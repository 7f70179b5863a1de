from datetime import timedelta

import pytest

from summaries.domain.generation import slots as generation_slots
from summaries.models import EngineRun
from tests.messages_server import message
from tests.summaries.domain.remote import ANSWER, ask, point_to, run


def test_a_second_run_finds_no_slot_while_the_first_is_alive(cast, at, messages_server):
    messages_server.answers(message(ANSWER))
    point_to(cast.northwind, messages_server.base_url)
    ask(cast.northwind, cast.bob, [1], at=at)
    slot = generation_slots.hold_slot(at=at)

    assert (run(at), messages_server.requests) == (0, [])
    assert generation_slots.is_a_run_alive(at=at) is True

    generation_slots.free_slot(slot)
    assert run(at) == 1


@pytest.mark.django_db
def test_a_run_that_comes_back_late_does_not_free_the_slot_of_another(at):
    late = generation_slots.hold_slot(at=at)
    soon = at + timedelta(seconds=generation_slots.LEASE_SECONDS + 1)
    taken = generation_slots.hold_slot(at=soon)

    assert generation_slots.renew_slot(late, at=soon, in_flight=1) is False
    generation_slots.free_slot(late)
    assert generation_slots.renew_slot(taken, at=soon, in_flight=3) is True
    assert EngineRun.objects.get().in_flight == 3
