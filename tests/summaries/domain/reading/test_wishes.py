import pytest

from accounts.domain import roles
from accounts.domain.members import add_member
from accounts.domain.pseudonyms import SupporterNames, names_for
from accounts.permissions import Permission
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.reading.wishes import asks_more_than_permitted, filters_for
from summaries.domain.views.saving import save_view
from summaries.enums import SessionList

ALL_NAMES = SupporterNames()


def asked(cast, viewer, query, names=ALL_NAMES):
    return filters_for(query=query, company=cast.northwind, viewer=viewer, names=names)


def test_who_reads_every_report_may_ask_for_everything(cast):
    query = f"q=vpn&supporter={cast.bob.pk}&user_group=Night+shift"

    assert asked(cast, cast.alice, query) == SessionFilters(
        q="vpn", supporter=(str(cast.bob.pk),), user_group=("Night shift",)
    )


def test_who_reads_their_own_reports_is_not_told_who_is_in_a_group(cast):
    assert asked(cast, cast.bob, "user_group=Night+shift&state=FAILED") == SessionFilters(state=("FAILED",))


def test_nothing_is_asked_of_summaries_without_reading_them(cast, at):
    roles.create_role(company=cast.northwind, name="Clerk", permissions=[Permission.VIEW_ALL_REPORTS], at=at)
    clerk = add_member(company=cast.northwind, email="c@northwind.example", name="C", role_names=["Clerk"], at=at).user

    assert asked(cast, clerk, "q=secret&device=ACC-1") == SessionFilters(device=("ACC-1",))


@pytest.fixture
def works_council(cast):
    cast.northwind.works_council_mode = True
    cast.northwind.save()


def test_works_council_mode_narrows_by_nobody_whose_name_is_hidden(cast, works_council, at):
    names = names_for(company=cast.northwind, viewer=cast.alice, at=at)
    query = f"supporter={cast.bob.pk}&supporter={cast.alice.pk}&supporter=me&user_group=Night+shift"

    assert asked(cast, cast.alice, query, names) == SessionFilters(supporter=(str(cast.alice.pk), "me"))


@pytest.fixture
def view(cast, at):
    filters = SessionFilters(supporter=(str(cast.bob.pk),), state=("FAILED",), sort="oldest", columns="session,start")
    return save_view(
        company=cast.northwind,
        actor=cast.alice,
        list_name=SessionList.HOME,
        name="Bob's failures",
        filters=filters,
        is_shared=True,
        at=at,
    )


def test_a_view_alone_means_what_it_keeps(cast, view):
    opened = asked(cast, cast.mona, f"view={view.pk}")

    assert opened == SessionFilters(
        supporter=(str(cast.bob.pk),), state=("FAILED",), sort="oldest", columns="session,start", view=str(view.pk)
    )
    assert asked(cast, cast.mona, opened.query()) == opened


def test_a_view_with_changes_means_the_changes(cast, view):
    assert asked(cast, cast.mona, f"view={view.pk}&period=30") == SessionFilters(view=str(view.pk))


def test_a_view_that_may_not_be_opened_means_nothing(cast, view):
    view.is_shared = False
    view.save()

    for viewer in (cast.mona, cast.charlie):
        assert asked(cast, viewer, f"view={view.pk}") == SessionFilters()
    assert asked(cast, cast.alice, "view=999999") == SessionFilters()


def test_views_that_were_read_are_not_read_again(cast, view, django_assert_num_queries):
    asked(cast, cast.mona, "")

    with django_assert_num_queries(0):
        found = filters_for(
            query=f"view={view.pk}", company=cast.northwind, viewer=cast.mona, names=ALL_NAMES, views={view.pk: view}
        )
    assert found.state == ("FAILED",)


def test_a_shared_view_narrows_by_nobody_whose_name_its_viewer_does_not_see(cast, view, works_council, at):
    def met(viewer):
        names = names_for(company=cast.northwind, viewer=viewer, at=at)
        less = asks_more_than_permitted(view=view, company=cast.northwind, viewer=viewer, names=names)
        return asked(cast, viewer, f"view={view.pk}", names).supporter, less

    assert (met(cast.mona), met(cast.bob)) == (((), True), ((str(cast.bob.pk),), False))
