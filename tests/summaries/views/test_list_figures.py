import html
import re

import pytest

from summaries.domain.rollups import counting
from summaries.views import list_figures
from tests.summaries.session_rows import add_session, add_summary

HOME, REPORTS, FIGURES = "/", "/reports/", "/figures/"
OUTGOING = "?direction=OUTGOING&period=all"


@pytest.fixture
def long_list(cast, monkeypatch):
    """52 sessions, the first summarised, in a company that has more than are counted with the page."""
    monkeypatch.setattr(list_figures, "COUNTED_AT_ONCE", 20)
    for number in range(1, 53):
        session = add_session(cast.northwind, cast.bob, number, hours_ago=number, device_name=f"ACC-{number // 50}")
        add_summary(session, issue_types=("Printer",), applications=("Word",))
    cast.northwind.next_session_number = 53
    cast.northwind.save()
    counting.keep_up(keep_going=lambda: True)
    return cast


def text(response):
    return response.content.decode()


def told(response):
    return re.search(r'<p role="status"[^>]*>([^<]+)</p>', text(response))[1]


def later(response):
    """The address from which the page gets its figures; None: it has them."""
    found = re.search(r'role="status" data-hx-get="([^"]+)"', text(response))
    return html.unescape(found[1]) if found else None


def test_a_long_list_shows_its_rows_first_and_asks_for_the_count(long_list, signed_in):
    client = signed_in(long_list.alice)

    page = client.get(REPORTS + OUTGOING)
    figures = client.get(later(page))

    assert (told(page), text(page).count('data-hx-get="/sessions/')) == ("50+ found", 50)
    assert text(figures).split("\n")[0] == "52 found"
    assert "All 52 that match</span>" in text(figures)
    assert 'id="figures"' not in text(figures)


def test_cards_of_a_long_list_follow_the_page(long_list, signed_in):
    client = signed_in(long_list.alice)

    page = client.get(HOME + OUTGOING)
    figures = client.get(later(page))

    assert (told(page), 'class="bar"' in text(page)) == ("50+ found", False)
    assert text(figures).split("\n")[0] == "52 found"
    assert re.findall(r'<div class="overview" id="figures"', text(figures)) == ['<div class="overview" id="figures"']
    assert 'title="Printer' in text(figures)


@pytest.mark.parametrize("address", [HOME + "?period=all", REPORTS + "?period=all"])
def test_what_sums_answer_is_there_with_the_page(long_list, signed_in, address):
    page = signed_in(long_list.alice).get(address)

    assert (told(page), later(page)) == ("52 found", None)


def test_a_list_that_fits_one_page_is_counted_by_its_rows(long_list, signed_in, django_assert_num_queries):
    client = signed_in(long_list.alice)
    client.get(REPORTS)

    with django_assert_num_queries(7):  # one finds the device by its name; no count is among them
        page = client.get(f"{REPORTS}?device=ACC-1&period=all")

    assert (told(page), later(page)) == ("3 found", None)


def test_an_empty_list_of_a_long_company_counts_nothing_before_it_stands(
    long_list, signed_in, django_assert_num_queries
):
    client = signed_in(long_list.alice)
    client.get(REPORTS)

    with django_assert_num_queries(9):  # two find no such device; what must be counted comes after
        home = client.get(f"{HOME}?device=Nowhere&period=all")
    reports = client.get(f"{REPORTS}?device=Nowhere&period=all")

    assert (told(home), told(reports), later(reports)) == ("0 found", "0 found", None)
    assert text(client.get(later(home))).split("\n")[0] == "0 found"


def test_a_page_past_the_end_tells_how_many_there_are(long_list, signed_in):
    page = signed_in(long_list.alice).get(f"{REPORTS}?direction=OUTGOING&period=all&before=1-1")

    assert (told(page), later(page)) == ("52 found", None)


def test_cards_of_a_list_that_fits_one_page_follow_all_the_same(long_list, signed_in):
    page = signed_in(long_list.alice).get(f"{HOME}?device=ACC-1&period=all")

    assert told(page) == "3 found"
    assert later(page).startswith(FIGURES)


def test_an_issue_types_figures_follow_the_page_because_of_their_median(long_list, signed_in):
    page = signed_in(long_list.alice).get(f"{HOME}?issue_type=Printer&period=all")

    assert told(page) == "50+ found"
    assert later(page).startswith(FIGURES)


def test_figures_count_what_their_reader_may_see(long_list, signed_in):
    """Bob's company's list, asked by a member of another company and by one who reads no summaries."""
    theirs = signed_in(long_list.charlie).get(f"{FIGURES}{OUTGOING}&list=home")

    assert text(theirs).split("\n")[0] == "0 found"
