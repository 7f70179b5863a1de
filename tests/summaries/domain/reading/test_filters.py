from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.domain.members import add_member
from accounts.models import UserGroup
from policies.models import DeviceGroup
from summaries.domain.reading.filters import Narrowing, SessionFilters, Window, read_filters, view_alone_in, window_of
from summaries.models import SupportSession
from tests.conftest import NOW
from tests.summaries.session_rows import add_session, add_summary

BERLIN = ZoneInfo("Europe/Berlin")


ALL_TIME = Window()


def numbers(filters, cast, window=ALL_TIME, **options):
    narrowing = Narrowing(filters, company_id=cast.northwind.pk, viewer_id=cast.bob.pk)
    found = narrowing.of(SupportSession.objects.of_company(cast.northwind), window=window, **options)
    return sorted(found.values_list("number", flat=True))


def test_read_filters_takes_what_is_known():
    filters = read_filters("q=+printer+&state=REVIEWED&supporter=12&supporter=me&period=90&page=4")

    assert filters == SessionFilters(q="printer", state=("REVIEWED",), supporter=("12", "me"), period="90")


def test_read_filters_takes_each_value_once_and_of_a_single_one_the_last():
    filters = read_filters("?device=A&device=B&device=A&device=&q=one&q=two")

    assert filters == SessionFilters(device=("A", "B"), q="two")


def test_read_filters_takes_twenty_values_at_most():
    filters = read_filters("&".join(f"device=ACC-{number}" for number in range(30)))

    assert filters.device == tuple(f"ACC-{number}" for number in range(20))


@pytest.mark.parametrize(
    "query",
    [
        "state=DROP TABLE",
        "period=31",
        "supporter=x",
        "supporter=" + "9" * 30,
        "since=2026-02-30",
        "until=0001-01-01",
        "outcome=resolved",
        "sort=supporter",
        "view=all",
        "q=%00+",
        "q",
        "&&==;",
    ],
)
def test_read_filters_ignores_what_is_malformed(query):
    assert read_filters(query) == SessionFilters()


def test_read_filters_hides_what_tells_of_summaries_from_those_who_may_not_read_them():
    asked = "q=secret&issue_type=Printer&outcome=RESOLVED&device=ACC-1"

    assert read_filters(asked, may_read_summaries=False) == SessionFilters(device=("ACC-1",))


def test_read_filters_lets_days_replace_the_period():
    assert read_filters("since=2026-11-01&period=7") == SessionFilters(since="2026-11-01", period="all")


def test_address_keeps_what_is_filtered_and_leaves_out_defaults():
    filters = SessionFilters(issue_type=("VPN & co", "A,B"), period="7")

    assert filters.address() == "?issue_type=VPN+%26+co&issue_type=A%2CB&period=7"
    assert filters.address(period="30", issue_type="") == "?period=30"
    assert filters.address(issue_type="VPN") == "?issue_type=VPN&period=7"
    assert (SessionFilters(period="7").stem(), SessionFilters().stem()) == ("?period=7&", "?")


def test_what_is_written_is_read_back():
    filters = SessionFilters(
        q="ä &", issue_type=("VPN & co", "A,B"), supporter=("me",), since="2026-11-01", period="all"
    )

    assert read_filters(filters.query()) == filters


def test_without_takes_one_value_away():
    filters = SessionFilters(state=("FAILED", "REVIEWED"), q="printer", period="7")

    assert filters.without("state", "FAILED") == SessionFilters(state=("REVIEWED",), q="printer", period="7")
    assert filters.without("q", "printer") == SessionFilters(state=("FAILED", "REVIEWED"), period="7")


def test_active_leaves_out_the_period_and_how_the_list_is_shown():
    filters = SessionFilters(state=("FAILED",), period="7", sort="oldest", columns="start", view="3")

    assert filters.active() == [("state", "FAILED")]
    assert filters.with_own_columns() == "?state=FAILED&period=7&sort=oldest&view=3"


def test_what_is_found_by_words_and_labels_asks_of_summaries():
    assert [SessionFilters(q="vpn").asks_of_summaries(), SessionFilters(device=("A",)).asks_of_summaries()] == [
        True,
        False,
    ]


def test_beside_a_view_the_period_stands_so_that_the_view_is_not_alone():
    assert SessionFilters(view="12").query() == "period=30&view=12"


def test_columns_are_read_one_by_one_or_with_commas():
    assert read_filters("columns=start&columns=state").columns == "start,state"
    assert read_filters("columns=start,state&columns=").columns == "start,state"


@pytest.mark.parametrize(("query", "expected"), [("view=12", 12), ("?view=12&open=S-3", 12)])
def test_a_view_alone_is_the_view_as_it_was_saved(query, expected):
    assert view_alone_in(query) == expected


@pytest.mark.parametrize("query", ["", "view=none", "view=x", "view=12&period=30", "view=12&state=FAILED", "period=30"])
def test_a_view_beside_anything_else_is_not_alone(query):
    assert view_alone_in(query) is None


def test_window_of_a_period_is_whole_days_with_today(at):
    window = window_of(SessionFilters(period="7"), at=at, zone=UTC)

    assert window == Window(datetime(2026, 11, 14, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC))
    assert window.before() == Window(datetime(2026, 11, 7, tzinfo=UTC), datetime(2026, 11, 14, tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "moment", "period", "start", "end"),
    [
        # Summer time began on 29 March: the week is an hour short, and still begins and ends at midnight.
        ("Europe/Berlin", "2026-04-01T10:00", "7", "2026-03-25T23:00", "2026-04-01T22:00"),
        ("America/New_York", "2026-11-03T03:00", "7", "2026-10-27T04:00", "2026-11-03T05:00"),
        # The day before, or after, that of UTC.
        ("Pacific/Kiritimati", "2026-11-20T11:00", "7", "2026-11-14T10:00", "2026-11-21T10:00"),
        ("Pacific/Pago_Pago", "2026-11-20T09:00", "7", "2026-11-13T11:00", "2026-11-20T11:00"),
        # In Cairo clocks leave midnight out on 24 April: the day begins at one.
        ("Africa/Cairo", "2026-04-30T12:00", "7", "2026-04-23T22:00", "2026-04-30T21:00"),
    ],
)
def test_days_begin_at_midnight_of_the_zone(zone, moment, period, start, end):
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    window = window_of(SessionFilters(period=period), at=at, zone=ZoneInfo(zone))

    assert window.start.astimezone(UTC) == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert window.end.astimezone(UTC) == datetime.fromisoformat(end).replace(tzinfo=UTC)
    assert window.before().end == window.start
    assert window.before().start.astimezone(ZoneInfo(zone)).date() == window.start.date() - timedelta(days=7)


def test_window_of_days_is_whole_days_of_the_viewers_zone(at):
    window = window_of(SessionFilters(since="2026-11-01", until="2026-11-02", period="all"), at=at, zone=BERLIN)

    assert window.start == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert window.end == datetime(2026, 11, 2, 23, tzinfo=UTC)


@pytest.mark.parametrize("filters", [SessionFilters(period="all"), SessionFilters(since="2026-11-01", period="all")])
def test_window_without_both_ends_has_nothing_before_it(at, filters):
    assert window_of(filters, at=at, zone=UTC).before() is None


@pytest.mark.parametrize("since", ["0002-01-01", "4999-07-02"])
def test_window_of_thousands_of_years_has_nothing_before_it(at, since):
    filters = SessionFilters(since=since, until="9998-12-31", period="all")

    assert window_of(filters, at=at, zone=ZoneInfo("Europe/Berlin")).before() is None


@pytest.fixture
def rows(cast):
    """Five sessions that differ in every filter."""
    one = add_session(cast.northwind, cast.bob, 1, device_name="ACC-1", search_text="printer")
    two = add_session(cast.northwind, cast.alice, 2, direction="INCOMING", hours_ago=2, device_name="ACC-2")
    three = add_session(cast.northwind, cast.bob, 3, direction="BOTH", hours_ago=3)
    add_session(cast.northwind, cast.bob, 4, hours_ago=100)
    five = add_session(cast.northwind, cast.alice, 5, hours_ago=4)
    add_summary(one, issue_types=("Printer", "Driver"), applications=("Word",), outcome="RESOLVED", language="de")
    add_summary(two, issue_types=("VPN",), applications=("Word", "Edge"), review="REVIEWED", outcome="UNRESOLVED")
    add_summary(three, engine="CLAUDE", review="APPROVED", outcome="UNKNOWN")
    add_summary(five, state="FAILED", outcome="RESOLVED")
    one.device.group = DeviceGroup.objects.create(company=cast.northwind, name="Accounting")
    one.device.customer = "Acme"
    one.device.save()
    group = UserGroup.objects.create(company=cast.northwind, name="Managers")
    group.members.add(cast.membership(cast.alice))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("issue_type=Printer", [1]),
        ("issue_type=Printer&issue_type=Driver", [1]),
        ("issue_type=Printer&issue_type=VPN&issue_type=None+has+it", [1, 2]),
        ("application=Word", [1, 2]),
        ("application=Word&application=Edge", [1, 2]),
        ("application=Word&issue_type=VPN", [2]),
        ("application=Edge&application=Word&issue_type=Printer&issue_type=VPN", [1, 2]),
        ("device=ACC-1", [1]),
        ("device=ACC-1&device=ACC-2", [1, 2]),
        ("device=ACC-2&device=NO_DEVICE", [2, 3, 4, 5]),
        ("device_group=Accounting", [1]),
        ("customer=Acme", [1]),
        ("customer=NO_CUSTOMER", [2, 3, 4, 5]),
        ("customer=NO_CUSTOMER&customer=Acme&device=ACC-1", [1]),
        ("user_group=Managers", [2, 5]),
        ("user_group=Managers&user_group=Others", [2, 5]),
        ("supporter=me", [1, 3, 4]),
        ("state=AI_GENERATED", [1]),
        ("state=REVIEWED", [2]),
        ("state=FAILED", [5]),
        ("state=NO_SUMMARY", [4]),
        ("state=NO_SUMMARY&state=FAILED&state=APPROVED", [3, 4, 5]),
        ("outcome=RESOLVED", [1]),
        ("outcome=RESOLVED&outcome=UNRESOLVED", [1, 2]),
        ("language=de", [1]),
        ("engine=CLAUDE", [3]),
        ("direction=INCOMING", [2, 3]),
        ("direction=BOTH", [3]),
        ("direction=INCOMING&direction=OUTGOING", [1, 2, 3, 4, 5]),
        ("q=print", [1]),
        ("q=print&state=REVIEWED", []),
    ],
)
def test_narrow_by_each_filter(cast, rows, filters, expected):
    assert numbers(read_filters(filters), cast) == expected


def test_narrow_by_supporter_ids(cast, rows):
    assert numbers(SessionFilters(supporter=(str(cast.alice.pk),)), cast) == [2, 5]
    assert numbers(SessionFilters(supporter=(str(cast.alice.pk), "me")), cast) == [1, 2, 3, 4, 5]


def test_narrow_by_a_group_of_members_of_the_sessions_company_only(cast, rows):
    group = UserGroup.objects.create(company=cast.contoso, name="Night shift")
    group.members.add(add_member(company=cast.contoso, email=cast.bob.email, name="Bob", role_names=[], at=NOW))

    assert numbers(SessionFilters(user_group=("Night shift",)), cast) == []


def test_narrow_by_time(cast, rows, at):
    start, end = at - timedelta(hours=3), at - timedelta(hours=1, minutes=30)

    assert numbers(SessionFilters(), cast, Window(start, end)) == [2, 3]


def test_narrow_without_one_filter_keeps_the_others(cast, rows):
    filters = SessionFilters(issue_type=("VPN",), application=("Word",), supporter=(str(cast.bob.pk),))

    assert numbers(filters, cast, without="issue_type") == [1]
    assert numbers(filters, cast, without="supporter") == [2]


def test_names_are_looked_up_once_for_all_that_is_asked(cast, rows, django_assert_num_queries):
    filters = SessionFilters(issue_type=("VPN",), application=("Word", "Edge"), device=("ACC-2",))
    narrowing = Narrowing(filters, company_id=cast.northwind.pk, viewer_id=cast.bob.pk)
    sessions = SupportSession.objects.of_company(cast.northwind)

    with django_assert_num_queries(3 + 2):
        counts = [narrowing.of(sessions, window=ALL_TIME, without=name).count() for name in ("", "issue_type")]

    assert counts == [1, 1]


def test_what_has_no_such_name_is_known_to_be_empty_once_it_was_looked_up(cast, rows, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = numbers(SessionFilters(application=("Solitaire",)), cast)

    assert found == []


@pytest.mark.parametrize("name", ["issue_type", "application", "device", "device_group", "user_group"])
def test_names_of_another_company_find_nothing(cast, rows, name):
    theirs = add_session(cast.contoso, cast.charlie, 1, device_name="THEIR-1")
    add_summary(theirs, issue_types=("Theirs",), applications=("Theirs",))
    theirs.device.group = DeviceGroup.objects.create(company=cast.contoso, name="Theirs")
    theirs.device.save()
    UserGroup.objects.create(company=cast.contoso, name="Theirs").members.add(cast.membership(cast.charlie))
    value = "THEIR-1" if name == "device" else "Theirs"

    assert numbers(SessionFilters(**{name: (value,)}), cast) == []
