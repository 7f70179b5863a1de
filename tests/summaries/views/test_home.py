import html
import re

import pytest

from accounts.domain import roles
from accounts.domain.members import add_member
from accounts.permissions import Permission
from summaries.domain.rollups import counting
from tests.summaries.session_rows import add_session, add_summary

HOME, REPORTS = "/", "/reports/"


def text(response):
    return response.content.decode()


def found(response):
    return int(re.search(r'role="status">(\d+) found', text(response)).group(1))


def rows(response):
    return [int(number) for number in re.findall(r'data-number="(\d+)"', text(response))]


def bars_of(response):
    """(address, sessions) of every bar that filters."""
    found = re.findall(r'<a class="bar" href="([^"]+)" title=.*?"count">([\d,]+)<', text(response), re.DOTALL)
    return [(html.unescape(address), int(count.replace(",", ""))) for address, count in found]


def fill(cast, count):
    for number in range(1, count + 1):
        session = add_session(cast.northwind, cast.bob, number, hours_ago=number, device_name=f"ACC-{number}")
        add_summary(session, issue_types=("Printer", f"Type {number}"), applications=("Word", "Edge"))


@pytest.mark.parametrize("count", [1, 3, 30])
@pytest.mark.parametrize(("are_counted", "queries"), [(True, 11), (False, 15)])
def test_home_takes_as_many_queries_whatever_the_rows(
    cast, signed_in, django_assert_num_queries, count, are_counted, queries
):
    fill(cast, count)
    if are_counted:
        counting.keep_up(keep_going=lambda: True)
    client = signed_in(cast.alice)
    client.get(HOME)

    with django_assert_num_queries(queries):
        response = client.get(HOME)

    assert len(rows(response)) == count


@pytest.mark.parametrize("count", [1, 3, 30])
def test_home_of_a_supporter_takes_as_many_queries_whatever_the_rows(cast, signed_in, django_assert_num_queries, count):
    fill(cast, count)
    client = signed_in(cast.bob)
    client.get(HOME)

    with django_assert_num_queries(8):
        response = client.get(HOME)

    assert len(rows(response)) == count


@pytest.mark.parametrize("count", [1, 3, 30])
@pytest.mark.parametrize(("are_counted", "queries"), [(True, 7), (False, 11)])
def test_reports_take_a_fixed_number_of_queries(
    cast, signed_in, django_assert_num_queries, count, are_counted, queries
):
    fill(cast, count)
    if are_counted:
        counting.keep_up(keep_going=lambda: True)
    client = signed_in(cast.alice)
    client.get(REPORTS)

    with django_assert_num_queries(queries):
        response = client.get(REPORTS)

    assert len(rows(response)) == count


@pytest.mark.parametrize("count", [1, 3, 30])
def test_filter_form_takes_a_fixed_number_of_queries(cast, signed_in, django_assert_num_queries, count):
    fill(cast, count)
    client = signed_in(cast.alice)
    client.get("/filter/")

    with django_assert_num_queries(9):
        response = client.get("/filter/", headers={"HX-Request": "true"})

    assert text(response).count('name="device" value="ACC-') == count


def test_the_form_of_the_summaries_list_offers_no_list_without_summaries(cast, signed_in):
    client, option = signed_in(cast.alice), 'value="NO_SUMMARY"'
    addresses = ("/filter/?list=home", "/filter/?list=home&state=NO_SUMMARY", "/filter/?list=reports")

    assert [option in text(client.get(address)) for address in addresses] == [False, True, True]


def test_home_shows_what_the_viewer_may_see(cast, signed_in):
    add_summary(add_session(cast.northwind, cast.bob, 1))
    add_summary(add_session(cast.northwind, cast.alice, 2))
    add_summary(add_session(cast.contoso, cast.charlie, 3), issue_types=("Foreign type",))
    add_session(cast.northwind, cast.bob, 4)

    assert rows(signed_in(cast.alice).get(HOME)) == [2, 1]
    own = signed_in(cast.bob).get(HOME)
    assert (rows(own), found(own)) == ([1], 1)
    assert "Foreign type" not in text(own)


def test_bar_count_is_the_list_count_when_clicked(cast, signed_in):
    fill(cast, 5)
    add_summary(add_session(cast.northwind, cast.bob, 9), applications=("Word",))
    client = signed_in(cast.alice)

    bars = bars_of(client.get(HOME))

    assert len(bars) == 8
    for address, count in bars:
        assert found(client.get(HOME + address)) == count


def test_chosen_bar_is_marked_and_takes_its_filter_away(cast, signed_in):
    fill(cast, 2)

    page = text(signed_in(cast.alice).get(f"{HOME}?issue_type=Printer&period=7"))

    assert '<a class="bar" href="?period=7" aria-current="true" title="Show all again">' in page


def test_filters_combine_and_show_as_chips(cast, signed_in):
    fill(cast, 3)
    client = signed_in(cast.alice)

    page = client.get(f"{HOME}?issue_type=Printer&device=ACC-2&supporter={cast.bob.pk}")

    chips = re.findall(r'<span class="chip">(.*?) <a href="([^"]*)"', text(page))
    assert [label for label, _ in chips] == ["Issue type: Printer", "Supporter: Bob", "Device: ACC-2", "Last 30 days"]
    assert rows(page) == [2]
    assert rows(client.get(HOME + chips[2][1].replace("&amp;", "&"))) == [1, 2, 3]


def test_supporter_of_another_company_is_not_named(cast, signed_in):
    fill(cast, 1)

    page = text(signed_in(cast.alice).get(f"{HOME}?supporter={cast.charlie.pk}"))

    assert "Supporter: unknown" in page
    assert "Charlie" not in page


def test_search_finds_over_accents(cast, signed_in):
    add_summary(add_session(cast.northwind, cast.bob, 1, search_text="impresora sin conexion"))
    add_summary(add_session(cast.northwind, cast.bob, 2))

    assert rows(signed_in(cast.alice).get(f"{HOME}?q=Conexión")) == [1]


@pytest.mark.parametrize("query", ['"', "' OR 1=1", "*", "a\x00b", "<script>alert(1)</script>", "%", "x" * 3000])
def test_search_never_fails(cast, signed_in, query):
    fill(cast, 1)

    response = signed_in(cast.alice).get(HOME, {"q": query})

    assert response.status_code == 200
    assert "<script>alert" not in text(response)


def test_pages_follow_each_other_by_keys_in_the_address(cast, signed_in):
    for number in range(1, 61):
        add_session(cast.northwind, cast.bob, number, hours_ago=number)
    client = signed_in(cast.alice)

    first = client.get(REPORTS)
    older = re.search(r'rel="next" href="([^"]+)"', text(first)).group(1).replace("&amp;", "&")
    second = client.get(REPORTS + older)
    newer = re.search(r'rel="prev" href="([^"]+)"', text(second)).group(1).replace("&amp;", "&")

    assert rows(first) + rows(second) == list(range(1, 61))
    assert rows(client.get(REPORTS + newer)) == rows(first)


def test_first_use_leads_to_the_import(cast, signed_in):
    page = text(signed_in(cast.bob).get(HOME))

    assert ("No sessions yet" in page, page.count('href="/import/"')) == (True, 2)


def test_no_match_offers_to_clear_the_filters(cast, signed_in):
    fill(cast, 1)

    page = text(signed_in(cast.alice).get(f"{HOME}?q=nothing"))

    assert ("No session matches" in page, "Clear filters" in page) == (True, True)


def test_reports_tell_why_there_is_no_summary(cast, signed_in):
    add_session(cast.northwind, cast.bob, 1, verdict="NO", reason="CONSENT_REFUSED")

    page = text(signed_in(cast.alice).get(REPORTS))

    assert "Consent refused" in page
    assert "The remote user refused." in page


@pytest.fixture
def reader(cast, at):
    """A member who reads connection reports and no summaries."""
    roles.create_role(company=cast.northwind, name="Clerk", permissions=[Permission.VIEW_ALL_REPORTS], at=at)
    membership = add_member(
        company=cast.northwind, email="clerk@northwind.example", name="Clerk", role_names=["Clerk"], at=at
    )
    return membership.user


def test_a_member_who_reads_no_summaries_is_told_nothing_of_them(cast, signed_in, reader):
    add_summary(add_session(cast.northwind, cast.bob, 1), title="A secret title", issue_types=("Printer",))
    client = signed_in(reader)

    assert client.get(HOME).headers["Location"] == REPORTS
    page = text(client.get(f"{REPORTS}?issue_type=VPN&q=nothing"))
    assert ("A secret title" in page, "Issue type" in page, "To review" in page) == (False, False, False)
    assert 'data-number="1"' in page


def test_visitors_are_asked_to_sign_in(client, db):
    assert client.get(HOME).headers["Location"] == "/accounts/login/?next=/"


def test_a_user_of_no_company_is_told_so(cast, signed_in):
    cast.membership(cast.bob).__class__.objects.filter(user=cast.bob).update(is_active=False)

    response = signed_in(cast.bob).get(HOME)

    assert response.status_code == 403
    assert "You are not a member of a company." in text(response)


def test_navigation_holds_what_the_permissions_allow(cast, signed_in):
    add_summary(add_session(cast.northwind, cast.bob, 1))

    def labels(user):
        navigation = re.search(
            r'<nav aria-label="Portal">.*?</nav>', text(signed_in(user).get(HOME)), re.DOTALL
        ).group()
        return [label.strip() for label in re.findall(r"<a href=[^>]+>\s*([^<]+?)\s*<", navigation)]

    lists = ["Session summaries", "Overview", "Recurring problems", "Connection reports", "Monthly report", "Backlog"]
    reading = ["To review", "My sessions", "Failed", "Saved views", "Views by mail", "Consents"]
    assert labels(cast.bob) == [*lists, *reading]
    assert labels(cast.alice) == [
        *lists,
        "Credits",
        *reading,
        "Policies",
        "Device groups",
        "Devices",
        "Members",
        "User groups",
        "Roles",
        "Issue types",
        "Applications",
        "AI settings",
        "Single sign-on",
        "Company",
        "Report layout",
        "TeamViewer",
        "Report formats",
        "API tokens",
        "Webhooks",
        "Audit log",
        "Works-council mode",
        "Trash",
        "Legal holds",
        "Personal data",
    ]


def test_every_link_of_the_navigation_leads_somewhere(cast, signed_in):
    client = signed_in(cast.alice)
    navigation = re.search(r'<nav aria-label="Portal">.*?</nav>', text(client.get(HOME)), re.DOTALL).group()

    for address in re.findall(r'href="([^"]+)"', navigation):
        assert client.get(address.replace("&amp;", "&"), follow=True).status_code == 200


def test_no_page_holds_inline_script_or_style(cast, signed_in):
    fill(cast, 2)
    client = signed_in(cast.alice)

    for address in (HOME, REPORTS, "/sessions/S-1/", "/import/", "/filter/", "/company/accounts/membership/"):
        page = text(client.get(address))
        assert re.findall(r"<script(?![^>]*\bsrc=)|\sstyle=|<style|\son\w+=", page) == []
