import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.domain import disclosures
from accounts.domain.members import add_member
from summaries.domain.rollups import counting
from tests.summaries.session_rows import add_session, add_summary

OVERVIEW, HOME = "/overview/", "/"


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def bars_of(response):
    """(address, sessions) of every bar that filters."""
    found = re.findall(r'<a class="bar" href="([^"]+)".*?"count">([\d,]+)<', text(response), re.DOTALL)
    return [(html.unescape(address), int(count.replace(",", ""))) for address, count in found]


def rows_of(response):
    """The cells of each row of the table, as text."""
    body = re.search(r"<tbody>(.*?)</tbody>", text(response), re.DOTALL).group(1)
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def found(response):
    return int(re.search(r'role="status">(\d+) found', text(response)).group(1))


def fill(cast, count, *, supporter=None, days_ago=0.05):
    """Sessions of now, which the clock of a request sees."""
    for number in range(1, count + 1):
        started_at = timezone.now() - timedelta(days=days_ago * number)
        session = add_session(
            cast.northwind,
            supporter or cast.bob,
            cast.northwind.next_session_number + number,
            started_at=started_at,
            ended_at=started_at + timedelta(minutes=number),
        )
        add_summary(session, issue_types=("Printer", f"Type {number}"), applications=("Word",), outcome="RESOLVED")
    cast.northwind.next_session_number += count


@pytest.mark.parametrize("count", [1, 3])
def test_overview_takes_as_many_queries_whatever_the_rows(cast, signed_in, django_assert_num_queries, count):
    fill(cast, count)
    counting.keep_up(keep_going=lambda: True)
    client = signed_in(cast.alice)
    client.get(OVERVIEW)

    with django_assert_num_queries(8):
        client.get(OVERVIEW)


@pytest.mark.parametrize("count", [1, 3])
def test_table_takes_as_many_queries_whatever_the_rows(cast, signed_in, django_assert_num_queries, count):
    fill(cast, count)
    client = signed_in(cast.alice)
    client.get("/overview/supporters/")

    with django_assert_num_queries(12):
        client.get("/overview/supporters/")


@pytest.mark.parametrize("are_counted", [True, False])
def test_every_bar_leads_to_a_list_of_as_many(cast, signed_in, are_counted):
    fill(cast, 12, days_ago=0.3)
    add_summary(add_session(cast.contoso, cast.charlie, 1, started_at=timezone.now(), ended_at=None))
    if are_counted:
        counting.keep_up(keep_going=lambda: True)
    client = signed_in(cast.alice)

    bars = bars_of(client.get(OVERVIEW))

    # Ten of thirteen issue types, one application, one outcome that occurs, one supporter.
    assert len(bars) == 10 + 1 + 1 + 1
    for address, count in bars:
        assert address.startswith("/?")
        assert found(client.get(address)) == count


def test_chosen_bar_takes_its_filter_away(cast, signed_in):
    fill(cast, 2)

    page = text(signed_in(cast.alice).get(f"{OVERVIEW}?issue_type=Printer&period=7"))

    assert re.findall(r'<a class="bar" href="([^"]+)" aria-current="true" title="Show all again">', page) == [
        "/?period=7"
    ]


def test_table_has_every_row_with_share_and_what_was_before(cast, signed_in):
    fill(cast, 3)
    fill(cast, 1, days_ago=40)

    rows = rows_of(signed_in(cast.alice).get("/overview/issue-types/"))

    assert rows == [
        ["Printer", "3", "100 %", "1", "▲ 200 % more"],
        ["Type 1", "1", "33 %", "1", "as before"],
        ["Type 2", "1", "33 %", "0", "none before"],
        ["Type 3", "1", "33 %", "0", "none before"],
    ]


def test_table_shows_all_rows_though_one_is_chosen(cast, signed_in):
    fill(cast, 2)

    rows = rows_of(signed_in(cast.alice).get("/overview/issue-types/?issue_type=Type+1&period=all"))

    assert [row[:3] for row in rows] == [["Printer", "2", "100 %"], ["Type 1", "1", "50 %"], ["Type 2", "1", "50 %"]]


def test_outcomes_stand_in_their_order(cast, signed_in):
    fill(cast, 2)

    rows = rows_of(signed_in(cast.alice).get("/overview/outcomes/?period=all"))

    assert rows == [
        ["Resolved", "2", "100 %"],
        ["Partly resolved", "0", "0 %"],
        ["Unresolved", "0", "0 %"],
        ["Unknown", "0", "0 %"],
    ]


def test_course_is_a_table_too(cast, signed_in):
    fill(cast, 1)
    today = timezone.now().date()

    rows = rows_of(signed_in(cast.alice).get("/overview/over-time/?period=7"))

    assert len(rows) == 7
    assert [row[2] for row in rows[:5]] == ["0"] * 5
    assert sum(int(row[2]) for row in rows) == 1
    assert rows[-1][0] == f"{today.day} {today:%b %Y}"


def test_months_are_whole(cast, signed_in):
    fill(cast, 1)
    today = timezone.now().date()

    page = text(signed_in(cast.alice).get(OVERVIEW))

    since = f"{today.year - 3 + (today.month == 12)}-{today.month % 12 + 1:02d}-01"
    assert f'<a href="?since={since}&amp;period=all">Last 36 months</a>' in page
    chosen = text(signed_in(cast.alice).get(f"{OVERVIEW}?since={since}"))
    assert re.findall(r'<a href="[^"]+" aria-current="true">([^<]+)</a>', chosen) == ["Last 36 months"]


@pytest.mark.parametrize("path", [OVERVIEW, *(f"{OVERVIEW}{name}/" for name in ("issue-types", "over-time"))])
def test_nothing_is_said_so_with_a_way_out(cast, signed_in, path):
    page = text(signed_in(cast.alice).get(path))

    assert "No session in this time" in page
    assert f'href="{path}?period=all"' in page


def test_unknown_table_is_not_found(cast, signed_in):
    assert signed_in(cast.alice).get("/overview/devices/").status_code == 404


def test_supporter_sees_their_own_only(cast, signed_in):
    fill(cast, 2)
    fill(cast, 3, supporter=cast.alice)
    counting.keep_up(keep_going=lambda: True)

    rows = rows_of(signed_in(cast.bob).get("/overview/supporters/?period=all"))

    assert rows == [["Bob", "2", "100 %"]]


def test_works_council_mode_tells_few_supporters_not_apart(cast, signed_in, at):
    fill(cast, 2)
    fill(cast, 3, supporter=cast.alice)
    disclosures.switch_on(company=cast.northwind, actor=cast.alice, at=at)

    for path in (OVERVIEW, "/overview/supporters/"):
        page = text(signed_in(cast.mona).get(path))
        assert "too few supporters had sessions in this time" in page
        assert "Bob" not in page


def test_works_council_mode_orders_supporters_by_name_and_filters_by_nobody(cast, signed_in, at):
    for count in range(1, 6):
        email = f"s{count}@northwind.example"
        member = add_member(company=cast.northwind, email=email, name=f"Sup {count}", role_names=[], at=at)
        fill(cast, count, supporter=member.user)
    disclosures.switch_on(company=cast.northwind, actor=cast.alice, at=at)
    client = signed_in(cast.mona)

    rows = rows_of(client.get("/overview/supporters/?period=all"))
    page = text(client.get(f"{OVERVIEW}?period=all"))

    assert len(rows) == 5
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert sorted(row[1] for row in rows) == ["1", "2", "3", "4", "5"]
    assert "Sup " not in page.replace("Sup port", "")
    assert re.findall(r"supporter=\d", page) == []
    assert page.count('<span class="bar">') == 5
