from datetime import timedelta

import pytest

from policies.models import Device
from summaries.domain.reading import listing
from summaries.domain.reading.layout import ORDERS
from summaries.domain.reading.search_pages import Search
from summaries.models import SupportSession
from tests.summaries.session_rows import add_session, add_summary


def all_sessions():
    return SupportSession.objects.all()


def numbers(page):
    return [session.number for session in page.rows]


@pytest.fixture
def sixty(cast):
    """S-1 the oldest to S-60 the newest; the ten in the middle began at the same moment."""
    for number in range(1, 61):
        add_session(cast.northwind, cast.bob, number, hours_ago=30 if 25 <= number <= 34 else 61 - number)


@pytest.mark.parametrize("sort", ORDERS)
def test_session_page_walks_to_the_end_and_back(sixty, sort):
    first = listing.session_page(all_sessions(), sort=sort)
    second = listing.session_page(all_sessions(), sort=sort, before=first.next)
    back = listing.session_page(all_sessions(), sort=sort, after=second.previous)

    assert (len(first.rows), first.previous) == (50, "")
    assert (len(second.rows), second.next) == (10, "")
    assert {*numbers(first), *numbers(second)} == set(range(1, 61))
    assert (numbers(back), back.next != "", back.previous) == (numbers(first), True, "")


@pytest.mark.parametrize(
    ("sort", "expected"), [("", [60, 59]), ("oldest", [1, 2]), ("number", [1, 2]), ("number_down", [60, 59])]
)
def test_session_page_begins_with_the_first_of_its_order(sixty, sort, expected):
    assert numbers(listing.session_page(all_sessions(), sort=sort))[:2] == expected


@pytest.fixture
def of_lengths(cast):
    """S-1 lasts a minute, S-2 two and so on to S-52; S-53 has not ended."""
    for number in range(1, 53):
        session = add_session(cast.northwind, cast.bob, number, hours_ago=number * 7 % 50)
        session.ended_at = session.started_at + timedelta(minutes=number, microseconds=number)
        session.save()
    add_session(cast.northwind, cast.bob, 53, hours_ago=1, status="OPEN", ended_at=None)


def test_session_pages_by_length_count_what_has_not_ended_as_no_length(of_lengths):
    longest = listing.session_page(all_sessions(), sort="length_down")
    after_it = listing.session_page(all_sessions(), sort="length_down", before=longest.next)
    shortest = listing.session_page(all_sessions(), sort="length")

    assert numbers(longest) == list(range(52, 2, -1))
    assert (numbers(after_it), after_it.next) == ([2, 1, 53], "")
    assert numbers(shortest)[:3] == [53, 1, 2]
    assert listing.session_page(all_sessions(), sort="length_down", after=after_it.previous) == longest


def test_session_pages_by_length_of_what_a_search_finds(cast, of_lengths):
    SupportSession.objects.filter(number__in=(3, 9, 53)).update(search_text="printer")

    page = listing.session_page(all_sessions(), sort="length_down", search=Search("printer", cast.northwind.pk))

    assert numbers(page) == [9, 3, 53]


@pytest.mark.parametrize("count", [1, 3])
def test_session_page_by_length_takes_two_queries(cast, django_assert_num_queries, count):
    for number in range(1, count + 1):
        add_session(cast.northwind, cast.bob, number)

    with django_assert_num_queries(2):
        page = listing.session_page(all_sessions(), sort="length")

    assert len(page.rows) == count


def test_session_page_before_several_is_the_next_one(sixty):
    oldest = SupportSession.objects.get(number=1)

    page = listing.session_page(all_sessions(), after=listing.key_of(oldest))

    assert len(page.rows) == 50
    assert (page.rows[-1].number, page.previous != "", page.next != "") == (2, True, True)


@pytest.fixture
def on_devices(cast):
    """S-1 to S-53 on PC-00 to pc-12 by turns, every other one in small letters; S-54 on none."""
    devices = [
        Device.objects.create(company=cast.northwind, name=f"{'pc' if number % 2 else 'PC'}-{number:02d}")
        for number in range(13)
    ]
    for number in range(1, 54):
        add_session(cast.northwind, cast.bob, number, device=devices[number % 13])
    add_session(cast.northwind, cast.bob, 54)


def names(page):
    return [(row.device__name or "").lower() for row in page.rows]


def test_session_pages_by_device_know_no_capital_letters(on_devices):
    first = listing.session_page(all_sessions(), sort="device")
    second = listing.session_page(all_sessions(), sort="device", before=first.next)
    falling = listing.session_page(all_sessions(), sort="device_down")

    assert (numbers(first)[0], names(first)[0]) == (54, "")
    assert names(first) + names(second) == sorted(names(first) + names(second))
    assert len({*numbers(first), *numbers(second)}) == 54
    assert names(falling)[0] == "pc-12"
    assert "pc" not in first.next


def test_a_page_by_device_goes_on_where_its_last_session_no_longer_matches(on_devices):
    """Whoever approves what is to be reviewed takes it out of the list that they walk through."""
    first = listing.session_page(all_sessions(), sort="device")
    left = all_sessions().exclude(pk=first.rows[-1].pk)

    gone_on = listing.session_page(left, sort="device", before=first.next, reached=all_sessions())

    assert numbers(gone_on) == numbers(listing.session_page(all_sessions(), sort="device", before=first.next))
    assert listing.session_page(left, sort="device", before=first.next, reached=left).rows[0] == first.rows[0]


def test_a_key_tells_nothing_of_a_session_that_is_not_reached(cast, on_devices):
    theirs = Device.objects.create(company=cast.contoso, name="PC-06-SECRET")
    session = add_session(cast.contoso, cast.charlie, 1, device=theirs)
    reached = SupportSession.objects.filter(company=cast.northwind)

    forged = listing.session_page(reached, sort="device", before=f"-{session.pk:x}", reached=reached)

    assert forged == listing.session_page(reached, sort="device")


@pytest.mark.parametrize("key", ["x", "-", "12", "-zz", "--1", "-1-1", "1-1", "-" + "f" * 40])
def test_session_page_by_device_ignores_a_malformed_key(cast, key):
    add_session(cast.northwind, cast.bob, 1)

    assert numbers(listing.session_page(all_sessions(), before=key, sort="device")) == [1]


@pytest.mark.parametrize("sort", ["", "number", "length"])
@pytest.mark.parametrize(
    "key", ["x", "-", "12", "zz-1", "f" * 40 + "-1", "1-", "-1", "1" * 30 + "-5", "-5-5", "9" * 16 + "-5"]
)
def test_session_page_ignores_a_malformed_key(cast, key, sort):
    add_session(cast.northwind, cast.bob, 1)

    assert numbers(listing.session_page(all_sessions(), before=key, sort=sort)) == [1]


def test_session_page_beyond_the_last_is_empty(cast):
    session = add_session(cast.northwind, cast.bob, 1)

    assert listing.session_page(all_sessions(), before=listing.key_of(session)) == listing.SessionPage([])


@pytest.mark.parametrize("count", [1, 3])
def test_session_page_takes_one_query_and_a_row_tells_all_it_shows(cast, django_assert_num_queries, count):
    for number in range(1, count + 1):
        session = add_session(cast.northwind, cast.bob, number, device_name="ACC-1", hours_ago=number)
        add_summary(session, title="Printer offline", review="REVIEWED")

    with django_assert_num_queries(1):
        row = listing.session_page(all_sessions()).rows[0]

    assert (row.label, row.duration, row.supporter__name, row.device__name, row.summary__title, row.state.word) == (
        "S-1",
        timedelta(minutes=10),
        "Bob",
        "ACC-1",
        "Printer offline",
        "Reviewed",
    )


def test_a_session_that_runs_without_device_and_summary_is_listed(cast):
    add_session(cast.northwind, cast.bob, 1, ended_at=None, status="OPEN", verdict="YES")

    row = listing.session_page(all_sessions()).rows[0]

    assert (row.duration, row.device__name, row.summary__pk, row.state.word) == (None, None, None, "Session running")


def test_labels_are_read_for_the_page_at_once(cast, django_assert_num_queries):
    for number in (1, 2):
        session = add_session(cast.northwind, cast.bob, number, hours_ago=number)
        add_summary(session, applications=("Word", "Edge"), issue_types=("VPN",))
    add_session(cast.northwind, cast.bob, 3, hours_ago=3)
    rows = listing.session_page(all_sessions()).rows

    with django_assert_num_queries(2):
        applications, issue_types = listing.applications_of(rows), listing.issue_types_of(rows)

    ids = [row.summary__pk for row in rows[:2]]
    assert applications == {pk: ["Edge", "Word"] for pk in ids}
    assert issue_types == {pk: ["VPN"] for pk in ids}
    assert listing.applications_of(rows[2:]) == {}


def test_readable_are_those_that_a_role_reaches(cast):
    own = add_session(cast.northwind, cast.bob, 1)
    add_session(cast.northwind, cast.alice, 2)
    rows = listing.session_page(all_sessions()).rows

    assert listing.readable_among(viewer=cast.bob, company=cast.northwind, rows=rows) == {own.pk}


def test_lists_are_counted_to_a_limit(cast, monkeypatch):
    monkeypatch.setattr(listing, "MOST_COUNTED", 2)
    counts = []
    for number in (1, 2, 3):
        add_session(cast.northwind, cast.bob, number)
        counts.append(str(listing.count_found(all_sessions())))

    assert counts == ["1", "2", "2+"]
    assert str(listing.Found(10_000, is_capped=True)) == "10,000+"
