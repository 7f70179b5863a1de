from datetime import timedelta

import pytest

from accounts.permissions import Permission
from policies.models import Device, DeviceGroup
from summaries.domain.reading import filters as session_filters
from summaries.domain.reading import queries, recurring
from summaries.domain.reading.filters import SessionFilters, Window
from summaries.domain.reading.recurring import group_of, middle_of, read_least, recurring_groups
from summaries.enums import Outcome
from tests.role_limits import limited_role
from tests.summaries.session_rows import add_session, add_summary


def asked(cast, viewer=None, window=None, **chosen):
    """The arguments of the functions: the summarised sessions of Northwind that the filters find."""
    filters = SessionFilters(period="all").changed(**chosen)
    viewer = viewer or cast.alice
    readable = queries.summarised_of(company=cast.northwind, viewer=viewer)
    window = window or Window()
    found = session_filters.narrow(
        readable, filters=filters, company_id=cast.northwind.pk, viewer_id=viewer.pk, window=window
    )
    return {
        "company": cast.northwind,
        "sessions": found,
        "filters": filters,
        "middle": middle_of(readable, window=window),
    }


def groups(cast, least=3, **kwargs):
    return recurring_groups(**asked(cast, **kwargs), least=least).rows


def named(found):
    return [(group.issue_type, group.by, group.name, group.sessions) for group in found]


def add(cast, number, *, device="", types=("VPN",), applications=(), supporter=None, outcome="RESOLVED", **fields):
    session = add_session(
        cast.northwind, supporter or cast.bob, number, **{"device_name": device, "hours_ago": number, **fields}
    )
    add_summary(session, issue_types=types, applications=applications, outcome=outcome)
    return session


@pytest.mark.django_db
def test_sessions_whose_summary_has_no_issue_type_are_in_no_group(cast):
    for number in (1, 2, 3):
        add(cast, number, device="RCP-02", types=(), applications=("Edge",))

    assert groups(cast) == []


@pytest.mark.django_db
def test_a_group_tells_of_its_sessions(cast, at):
    add(cast, 1, device="RCP-02", applications=("Edge", "AnyConnect"))
    add(cast, 2, device="RCP-02", applications=("AnyConnect",), supporter=cast.mona, outcome="UNRESOLVED")
    add(cast, 10, device="RCP-02", supporter=cast.mona, ended_at=None, status="OPEN")

    (group,) = groups(cast)

    assert named([group]) == [("VPN", "device", "RCP-02", 3)]
    assert (group.first_at, group.last_at) == (at - timedelta(hours=10), at - timedelta(hours=1))
    assert group.length == timedelta(minutes=20)
    assert group.outcomes == ((Outcome.RESOLVED, 2), (Outcome.UNRESOLVED, 1))
    assert group.others == ("AnyConnect", "Edge")
    assert group.supporters == (cast.mona, cast.bob)
    assert (group.earlier, group.later, group.trend) == (1, 2, "Rising")


@pytest.mark.django_db
def test_the_largest_group_is_first_then_the_latest(cast):
    for number in (1, 2, 3):
        add(cast, number, device="ACC-1", applications=("Word",), types=("Printer", "Update"))
    for number in (4, 5, 6):
        add(cast, number, device="ACC-2", applications=("Word",), types=("Printer",))
    add(cast, 7, device="ACC-3", types=("Printer",))

    assert named(groups(cast)) == [
        ("Printer", "application", "Word", 6),
        ("Printer", "device", "ACC-1", 3),
        ("Update", "device", "ACC-1", 3),
        ("Update", "application", "Word", 3),
        ("Printer", "device", "ACC-2", 3),
    ]
    assert named(groups(cast, least=5)) == [("Printer", "application", "Word", 6)]


@pytest.mark.django_db
def test_a_group_counts_what_the_list_counts(cast):
    for number in range(1, 6):
        add(cast, number, device=f"ACC-{number % 2}", types=("Printer", "VPN"), applications=("Word", "Edge"))
    add(cast, 6, device="ACC-0", types=("VPN",), applications=("Edge",))

    for chosen in ({}, {"application": "Word"}, {"issue_type": "Printer"}, {"issue_type": "VPN", "device": "ACC-0"}):
        for group in groups(cast, least=2, **chosen):
            narrowed = asked(cast, **{**chosen, "issue_type": group.issue_type, group.by: group.name})
            assert group.sessions == narrowed["sessions"].count(), (chosen, group)


@pytest.mark.django_db
def test_what_was_not_asked_for_makes_no_group(cast):
    for number in (1, 2, 3):
        add(cast, number, device="ACC-1", types=("Printer", "VPN"), applications=("Word", "Edge"))

    found = named(groups(cast, issue_type="VPN", application="Word"))

    assert found == [("VPN", "device", "ACC-1", 3), ("VPN", "application", "Word", 3)]


@pytest.mark.django_db
def test_groups_hold_what_the_viewer_may_read(cast):
    for number in (1, 2, 3):
        add(cast, number, device="ACC-1", supporter=cast.mona if number == 1 else cast.bob)
        foreign = add_session(cast.contoso, cast.charlie, number, device_name="FOREIGN")
        add_summary(foreign, issue_types=("VPN",))
    add_session(cast.northwind, cast.bob, 4, device_name="ACC-1")

    assert named(groups(cast)) == [("VPN", "device", "ACC-1", 3)]
    assert named(groups(cast, viewer=cast.bob)) == []
    assert named(groups(cast, viewer=cast.bob, least=2)) == [("VPN", "device", "ACC-1", 2)]
    assert named(groups(cast, viewer=cast.charlie, least=2)) == []


@pytest.mark.django_db
def test_a_role_limited_to_a_device_group_makes_groups_of_its_sessions(cast):
    for number in (1, 2, 3, 4):
        add(cast, number, device="ACC-1" if number < 3 else "ACC-2", applications=("Word",), supporter=cast.mona)
    reception = DeviceGroup.objects.create(company=cast.northwind, name="Reception")
    Device.objects.filter(name="ACC-1").update(group=reception)
    reads = [Permission.VIEW_SUMMARIES, Permission.VIEW_ALL_REPORTS]
    limited_role(cast.membership(cast.bob), "Reception", reads, [reception])

    found = groups(cast, viewer=cast.bob, least=2)

    assert named(found) == [("VPN", "device", "ACC-1", 2), ("VPN", "application", "Word", 2)]
    assert found[1].others == ("ACC-1",)


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "trend"), [((1, 2, 9), "Rising"), ((1, 8, 9), "Falling"), ((1, 2, 8, 9), "Steady")])
def test_trend_compares_the_halves_of_the_time(cast, at, hours, trend):
    for number, hour in enumerate(hours, start=1):
        add(cast, number, device="ACC-1", hours_ago=hour)

    (closed,) = groups(cast, window=Window(at - timedelta(hours=10), at))
    (half_open,) = groups(cast, window=Window(at - timedelta(hours=10)))

    assert (closed.trend, half_open.trend) == (trend, trend)


@pytest.mark.django_db
def test_only_so_many_groups_are_shown(cast, monkeypatch):
    monkeypatch.setattr(recurring, "MAX_GROUPS", 1)
    for number in (1, 2, 3, 4):
        add(cast, number, device="ACC-1", applications=("Word",) if number > 1 else ())

    found = recurring_groups(**asked(cast), least=3)

    assert (named(found.rows), found.is_cut) == ([("VPN", "device", "ACC-1", 4)], True)


@pytest.mark.django_db
def test_one_group_by_device_or_application(cast):
    add(cast, 1, device="ACC-1", applications=("Word",))
    add(cast, 2, device="ACC-2", applications=("Word",))

    def one(**chosen):
        found = group_of(**asked(cast, **chosen))
        return found and (found.by, found.name, found.sessions, found.supporters)

    assert one(issue_type="VPN", device="ACC-1") == ("device", "ACC-1", 1, (cast.bob,))
    assert one(issue_type="VPN", application="Word") == ("application", "Word", 2, (cast.bob,))
    assert one(issue_type="VPN", device="ACC-2", application="Word") == ("device", "ACC-2", 1, (cast.bob,))
    assert [one(issue_type="VPN", device="ACC-9"), one(issue_type="VPN"), one(device="ACC-1")] == [None, None, None]


@pytest.mark.django_db
def test_the_trend_of_one_group_is_that_of_the_list(cast):
    add(cast, 1, device="ACC-1", hours_ago=1)
    add(cast, 2, device="ACC-1", hours_ago=3)
    add(cast, 3, device="ACC-2", hours_ago=20)

    (listed,) = groups(cast, least=2)

    assert (listed.earlier, listed.later) == (0, 2)
    assert group_of(**asked(cast, issue_type="VPN", device="ACC-1")) == listed


def test_least_is_one_of_the_choices():
    assert [read_least(wish) for wish in ("2", "10", "4", "", "x", "3")] == [2, 10, 3, 3, 3, 3]
