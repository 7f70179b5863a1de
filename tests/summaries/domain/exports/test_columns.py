import pytest

from summaries.domain.exports.columns import COLUMNS, UnknownColumn, choose_columns


def keys(*chosen: str) -> list[str]:
    return [column.key for column in choose_columns(chosen)]


def test_every_column_has_a_name_and_a_head_of_its_own() -> None:
    assert len({column.key for column in COLUMNS}) == len({str(column.label) for column in COLUMNS}) == len(COLUMNS)


@pytest.mark.parametrize("chosen", [(), ("",), (",", " ")])
def test_without_a_choice_there_are_all_columns(chosen: tuple[str, ...]) -> None:
    assert choose_columns(chosen) == COLUMNS


@pytest.mark.parametrize("chosen", [("title,number",), ("title", "number"), ("number, title ", "title")])
def test_chosen_columns_come_once_and_in_their_order(chosen: tuple[str, ...]) -> None:
    assert keys(*chosen) == ["number", "title"]


@pytest.mark.parametrize("chosen", ["password", "Title", "text.title", "number;title", "__class__"])
def test_a_column_that_there_is_none_of_is_refused_with_those_that_there_are(chosen: str) -> None:
    with pytest.raises(UnknownColumn, match=f"There is no column “{chosen}”. Choose from: number, direction, "):
        choose_columns([f"number,{chosen}"])
