import pytest

from summaries.domain.reading import layout
from summaries.enums import SessionList


def codes(wish, list_name=SessionList.HOME, **options):
    return [column.code for column in layout.columns_of(list_name=list_name, wish=wish, **options)]


def test_a_list_has_its_own_columns():
    assert codes("") == ["session", "device", "supporter", "applications", "start", "length", "state"]
    assert codes("", SessionList.REPORTS)[-2:] == ["billing", "state"]


@pytest.mark.parametrize("wish", ["state,start", "start,state,start,nothing", "session,start,state"])
def test_chosen_columns_stand_in_their_order_after_the_session(wish):
    assert codes(wish) == ["session", "start", "state"]


def test_a_wish_for_nothing_known_is_none():
    assert codes("nothing,'") == codes("")


def test_nothing_is_told_of_summaries_to_who_may_not_read_them():
    assert codes("issue_types,applications,start", reads_summaries=False) == ["session", "start"]


def test_the_lists_own_columns_are_not_written_into_an_address():
    own = layout.DEFAULT_COLUMNS[SessionList.HOME]

    assert layout.columns_wish(list_name=SessionList.HOME, codes=own) == ""
    assert layout.columns_wish(list_name=SessionList.HOME, codes=("state", "nothing")) == "session,state"
