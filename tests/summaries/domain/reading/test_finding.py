import pytest

from accounts.domain import roles
from accounts.domain.members import add_member
from accounts.permissions import Permission
from summaries.domain.reading.finding import SessionHit, members_like, sessions_like
from tests.summaries.session_rows import add_session, add_summary


@pytest.fixture
def rows(cast):
    one = add_session(cast.northwind, cast.bob, 42, device_name="ACC-1", search_text="printer offline")
    add_summary(one, title="Printer offline")
    add_session(cast.northwind, cast.alice, 43, hours_ago=2, search_text="printer again")
    add_summary(add_session(cast.contoso, cast.charlie, 42, search_text="printer foreign"), title="Foreign")


def found(cast, viewer, part):
    return sessions_like(company=cast.northwind, viewer=viewer, part=part)


@pytest.mark.parametrize("part", ["42", "S-42", "s-42", " S-42 "])
def test_a_session_is_found_by_its_number(cast, rows, part):
    assert [hit.number for hit in found(cast, cast.alice, part)] == [42]


def test_sessions_are_found_by_words_newest_first_with_their_title(cast, rows):
    assert found(cast, cast.alice, "print") == [SessionHit(42, "Printer offline", "ACC-1"), SessionHit(43, "", "")]


def test_only_what_the_viewer_sees_is_found(cast, rows):
    assert [hit.number for hit in found(cast, cast.bob, "printer")] == [42]
    assert (found(cast, cast.bob, "43"), found(cast, cast.charlie, "printer")) == ([], [])


def test_words_of_summaries_are_found_by_those_who_read_them(cast, rows, at):
    roles.create_role(company=cast.northwind, name="Clerk", permissions=[Permission.VIEW_ALL_REPORTS], at=at)
    clerk = add_member(company=cast.northwind, email="c@northwind.example", name="C", role_names=["Clerk"], at=at).user

    assert found(cast, clerk, "printer") == []
    assert found(cast, clerk, "42") == [SessionHit(42, "", "ACC-1")]


@pytest.mark.parametrize("part", ["", "  ", "nothing", "9" * 40, "S-", "'%\"", "²"])
def test_anything_else_finds_nothing(cast, rows, part):
    assert found(cast, cast.alice, part) == []


def test_eight_are_offered_at_most(cast):
    for number in range(1, 12):
        add_summary(add_session(cast.northwind, cast.bob, number, hours_ago=number, search_text="vpn"))

    assert [hit.number for hit in found(cast, cast.alice, "vpn")] == list(range(1, 9))


def test_members_are_found_by_those_who_manage_them(cast):
    membership = cast.membership(cast.bob)

    assert members_like(company=cast.northwind, viewer=cast.alice, part="bO") == [(membership.pk, "Bob")]
    assert members_like(company=cast.northwind, viewer=cast.alice, part=" ") == []
    assert members_like(company=cast.northwind, viewer=cast.mona, part="bo") == []
    assert members_like(company=cast.northwind, viewer=cast.alice, part="charlie") == []
