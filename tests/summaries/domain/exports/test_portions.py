"""The rows of a list, so many at a time."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from summaries.domain.exports import rows as export_rows
from summaries.domain.exports.rows import read_rows, reader_of
from summaries.models import SupportSession
from tests.conftest import Cast
from tests.summaries.domain.exports.rows_world import put_session, put_summarised
from tests.summaries.report_examples import STARTED_AT


def numbers_of(cast: Cast, at: datetime, portion: int) -> list[str]:
    rows = read_rows(
        SupportSession.objects.visible_in(cast.alice, cast.northwind),
        reader=reader_of(company=cast.northwind, actor=cast.alice, at=at),
        with_texts=True,
        portion=portion,
    )
    return [row.label for each in rows for row in each]


@pytest.mark.parametrize("found_at_once", [1, 2, 5, 6])
@pytest.mark.parametrize("portion", [1, 2, 3, 7, 100])
def test_rows_come_newest_first_whatever_a_portion_holds(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch, portion: int, found_at_once: int
) -> None:
    monkeypatch.setattr(export_rows, "FOUND_AT_ONCE", found_at_once)
    # Of two that began at the same moment, the one stored later comes first.
    began = [STARTED_AT, STARTED_AT, STARTED_AT + timedelta(hours=1), STARTED_AT, STARTED_AT + timedelta(hours=2)]
    for number, moment in enumerate(began, 1):
        put_session(cast.northwind, cast.bob, number, started_at=moment)

    assert numbers_of(cast, at, portion) == ["S-5", "S-3", "S-4", "S-2", "S-1"]


def test_a_session_that_went_to_the_trash_while_the_list_is_on_its_way_is_not_in_it(cast: Cast, at: datetime) -> None:
    for number in (1, 2, 3):
        put_session(cast.northwind, cast.bob, number)
    reading = read_rows(
        SupportSession.objects.visible_in(cast.alice, cast.northwind),
        reader=reader_of(company=cast.northwind, actor=cast.alice, at=at),
        with_texts=False,
        portion=1,
    )

    (first,) = next(reading)
    SupportSession.objects.filter(number=2).update(status="TRASHED")

    assert [first.label, *(row.label for each in reading for row in each)] == ["S-3", "S-1"]


def test_rows_of_an_empty_list_are_none(cast: Cast, at: datetime) -> None:
    assert numbers_of(cast, at, 10) == []


@pytest.mark.parametrize("count", [1, 3])
def test_a_portion_takes_as_many_queries_however_many_rows_it_has(cast: Cast, at: datetime, count: int) -> None:
    for number in range(count):
        put_summarised(cast.northwind, cast.bob, number + 1)
    reader = reader_of(company=cast.northwind, actor=cast.alice, at=at)
    sessions = SupportSession.objects.visible_in(cast.alice, cast.northwind)

    with CaptureQueriesContext(connection) as queries:
        rows = [row for each in read_rows(sessions, reader=reader, with_texts=True) for row in each]

    assert len(rows) == count
    # Which they are, sessions, texts, issue types, applications.
    assert len(queries) == 5
