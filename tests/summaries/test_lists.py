"""What `templatetags.lists` prints, with what somebody may have typed into an address or called a view."""

from summaries.domain.reading.layout import Column
from summaries.templatetags.lists import column_heads, current_label, export_links, hidden_fields, menu_links

BAD = '"><script>&'
HARMLESS = "&quot;&gt;&lt;script&gt;&amp;"


def test_hidden_fields_hold_all_but_one_name() -> None:
    pairs = [("q", "printer"), ("state", "FAILED"), ("state", "REVIEWED")]

    assert hidden_fields(pairs, "q") == (
        '<input type="hidden" name="state" value="FAILED"><input type="hidden" name="state" value="REVIEWED">'
    )


def test_hidden_fields_are_escaped() -> None:
    assert hidden_fields([(BAD, BAD)]) == f'<input type="hidden" name="{HARMLESS}" value="{HARMLESS}">'


def test_links_of_a_menu_tell_which_is_current() -> None:
    links = [("All time", "?period=all&sort=number", True), (BAD, f"?q={BAD}", False)]

    assert menu_links(links) == (
        '<a href="?period=all&amp;sort=number" aria-current="true">All time</a>\n'
        f'<a href="?q={HARMLESS}">{HARMLESS}</a>'
    )
    assert [current_label(links), current_label(links[1:])] == ["All time", ""]


def test_a_list_is_downloaded_as_three_kinds_of_file() -> None:
    assert export_links("?q=a&", "reports") == [
        ("CSV", "/sessions/export.csv?q=a&list=reports", False),
        ("Excel", "/sessions/export.xlsx?q=a&list=reports", False),
        ("JSON Lines", "/sessions/export.jsonl?q=a&list=reports", False),
    ]


def test_heads_sort_where_there_is_an_order() -> None:
    sorted_by = {"address": f"?q={BAD}", "aria_sort": "descending", "arrow": "↓"}
    could_be = {"address": "?sort=number", "aria_sort": "", "arrow": ""}
    never: dict[str, str] = {}
    columns = [Column("start", "Start", "nowrap"), Column("session", "Session"), Column("state", BAD)]

    heads = [{"column": column} | facts for column, facts in zip(columns, (sorted_by, could_be, never), strict=True)]

    assert column_heads(heads) == (
        f'<th scope="col" class="nowrap" aria-sort="descending"><a href="?q={HARMLESS}">Start'
        ' <span aria-hidden="true">↓</span></a></th>\n'
        '<th scope="col"><a href="?sort=number">Session</a></th>\n'
        f'<th scope="col">{HARMLESS}</th>'
    )
