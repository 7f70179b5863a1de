from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.domain.members import add_member
from accounts.domain.pseudonyms import names_for
from accounts.models import Disclosure
from policies.models import Device
from summaries.domain.jobs.selection import Selection, sessions_of
from summaries.domain.reading.filters import read_filters, window_of
from summaries.domain.reports.monthly import (
    MonthRow,
    Sums,
    build_monthly_report,
    month_asked_for,
    month_before,
)
from summaries.enums import SessionList
from tests.conftest import NOW
from tests.summaries.session_rows import add_session, add_summary

NOVEMBER = date(2026, 11, 1)
TEN_MINUTES = 600_000_000


def report(cast, viewer=None, query="", month=NOVEMBER):
    viewer = viewer or cast.alice
    names = names_for(company=cast.northwind, viewer=viewer, at=NOW)
    filters = read_filters(query)
    return build_monthly_report(company=cast.northwind, viewer=viewer, names=names, filters=filters, month=month)


def device(company, name, customer=""):
    return Device.objects.create(company=company, name=name, customer=customer)


def begun(company, supporter, number, moment, minutes=10, **fields):
    ended_at = None if minutes is None else moment + timedelta(minutes=minutes)
    return add_session(company, supporter, number, started_at=moment, ended_at=ended_at, **fields)


@pytest.fixture
def rows(cast):
    acc, lab = device(cast.northwind, "ACC-1", "Acme"), device(cast.northwind, "LAB-1", "Acme")
    mail = device(cast.northwind, "MAIL-1")
    begun(cast.northwind, cast.bob, 1, datetime(2026, 11, 3, tzinfo=UTC), 12, device=acc)
    begun(cast.northwind, cast.alice, 2, datetime(2026, 11, 4, tzinfo=UTC), 1, device=lab, direction="INCOMING")
    begun(cast.northwind, cast.bob, 3, datetime(2026, 11, 5, tzinfo=UTC), None, device=mail, status="OPEN")
    begun(cast.northwind, cast.alice, 4, datetime(2026, 11, 6, tzinfo=UTC), 5)
    begun(cast.northwind, cast.bob, 5, datetime(2026, 10, 6, tzinfo=UTC), 61, device=mail)
    begun(cast.northwind, cast.bob, 6, datetime(2026, 9, 30, 23, 59, tzinfo=UTC), 61, device=acc)
    begun(cast.northwind, cast.bob, 7, datetime(2026, 12, 1, tzinfo=UTC), 61, device=acc)
    begun(cast.northwind, cast.bob, 8, datetime(2026, 11, 6, tzinfo=UTC), 61, device=acc, status="DELETED")
    theirs = device(cast.contoso, "FOREIGN", "Foreign customer")
    begun(cast.contoso, cast.charlie, 1, datetime(2026, 11, 6, tzinfo=UTC), 600, device=theirs)


def sums(sessions, minutes, billable, running=0):
    return Sums(sessions, running, minutes * 60_000_000, billable)


def test_a_month_is_summed_by_customer_device_and_supporter_beside_the_month_before(cast, rows):
    found = report(cast)

    nothing = Sums()
    assert found.totals == MonthRow("", "", sums(4, 18, 25, running=1), sums(1, 61, 65))
    assert found.customers == [
        MonthRow("Acme", "Acme", sums(2, 13, 20), nothing),
        MonthRow("NO_CUSTOMER", "", sums(2, 5, 5, running=1), sums(1, 61, 65)),
    ]
    assert found.devices == [
        MonthRow("ACC-1", "ACC-1", sums(1, 12, 15), nothing, "Acme"),
        MonthRow("NO_DEVICE", "", sums(1, 5, 5), nothing),
        MonthRow("LAB-1", "LAB-1", sums(1, 1, 5), nothing, "Acme"),
        MonthRow("MAIL-1", "MAIL-1", sums(1, 0, 0, running=1), sums(1, 61, 65)),
    ]
    assert found.supporters == [
        MonthRow(str(cast.bob.pk), "Bob", sums(2, 12, 15, running=1), sums(1, 61, 65)),
        MonthRow(str(cast.alice.pk), "Alice", sums(2, 6, 10), nothing),
    ]


def test_lengths_are_said_as_lengths(cast, rows):
    totals = report(cast).totals.now

    assert (totals.length, totals.billable_length) == (timedelta(minutes=18), timedelta(minutes=25))


def test_the_company_s_rule_bills_each_session_by_itself(cast, rows):
    cast.northwind.billing_minimum_minutes, cast.northwind.billing_rounding = 20, "NONE"

    assert report(cast).totals.now == sums(4, 18, 60, running=1)


def test_each_row_s_filter_lists_as_many_sessions_as_it_counts(cast, rows):
    found = report(cast, query="direction=OUTGOING&direction=INCOMING")

    counted = [
        (row.now.sessions, found.filters.changed(**{code: row.key}))
        for code, table in (("customer", found.customers), ("device", found.devices), ("supporter", found.supporters))
        for row in table
    ]
    counted.append((found.totals.now.sessions, found.filters))
    listed = [_listed(cast, read_filters(filters.query())) for _, filters in counted]
    assert listed == [count for count, _ in counted]
    assert len(listed) == 9


def _listed(cast, filters):
    window = window_of(filters, at=NOW, zone=ZoneInfo(cast.northwind.time_zone))
    selection = Selection(SessionList.REPORTS, filters, window)
    return sessions_of(selection=selection, company=cast.northwind, member=cast.alice).count()


def test_filters_narrow_both_months(cast, rows):
    assert report(cast, query="device=MAIL-1").totals == MonthRow("", "", sums(1, 0, 0, running=1), sums(1, 61, 65))
    assert report(cast, query="customer=Acme&direction=INCOMING").totals.now == sums(1, 1, 5)
    assert report(cast, query="since=2020-01-01&until=2020-02-01&device=ACC-1").totals.now == sums(1, 12, 15)


def test_a_filter_by_labels_counts_a_session_once(cast, rows):
    session = begun(cast.northwind, cast.bob, 9, datetime(2026, 11, 7, tzinfo=UTC))
    add_summary(session, issue_types=("Printer", "Driver"))

    assert report(cast, query="issue_type=Printer&issue_type=Driver").totals.now == sums(1, 10, 10)


def test_only_what_the_viewer_sees_counts(cast, rows):
    assert report(cast, cast.bob).totals.now == sums(2, 12, 15, running=1)
    assert [row.name for row in report(cast, cast.bob).supporters] == ["Bob"]


def test_a_month_without_sessions_is_empty(cast, rows):
    found = report(cast, month=date(2027, 3, 1))

    assert (found.totals, found.customers, found.devices, found.supporters) == (
        MonthRow("", "", Sums(), Sums()),
        [],
        [],
        [],
    )


@pytest.mark.parametrize(
    ("zone", "moment", "month"),
    [
        ("Europe/Berlin", datetime(2026, 10, 31, 22, 59, tzinfo=UTC), date(2026, 10, 1)),
        ("Europe/Berlin", datetime(2026, 10, 31, 23, 0, tzinfo=UTC), NOVEMBER),
        ("Europe/Berlin", datetime(2026, 3, 31, 21, 59, tzinfo=UTC), date(2026, 3, 1)),
        ("Europe/Berlin", datetime(2026, 3, 31, 22, 0, tzinfo=UTC), date(2026, 4, 1)),
        ("Pacific/Auckland", datetime(2026, 12, 31, 11, 0, tzinfo=UTC), date(2027, 1, 1)),
        ("America/Sao_Paulo", datetime(2028, 3, 1, 2, 59, tzinfo=UTC), date(2028, 2, 1)),
        # The clocks leave out the midnight with which this month begins.
        ("America/Asuncion", datetime(2023, 10, 1, 3, 59, tzinfo=UTC), date(2023, 9, 1)),
        ("America/Asuncion", datetime(2023, 10, 1, 4, 0, tzinfo=UTC), date(2023, 10, 1)),
    ],
)
def test_months_begin_at_midnight_of_the_company_s_zone(cast, zone, moment, month):
    cast.northwind.time_zone = zone
    begun(cast.northwind, cast.bob, 1, moment)

    found = report(cast, month=month)

    assert (found.totals.now.sessions, found.totals.before.sessions) == (1, 0)
    assert _listed(cast, found.filters) == 1


@pytest.mark.parametrize(
    ("wish", "month"),
    [
        ("2026-11", NOVEMBER),
        ("1970-01", date(1970, 1, 1)),
        ("", date(2026, 10, 1)),
        ("2026-13", date(2026, 10, 1)),
        ("0001-01", date(2026, 10, 1)),
        ("9999-12", date(2026, 10, 1)),
        ("2026-11-05", date(2026, 10, 1)),
        ("x" * 500, date(2026, 10, 1)),
    ],
)
def test_a_month_that_nobody_named_is_the_last_whole_one(cast, at, wish, month):
    assert month_asked_for(wish, company=cast.northwind, at=at) == month


def test_the_last_whole_month_is_that_of_the_company_s_zone(cast):
    cast.northwind.time_zone = "Pacific/Auckland"

    assert month_asked_for("", company=cast.northwind, at=datetime(2026, 11, 30, 12, tzinfo=UTC)) == NOVEMBER
    assert month_before(date(2026, 1, 1)) == date(2025, 12, 1)


@pytest.fixture
def council(cast):
    """Five supporters with a session each, the last one with the most time; Alice knows one of the others."""
    cast.northwind.works_council_mode, cast.northwind.pseudonym_key = True, "k" * 64
    cast.northwind.save()
    people = [cast.alice, cast.bob, cast.mona]
    for name in ("Nora", "Omar"):
        email = f"{name.lower()}@northwind.example"
        made = add_member(company=cast.northwind, email=email, name=name, role_names=["Supporter"], at=NOW)
        people.append(made.user)
    for number, person in enumerate(people, 1):
        begun(cast.northwind, person, number, datetime(2026, 11, number, tzinfo=UTC), number * 10)
    Disclosure.objects.create(
        company=cast.northwind,
        subject=cast.bob,
        reason="r",
        requested_by=cast.alice,
        requested_at=NOW,
        confirmed_by=cast.mona,
        confirmed_at=NOW,
        ends_at=NOW + timedelta(hours=24),
    )
    return people


def test_works_council_mode_shows_pseudonyms_by_name_and_ranks_nobody(cast, council):
    found = report(cast)

    names = [row.name for row in found.supporters]
    assert names == sorted(names)
    assert {name for name in names if not name.startswith("Supporter ")} == {"Alice", "Bob"}
    assert found.revealed == {cast.bob.pk}


def test_works_council_mode_does_not_tell_a_few_supporters_apart(cast, council):
    found = report(cast, query=f"supporter={cast.alice.pk}&supporter={cast.bob.pk}")

    assert (found.supporters, found.revealed) == (None, frozenset())
    assert found.totals.now.sessions == 2


@pytest.mark.parametrize("count", [1, 3])
def test_a_report_takes_one_query(cast, django_assert_num_queries, count):
    for number in range(1, count + 1):
        made = device(cast.northwind, f"ACC-{number}", f"Customer {number}")
        begun(cast.northwind, cast.bob, number, datetime(2026, 11, number, tzinfo=UTC), device=made)
    names = names_for(company=cast.northwind, viewer=cast.alice, at=NOW)
    # What the member may see is read once for each request.
    build_monthly_report(
        company=cast.northwind, viewer=cast.alice, names=names, filters=read_filters(""), month=NOVEMBER
    )

    with django_assert_num_queries(1):
        found = build_monthly_report(
            company=cast.northwind, viewer=cast.alice, names=names, filters=read_filters(""), month=NOVEMBER
        )

    assert len(found.customers) == count
