from datetime import timedelta

from django_q.models import OrmQ

from summaries.domain.generation import requests as generation
from summaries.domain.generation.lines import REMOTE_TASK, TASK, Lines, next_in_turn
from summaries.domain.generation.requests import sweep
from summaries.domain.generation.slots import hold_slot
from summaries.models import Summary
from tests.summaries.domain.remote import ask, point_to, states


def test_the_built_in_engine_serves_the_companies_by_turns(cast, at, clock):
    ask(cast.northwind, cast.bob, [2, 1, 3], at=at)
    ask(cast.contoso, cast.charlie, [1], at=at)

    served = []
    for _ in range(5):
        before = set(Summary.objects.filter(state="READY").values_list("pk", flat=True))
        generation.generate_in_turn(clock=clock)
        now = Summary.objects.filter(state="READY").exclude(pk__in=before)
        served += now.values_list("company__slug", "session__number")

    assert served == [("northwind", 2), ("contoso", 1), ("northwind", 1), ("northwind", 3)]


def test_a_turn_skips_what_another_worker_has_taken_and_what_is_not_due(cast, at, clock):
    first, second, third = ask(cast.northwind, cast.bob, [1, 2, 3], at=at)
    Summary.objects.filter(pk=second.pk).update(retry_at=at + timedelta(days=1))

    assert next_in_turn(at=at) == [first.pk, third.pk]
    assert next_in_turn(at=at + timedelta(days=1)) == [first.pk, second.pk, third.pk]
    Summary.objects.filter(pk=first.pk).update(retry_at=at + timedelta(days=1))
    generation.generate_in_turn(clock=clock)
    assert [state for state, _, _ in states(cast.northwind)] == ["QUEUED", "QUEUED", "READY"]


def test_a_worker_that_comes_too_late_makes_the_next(cast, at):
    first, _ = ask(cast.northwind, cast.bob, [1, 2], at=at)
    looks = iter(range(100))

    def clock():
        if next(looks) == 1:
            Summary.objects.filter(pk=first.pk).update(state="FAILED")
        return at

    generation.generate_in_turn(clock=clock)

    assert [state for state, _, _ in states(cast.northwind)] == ["FAILED", "READY"]


def test_lines_call_the_company_with_fewest_in_flight_then_the_one_called_longest_ago(cast, at):
    for company, supporter in ((cast.northwind, cast.bob), (cast.contoso, cast.charlie)):
        point_to(company, "https://engine.example")
        ask(company, supporter, [1, 2], at=at)
    lines = Lines()
    both = {cast.northwind.pk, cast.contoso.pk}

    assert set(lines.look(at=at)) == both
    one, row = lines.next(at=at, in_flight={}, may=both.__contains__)
    lines.put_first(one, row)
    other, _ = lines.next(at=at, in_flight={}, may=both.__contains__)
    assert {one, other} == both
    assert lines.next(at=at, in_flight={one: 0, other: 3}, may=both.__contains__) == (one, row)
    assert lines.next(at=at, in_flight={}, may=lambda _: False) is None
    lines.leave_out(one)
    assert lines.next(at=at, in_flight={}, may=both.__contains__)[0] == other


def test_each_engine_has_its_task(cast, at, django_capture_on_commit_callbacks):
    point_to(cast.contoso, "https://engine.example")

    with django_capture_on_commit_callbacks(execute=True):
        (here,) = ask(cast.northwind, cast.bob, [1], at=at)
        (there,) = ask(cast.contoso, cast.charlie, [1], at=at)

    tasks = [task.task for task in OrmQ.objects.order_by("pk")]
    assert [(task["func"], task["kwargs"]) for task in tasks] == [
        (TASK, {"summary_id": here.pk}),
        (REMOTE_TASK, {"summary_id": there.pk}),
    ]


def test_the_sweeper_queues_one_task_for_all_that_wait_for_remote_engines(cast, at, django_capture_on_commit_callbacks):
    point_to(cast.northwind, "https://engine.example")
    ask(cast.northwind, cast.bob, [1, 2], at=at)
    soon = at + timedelta(minutes=2)

    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(at=soon) == 1
    hold_slot(at=soon)
    assert sweep(at=soon) == 0
    assert [task.task["func"] for task in OrmQ.objects.all()] == [REMOTE_TASK]


def test_the_sweeper_queues_some_of_each_company(cast, at, django_capture_on_commit_callbacks, monkeypatch):
    monkeypatch.setattr(generation, "QUEUED_AGAIN", 2)
    northwind = ask(cast.northwind, cast.bob, [1, 2, 3], at=at)
    contoso = ask(cast.contoso, cast.charlie, [1], at=at)

    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(at=at + timedelta(minutes=2)) == 3

    queued = [task.task["kwargs"]["summary_id"] for task in OrmQ.objects.order_by("pk")]
    assert queued == [northwind[0].pk, northwind[1].pk, contoso[0].pk]
