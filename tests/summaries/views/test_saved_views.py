import re

import pytest

from summaries.domain.reading.filters import SessionFilters
from summaries.domain.views.saving import begin_with, save_view
from summaries.enums import SessionList
from summaries.models import DefaultView, SavedView
from tests.summaries.session_rows import add_session, add_summary

HOME, REPORTS, VIEWS = "/", "/reports/", "/views/"


def text(response):
    return response.content.decode()


def rows(response):
    return [int(number) for number in re.findall(r'data-number="(\d+)"', text(response))]


def bar(response):
    return re.search(r'<div class="views-bar">.*?<h2 id="list-heading">', text(response), re.DOTALL).group()


@pytest.fixture
def sessions(cast):
    add_summary(add_session(cast.northwind, cast.bob, 1, hours_ago=1), state="FAILED")
    add_summary(add_session(cast.northwind, cast.bob, 2, hours_ago=2), state="FAILED")
    add_summary(add_session(cast.northwind, cast.alice, 3, hours_ago=3))


@pytest.fixture
def view(cast, at):
    """Bob's own: what failed, the oldest first."""
    return save_view(
        company=cast.northwind,
        actor=cast.bob,
        list_name=SessionList.HOME,
        name="To check",
        filters=SessionFilters(state=("FAILED",), sort="oldest", columns="session,state"),
        is_shared=False,
        at=at,
    )


@pytest.fixture
def shared(cast, view, at):
    view.is_shared = True
    view.save()
    return view


def test_a_list_is_saved_and_opened_again(cast, signed_in, sessions):
    client = signed_in(cast.bob)
    form = {"query": "state=FAILED&sort=oldest&columns=state", "list": "home", "name": "To check", "is_shared": "on"}

    saved = client.post("/views/new/", form)
    page = client.get(saved.headers["Location"])

    view = SavedView.objects.get()
    assert saved.headers["Location"] == f"/?view={view.pk}"
    assert (view.owner, view.name, view.query, view.is_shared) == (cast.bob, "To check", "state=FAILED", True)
    assert rows(page) == [2, 1]
    assert re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+?)\s*<', text(page)) == ["Session", "State"]
    assert '<h2 id="list-heading">To check</h2>' in text(page)
    assert "(changed)" not in bar(page)


def test_a_changed_view_has_a_star_and_is_saved_or_reset(cast, signed_in, sessions, view):
    client = signed_in(cast.bob)

    page = client.get(f"/?view={view.pk}&state=FAILED&state=REVIEWED&period=7")

    assert "(changed)" in bar(page)
    assert f'href="?view={view.pk}">Reset' in bar(page)
    query = re.search(r'name="query" value="([^"]+)"', bar(page)).group(1).replace("&amp;", "&")
    client.post(f"/views/{view.pk}/save/", {"query": query})
    view.refresh_from_db()
    assert (view.query, view.sort, view.columns) == ("state=FAILED&state=REVIEWED&period=7", "", [])
    assert "(changed)" not in bar(client.get(f"/?view={view.pk}"))


def test_filters_pages_and_chips_keep_the_view(cast, signed_in, view):
    for number in range(1, 61):
        add_summary(add_session(cast.northwind, cast.bob, number, hours_ago=number), state="FAILED")
    client = signed_in(cast.bob)

    first = client.get(f"/?view={view.pk}")
    following = re.search(r'rel="next" href="([^"]+)"', text(first)).group(1).replace("&amp;", "&")
    second = client.get(following)

    assert rows(first) + rows(second) == list(range(60, 0, -1))
    assert "(changed)" not in bar(second)
    removed = re.search(r'State: Failed <a href="([^"]+)"', text(first)).group(1).replace("&amp;", "&")
    assert removed == f"?period=30&sort=oldest&columns=session%2Cstate&view={view.pk}"
    assert "(changed)" in bar(client.get(removed))


def test_the_list_begins_with_the_default_view_and_goes_without_it_when_asked(cast, signed_in, sessions, view):
    begin_with(view=view, member=cast.bob)
    client = signed_in(cast.bob)

    assert rows(client.get(HOME)) == [2, 1]
    assert rows(client.get("/?view=none")) == [1, 2]
    assert '<h2 id="list-heading">All summaries</h2>' in text(client.get("/?period=30"))


def test_a_name_that_is_taken_keeps_the_list_and_what_was_typed(cast, signed_in, sessions, view):
    client = signed_in(cast.bob)

    answer = client.post("/views/new/", {"query": "state=FAILED", "list": "home", "name": "To check"})
    page = client.get(answer.headers["Location"])

    assert answer.headers["Location"] == "/?state=FAILED&save_as=To+check"
    assert "There is a view “To check” already." in text(page)
    assert 'maxlength="60" required value="To check"' in text(page)


@pytest.mark.parametrize("path", ["save", "change", "delete", "begin"])
def test_a_view_of_others_is_not_there(cast, signed_in, view, path):
    for member in (cast.alice, cast.charlie):
        assert signed_in(member).post(f"/views/{view.pk}/{path}/", {"name": "Mine now"}).status_code == 404
    assert SavedView.objects.get().name == "To check"


def test_a_shared_view_is_changed_by_its_owner_and_administrators(cast, signed_in, shared):
    refused = signed_in(cast.mona).post(
        f"/views/{shared.pk}/change/", {"name": "Mona's", "is_shared": "on"}, follow=True
    )
    deleted = signed_in(cast.mona).post(f"/views/{shared.pk}/delete/", follow=True)
    saved = signed_in(cast.mona).post(f"/views/{shared.pk}/save/", {"query": "state=FAILED"})

    assert "Only its owner or an administrator" in text(refused)
    assert "Only its owner or an administrator" in text(deleted)
    assert saved.headers["Location"] == "/?state=FAILED"
    signed_in(cast.alice).post(f"/views/{shared.pk}/change/", {"name": "Corrected", "is_shared": "on"})
    assert SavedView.objects.get().name == "Corrected"


def test_a_shared_view_shows_each_member_what_they_may_see(cast, signed_in, sessions, shared):
    add_summary(add_session(cast.contoso, cast.charlie, 9), state="FAILED")
    shared.query = "period=all"
    shared.save()

    assert rows(signed_in(cast.alice).get(f"/?view={shared.pk}")) == [3, 2, 1]
    assert rows(signed_in(cast.bob).get(f"/?view={shared.pk}")) == [2, 1]
    assert "no longer there" in text(signed_in(cast.charlie).get(f"/?view={shared.pk}"))


def test_works_council_mode_leaves_out_whom_the_viewer_does_not_see(cast, signed_in, sessions, shared):
    shared.query = f"supporter={cast.bob.pk}"
    shared.save()
    cast.northwind.works_council_mode = True
    cast.northwind.save()

    page = signed_in(cast.mona).get(f"/?view={shared.pk}")

    assert rows(page) == [3, 2, 1]
    assert "That filter was left out." in text(page)
    assert ("Bob" in text(page), f"supporter={cast.bob.pk}" in text(page)) == (False, False)


def test_a_view_of_something_deleted_opens_and_says_so(cast, signed_in, sessions, view):
    view.query = "device=Gone&issue_type=Deleted"
    view.save()

    page = signed_in(cast.bob).get(f"/?view={view.pk}")

    assert re.findall(r'<span class="chip is-gone">(.*?) <a', text(page)) == [
        "Issue type: Deleted (not found)",
        "Device: Gone (not found)",
    ]
    assert "No session matches" in text(page)


def test_the_page_of_views_changes_shares_and_deletes(cast, signed_in, view):
    client = signed_in(cast.bob)

    client.post(f"/views/{view.pk}/change/", {"name": "Checked", "is_shared": "on"})
    client.post(f"/views/{view.pk}/begin/")
    page = text(client.get(VIEWS))
    assert ("Checked" in page, "With the company" in page, "Your list begins with it" in page) == (True, True, True)
    client.post(f"/views/{view.pk}/begin/", {"begin": "plainly"})
    assert DefaultView.objects.count() == 0
    client.post(f"/views/{view.pk}/change/", {"name": " "})
    assert SavedView.objects.get().name == "Checked"
    client.post(f"/views/{view.pk}/delete/")
    assert SavedView.objects.count() == 0
    page = text(client.get(VIEWS))
    assert [page.count(told) for told in ("No view yet", "No view is shared with you yet")] == [1, 1]


def test_a_view_of_summaries_needs_reading_them(cast, signed_in, at):
    from accounts.domain import roles  # the one test that needs a role of its own
    from accounts.domain.members import add_member
    from accounts.permissions import Permission

    roles.create_role(company=cast.northwind, name="Clerk", permissions=[Permission.VIEW_ALL_REPORTS], at=at)
    clerk = add_member(company=cast.northwind, email="c@northwind.example", name="C", role_names=["Clerk"], at=at).user
    client = signed_in(clerk)

    assert client.post("/views/new/", {"list": "home", "name": "A"}).status_code == 403
    assert (
        client.post("/views/new/", {"list": "reports", "name": "A"}).headers["Location"].startswith("/reports/?view=")
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_views_takes_a_fixed_number_of_queries(cast, signed_in, at, django_assert_num_queries, count):
    for number in range(count):
        save_view(
            company=cast.northwind,
            actor=cast.bob,
            list_name=SessionList.HOME,
            name=f"View {number}",
            filters=SessionFilters(),
            is_shared=True,
            at=at,
        )
    client = signed_in(cast.alice)
    client.get(VIEWS)

    with django_assert_num_queries(6):
        page = text(client.get(VIEWS))

    assert page.count("View ") >= count


def test_navigation_of_a_list_leads_to_its_views(cast, signed_in, shared):
    page = text(signed_in(cast.mona).get(f"/?view={shared.pk}"))

    navigation = re.search(r'<nav aria-label="Portal">.*?</nav>', page, re.DOTALL).group()
    assert re.search(rf'<h2>Shared views</h2>.*?href="/\?view={shared.pk}" aria-current="page"', navigation, re.DOTALL)
    assert "My views" not in navigation


def test_columns_and_order_stand_in_the_address(cast, signed_in, sessions):
    page = text(signed_in(cast.alice).get("/reports/?columns=session&columns=start&columns=ticket&sort=number"))

    heads = re.findall(r'<th scope="col"[^>]*?(?: aria-sort="(\w+)")?><?a?[^>]*>?([A-Z]\w+)', page)
    assert [label for _, label in heads] == ["Session", "Start", "Ticket"]
    assert heads[0][0] == "ascending"
    assert 'href="?sort=number_down&amp;columns=session%2Cstart%2Cticket"' in page
