import pytest

from accounts.domain import roles
from accounts.domain.members import add_member
from accounts.domain.pseudonyms import SupporterNames, names_for
from accounts.permissions import Permission
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.reading.wishes import filters_for

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
