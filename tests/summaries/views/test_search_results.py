import pytest

from tests.summaries.session_rows import add_session, add_summary


@pytest.fixture
def page(client, cast):
    client.force_login(cast.alice)
    return lambda query: client.get(f"/reports/?period=all&{query}").content.decode()


def test_a_search_marks_its_words_in_title_and_excerpt(cast, page):
    session = add_session(cast.northwind, cast.bob, 1, notes="<b>Zebra</b> & toner", search_text="s 1 printer zebra")
    add_summary(session, title="Printer <i>offline</i>")

    shown = page("q=print+zebra")

    assert "<mark>Printer</mark> &lt;i&gt;offline&lt;/i&gt;" in shown
    assert 'is-excerpt">Notes: &lt;b&gt;<mark>Zebra</mark>&lt;/b&gt; &amp; toner</span>' in shown


def test_a_search_can_be_sorted_by_best_match_and_back(cast, page):
    for number, text in ((1, "printers"), (2, "printer")):
        add_session(cast.northwind, cast.bob, number, hours_ago=number, search_text=text)

    newest, best = page("q=printer"), page("q=printer&sort=best")

    assert newest.index('data-number="1"') < newest.index('data-number="2"')
    assert best.index('data-number="2"') < best.index('data-number="1"')
    assert ("sort=best" in newest, "Newest first" in best) == (True, True)


def test_without_a_search_nothing_is_marked(cast, page):
    add_session(cast.northwind, cast.bob, 1)

    shown = page("sort=best")

    assert ("S-1" in shown, "<mark>" in shown, "Best match" in shown) == (True, False, False)
