from datetime import UTC, timedelta
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
    plain = WholeCompany(cast.northwind.pk).order_by(*order)[0:10]

    assert plain == read_plainly(visible(cast.alice, cast).order_by(*order), DescribedSession)
    assert [row.pk for row in plain] == [each.pk for each in (sessions if order == NEWEST else sessions[::-1])]


def test_rows_hold_the_values_of_the_models(cast: Cast, sessions: list[SupportSession]) -> None:
    for plain in WholeCompany(cast.northwind.pk).order_by(*NEWEST)[0:10]:
        session = SupportSession.objects.select_related("supporter", "device", "summary").get(pk=plain.pk)

        assert plain == DescribedSession(*(value_at(session, path) for path in DescribedSession.__struct_fields__))


def value_at(session: SupportSession, path: str) -> Any:
    """What the models hold where the path of a query leads to; None where there is no such row."""
    return reduce(lambda row, name: getattr(row, name, None), path.split("__"), session)


def test_moments_are_in_utc(cast: Cast, sessions: list[SupportSession]) -> None:
    whole, seen = WholeCompany(cast.northwind.pk), Narrowed(visible(cast.alice, cast))

    rows = [row for found in (whole, seen) for row in found.order_by(*NEWEST)[0:10]]

    assert [row.started_at.tzinfo for row in rows] == [UTC] * 6


def test_what_nobody_reaches_takes_no_query(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert Narrowed(SupportSession.objects.none()).order_by(*NEWEST)[0:10] == []


@pytest.mark.parametrize("condition", ["started_at__lt", "started_at__gt"])
def test_some_sessions_are_narrowed_as_the_whole_company_is(
    cast: Cast, sessions: list[SupportSession], condition: str
) -> None:
    moment, order = sessions[1].started_at, NEWEST if condition == "started_at__lt" else OLDEST
    whole, seen = WholeCompany(cast.northwind.pk), Narrowed(visible(cast.alice, cast))

    expected = whole.filter(**{condition: moment}).order_by(*order)[0:10]

    assert len(expected) == 1
    assert seen.filter(**{condition: moment}).order_by(*order)[0:10] == expected


@pytest.mark.parametrize(("condition", "numbers"), [("started_at__lt", [3]), ("started_at__gt", [1])])
def test_it_is_narrowed_by_moments_as_they_are_written_in_cursors(
    cast: Cast, sessions: list[SupportSession], condition: str, numbers: list[int]
) -> None:
    whole = WholeCompany(cast.northwind.pk)
    moment = sessions[1].started_at

    for value in (moment, str(moment), moment.astimezone(tz=None) + timedelta(0)):
        assert [row.number for row in whole.filter(**{condition: value}).order_by(*NEWEST)[0:10]] == numbers


def test_it_is_cut_by_the_database(cast: Cast, sessions: list[SupportSession], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        found = WholeCompany(cast.northwind.pk).order_by(*NEWEST)[1:2]

    assert [row.number for row in found] == [2]


def test_it_refuses_what_is_no_moment(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        WholeCompany(cast.northwind.pk).filter(started_at__lt="abc").order_by(*NEWEST)[0:10]
