import re

import pytest

from summaries.domain.reading.filters import SessionFilters
from summaries.domain.views.saving import save_view
from summaries.enums import SessionList
from tests.summaries.session_rows import add_session, add_summary

PALETTE = "/palette/"
#: Who asks 2, grants, figures of the navigation, credits 2, views, sessions 2, devices, members.
QUERIES = 9


def text(response):
    return response.content.decode()


def offered(client, wanted):
    """{heading: [label]} of what the dialog is sent."""
    page = text(client.get(PALETTE, {"q": wanted}, headers={"X-Fragment": "palette"}))
    groups = re.findall(r'<p id="hits-\d+" role="presentation">([^<]+)</p>(.*?)</div>', page, re.DOTALL)
    return {heading: re.findall(r'<a role="option"[^>]*>([^<]+?)\s*<', hits) for heading, hits in groups}


def fill(cast, count):
    for number in range(1, count + 1):
        session = add_session(
            cast.northwind, cast.bob, number, hours_ago=number, device_name=f"ACC-{number}", search_text="acc printer"
        )
        add_summary(session, title=f"Acc printer {number}")


def test_everything_of_that_name_is_offered_by_kind(cast, signed_in, at):
    fill(cast, 2)
    options = {"list_name": SessionList.HOME, "filters": SessionFilters(), "is_shared": True}
    save_view(company=cast.northwind, actor=cast.bob, name="Accounting", at=at, **options)

    assert offered(signed_in(cast.alice), "acc") == {
        "Saved views": ["Accounting"],
        "Sessions": ["Acc printer 1", "Acc printer 2"],
        "Devices": ["ACC-1", "ACC-2"],
    }
    assert offered(signed_in(cast.alice), "bob") == {"Members": ["Bob"]}


def test_pages_are_those_of_the_navigation(cast, signed_in):
    client = signed_in(cast.bob)
    navigation = re.search(r'<nav aria-label="Portal">.*?</nav>', text(client.get("/")), re.DOTALL).group()
    labels = [label.strip() for label in re.findall(r"<a href=[^>]+>\s*([^<]+?)\s*<", navigation)]

    assert offered(client, "")["Pages"] == labels[:8]
    assert offered(client, "Audit") == {}
    assert offered(signed_in(cast.alice), "Audit") == {"Pages": ["Audit log"]}


def test_nothing_of_others_is_offered(cast, signed_in):
    fill(cast, 1)
    add_summary(
        add_session(cast.contoso, cast.charlie, 9, device_name="ACC-9", search_text="acc"), title="Acc of Contoso"
    )

    assert offered(signed_in(cast.mona), "charlie") == {}
    assert offered(signed_in(cast.charlie), "acc") == {"Sessions": ["Acc of Contoso"], "Devices": ["ACC-9"]}


def test_session_text_is_inert(cast, signed_in):
    session = add_session(cast.northwind, cast.bob, 1, device_name="<b>x", search_text="hostile")
    add_summary(session, title="<script>alert(1)</script>")

    page = text(signed_in(cast.alice).get(PALETTE, {"q": "hostile"}))

    assert ("<script>alert" in page, "<b>x" in page, "&lt;script&gt;" in page) == (False, False, True)


@pytest.mark.parametrize("count", [1, 3])
def test_palette_takes_a_fixed_number_of_queries(cast, signed_in, django_assert_num_queries, count):
    fill(cast, count)
    client = signed_in(cast.alice)
    client.get(PALETTE, {"q": "acc"})

    with django_assert_num_queries(QUERIES):
        assert len(offered(client, "acc")["Sessions"]) == count
    with django_assert_num_queries(QUERIES):
        assert offered(client, "nothing-of-this-name") == {}


def test_without_script_it_is_a_page(cast, signed_in):
    fill(cast, 1)
    client = signed_in(cast.alice)

    page = text(client.get(PALETTE, {"q": "ACC-1"}))
    nothing = text(client.get(PALETTE, {"q": "nothing"}))

    assert '<a href="/reports/?device=ACC-1&amp;period=all">ACC-1</a>' in page
    assert "Nothing found." in nothing


def test_single_keys_can_be_switched_off(cast, signed_in):
    client = signed_in(cast.bob)
    assert ("js/shortcuts.js" in text(client.get("/")), 'id="shortcuts"' in text(client.get("/"))) == (True, True)

    client.post("/profile/", {"name": "Bob", "time_zone": ""})

    page = text(client.get("/"))
    assert ("js/shortcuts.js" in page, 'id="shortcuts"' in page, 'id="palette"' in page) == (False, False, True)
