from datetime import UTC
from functools import reduce
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from summaries.domain.reading.plain_sessions import DescribedSession, Narrowed, WholeCompany, read_plainly
from summaries.enums import SessionStatus
from summaries.models import SupportSession
from tests.conftest import Cast
from tests.summaries.session_rows import add_session, add_summary

NEWEST, OLDEST = ("-started_at", "-pk"), ("started_at", "pk")


@pytest.fixture
def sessions(cast: Cast) -> list[SupportSession]:
    """Those that Northwind shows, the newest first; beside them one of every kind that is shown to nobody."""
    shown = [
        add_session(cast.northwind, cast.bob, 1, hours_ago=1, device_name="PC-1", quality=["CLOCK_SKEW"]),
        add_session(cast.northwind, cast.mona, 2, hours_ago=2, redaction_counts={"EMAIL": 2}, fee="12.50"),
        add_session(cast.northwind, cast.alice, 3, hours_ago=3, ended_at=None, status=SessionStatus.OPEN),
    ]
    add_summary(shown[1])
    hidden = (SessionStatus.IMPORTING, SessionStatus.TRASHED, SessionStatus.DELETED)
    for number, status in enumerate(hidden, start=4):
        add_session(cast.northwind, cast.bob, number, hours_ago=number, status=status)
    add_session(cast.contoso, cast.charlie, 9, hours_ago=1)
    return shown


def visible(user: User, cast: Cast) -> Any:
    return SupportSession.objects.visible_in(user, cast.northwind)


@pytest.mark.parametrize("order", [NEWEST, OLDEST])
def test_a_whole_company_is_what_its_administrator_sees(
    cast: Cast, sessions: list[SupportSession], order: tuple[str, ...]
) -> None:
    plain = WholeCompany(cast.northwind.pk).take(order=order, count=10)

    assert plain == read_plainly(visible(cast.alice, cast).order_by(*order), DescribedSession)
    assert [row.pk for row in plain] == [each.pk for each in (sessions if order == NEWEST else sessions[::-1])]


def test_rows_hold_the_values_of_the_models(cast: Cast, sessions: list[SupportSession]) -> None:
    for plain in WholeCompany(cast.northwind.pk).take(order=NEWEST, count=10):
        session = SupportSession.objects.select_related("supporter", "device", "summary").get(pk=plain.pk)

        assert plain == DescribedSession(*(value_at(session, path) for path in DescribedSession.__struct_fields__))


def value_at(session: SupportSession, path: str) -> Any:
    """What the models hold where the path of a query leads to; None where there is no such row."""
    return reduce(lambda row, name: getattr(row, name, None), path.split("__"), session)


def test_moments_are_in_utc(cast: Cast, sessions: list[SupportSession]) -> None:
    whole, seen = WholeCompany(cast.northwind.pk), Narrowed(visible(cast.alice, cast))

    rows = [row for found in (whole, seen) for row in found.take(order=NEWEST, count=10)]

    assert [row.started_at.tzinfo for row in rows] == [UTC] * 6


def test_what_nobody_reaches_takes_no_query(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert Narrowed(SupportSession.objects.none()).take(order=NEWEST, count=10) == []


@pytest.mark.parametrize(
    ("order", "number", "following"),
    [(NEWEST, 7, [2, 3]), (NEWEST, 2, [3]), (OLDEST, 2, [7, 1]), (OLDEST, 7, [1])],
)
def test_what_follows_a_position_is_the_same_of_some_sessions_and_of_the_whole_company(
    cast: Cast, sessions: list[SupportSession], order: tuple[str, ...], number: int, following: list[int]
) -> None:
    """Two began at the same moment; cursors hold moments as text."""
    add_session(cast.northwind, cast.bob, 7, hours_ago=2)
    place = SupportSession.objects.get(company=cast.northwind, number=number)
    whole, seen = WholeCompany(cast.northwind.pk), Narrowed(visible(cast.alice, cast))

    for position in ((place.started_at, place.pk), (str(place.started_at), str(place.pk))):
        found = whole.take(order=order, position=position, count=10)

        assert [row.number for row in found] == following
        assert seen.take(order=order, position=position, count=10) == found


def test_it_is_cut_by_the_database(cast: Cast, sessions: list[SupportSession], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        found = WholeCompany(cast.northwind.pk).take(order=NEWEST, count=2)

    assert [row.number for row in found] == [1, 2]


@pytest.mark.parametrize("position", [("abc", "1"), ("2026-11-20 09:00:00+00:00", "abc")])
def test_it_refuses_a_position_that_can_be_none(cast: Cast, position: tuple[str, str]) -> None:
    with pytest.raises((ValidationError, ValueError)):
        WholeCompany(cast.northwind.pk).take(order=NEWEST, position=position, count=10)
