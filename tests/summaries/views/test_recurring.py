import re

import pytest

from accounts.domain import disclosures
from accounts.domain.pseudonyms import names_for
from accounts.models import AuditEntry, Company
from tests.summaries.session_rows import add_session, add_summary

PAGE = "/recurring/"
GROUP = "/recurring/sessions/?issue_type=VPN&device=ACC-1"
ARTICLE = "/recurring/article/?issue_type=VPN&device=ACC-1"
FILE = "/recurring/article.md?issue_type=VPN&device=ACC-1"

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def found(response):
    return int(re.search(r'role="status">(\d+) found', text(response)).group(1))


def addresses(page):
    """The addresses of the groups of the page."""
    return [each.replace("&amp;", "&") for each in re.findall(r'href="(/recurring/sessions/[^"]+)"', page)]


def fill(cast, *devices, sessions=3, application=(), company=None, supporter=None):
    for place, device in enumerate(devices):
        for index in range(1, sessions + 1):
            session = add_session(
                company or cast.northwind,
                supporter or cast.bob,
                place * 100 + index,
                hours_ago=index,
                device_name=device,
            )
            add_summary(session, issue_types=("VPN",), applications=application)


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_a_fixed_number_of_queries(cast, signed_in, django_assert_num_queries, count):
    fill(cast, *(f"ACC-{number}" for number in range(1, count + 1)), sessions=2 + count, application=("Word",))
    client = signed_in(cast.alice)
    client.get(PAGE)

    with django_assert_num_queries(22):
        page = client.get(PAGE)
    with django_assert_num_queries(14):
        group = client.get(GROUP)
    with django_assert_num_queries(14):
        client.get(ARTICLE)
    with django_assert_num_queries(13):
        client.get(FILE)

    assert (found(page), found(group)) == (count + 1, 2 + count)


def test_each_group_counts_what_its_page_and_the_list_count(cast, signed_in):
    fill(cast, "ACC-1", "ACC-2", application=("Word", "Edge"))
    client = signed_in(cast.alice)
    page = text(client.get(f"{PAGE}?period=7"))

    counts = [int(count) for count in re.findall(r'</th>\s*<td class="nowrap">(\d+)</td>', page)]

    assert counts == [6, 6, 3, 3]
    for address, count in zip(addresses(page), counts, strict=True):
        group = client.get(address)
        listed = re.search(r'href="(/\?[^"]+)">Show in the list', text(group)).group(1).replace("&amp;", "&")
        assert (found(group), found(client.get(listed)), text(group).count("data-number=")) == (count, count, count)


def test_filters_stand_as_chips_that_keep_each_other(cast, signed_in):
    fill(cast, "ACC-1", "ACC-2", sessions=2)

    response = signed_in(cast.alice).get(f"{PAGE}?issue_type=VPN&supporter={cast.bob.pk}&least=2&period=7")

    page = text(response)
    chips = re.findall(r'<span class="chip">(.*?) <a href="([^"]*)"', page)
    assert chips == [
        ("Issue type: VPN", f"?supporter={cast.bob.pk}&amp;period=7&amp;least=2"),
        ("Supporter: Bob", "?issue_type=VPN&amp;period=7&amp;least=2"),
        ("Last 7 days", f"?issue_type=VPN&amp;supporter={cast.bob.pk}&amp;period=all&amp;least=2"),
        ("At least: 2 sessions", f"?issue_type=VPN&amp;supporter={cast.bob.pk}&amp;period=7"),
    ]
    assert f'<input type="hidden" name="supporter" value="{cast.bob.pk}">' in page
    assert found(response) == 2
    only_least = text(signed_in(cast.alice).get(f"{PAGE}?least=2"))
    assert re.findall(r'<span class="chip">(.*?) <a href="([^"]*)"', only_least) == [
        ("Last 30 days", "?period=all&amp;least=2"),
        ("At least: 2 sessions", "?period=30"),
    ]


def test_empty_page_leads_on(cast, signed_in):
    fill(cast, "ACC-1", sessions=2)
    client = signed_in(cast.alice)

    assert '<a class="button is-main" href="?period=all">Show all time</a>' in text(client.get(PAGE))
    assert '<a class="button is-main" href="?period=all">Clear filters</a>' in text(client.get(f"{PAGE}?device=X"))
    assert '<a class="button is-main" href="/">Session summaries</a>' in text(client.get(f"{PAGE}?period=all"))


@pytest.mark.parametrize("address", [GROUP, ARTICLE, FILE])
def test_a_group_of_nobody_s_or_of_others_is_not_found(cast, signed_in, address):
    fill(cast, "ACC-1")
    fill(cast, "ACC-9", company=cast.contoso, supporter=cast.charlie)

    def status(user, wanted):
        return signed_in(user).get(wanted).status_code

    assert [status(user, address) for user in (cast.alice, cast.bob, cast.charlie)] == [200, 200, 404]
    assert status(cast.alice, address.replace("ACC-1", "ACC-9")) == 404
    assert status(cast.alice, address.replace("&device=ACC-1", "")) == 404
    assert status(cast.alice, f"{address}&least=%00&before=x&period=nonsense") == 200


def test_what_one_reports_only_oneself_makes_ones_own_groups(cast, signed_in):
    fill(cast, "ACC-1", supporter=cast.mona)

    client = signed_in(cast.bob)

    assert addresses(text(client.get(PAGE))) == []
    assert client.get(GROUP).status_code == 404


def test_a_page_behind_the_last_leads_back(cast, signed_in):
    fill(cast, "ACC-1")

    assert "No more sessions" in text(signed_in(cast.alice).get(f"{GROUP}&before=1-1"))


def test_article_shows_each_line_with_its_evidence(cast, signed_in):
    fill(cast, "ACC-1", application=("Word",))

    page = text(signed_in(cast.alice).get(ARTICLE))

    assert re.findall(r"<h3>(.*?)</h3>", page) == ["Problem", "Steps", "Applications", "Sources"]
    assert re.findall(r'<span class="sub">In (\d) sessions', page) == ["3"] * 4
    assert page.count('href="/sessions/S-2/timeline/#i4"') == 1
    assert '<span class="label is-ai">AI-generated</span>' in page
    assert f'href="{FILE.replace("&", "&amp;")}" download>Download Markdown' in page


def test_article_of_no_readable_text_says_so_and_has_no_file(cast, signed_in):
    session = add_session(cast.northwind, cast.bob, 1, device_name="ACC-1")
    add_summary(session, issue_types=("VPN",), state="FAILED")
    client = signed_in(cast.alice)

    assert "Nothing to draft from" in text(client.get(ARTICLE))
    assert client.get(FILE).status_code == 403


def test_session_text_is_inert_on_the_page_and_in_the_file(cast, signed_in):
    fill(cast, "ACC-1", sessions=1)
    session = add_session(cast.northwind, cast.bob, 50, device_name="ACC-1")
    summary = add_summary(session, issue_types=("VPN",))
    summary.current.content["problem"][0]["text"] = "<img src=x> [pay](//evil.example)"
    summary.current.save()
    client = signed_in(cast.alice)

    assert "&lt;img src=x&gt;" in text(client.get(ARTICLE))
    assert "- \\<img src=x\\> \\[pay\\]\\(//evil.example\\)" in text(client.get(FILE))


def test_file_names_itself_links_to_evidence_and_is_audited(cast, signed_in):
    fill(cast, "ACC-1", sessions=1)

    response = signed_in(cast.alice).get(FILE)

    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="vpn-on-acc-1.md"'
    assert "([S-1](http://testserver/sessions/S-1/timeline/#i1))" in text(response)
    assert AuditEntry.objects.filter(action="knowledge_article.exported", actor=cast.alice).count() == 1


@pytest.mark.parametrize(("by", "title"), [("device=ACC-1", "VPN an ACC-1"), ("application=Word", "VPN mit Word")])
def test_names_of_groups_are_in_the_readers_language(cast, signed_in, by, title):
    fill(cast, "ACC-1", application=("Word",))
    client = signed_in(cast.alice)
    paths = [f"/recurring/{each}?issue_type=VPN&{by}" for each in ("sessions/", "article/", "article.md")]

    pages = [text(client.get(path, headers={"accept-language": "de"})) for path in paths]

    assert f"<h1>{title}</h1>" in pages[0]
    assert f"<h1>{title}</h1>" in pages[1]
    assert pages[2].startswith(f"# {title}")
    assert "Erstellt am 20\\. Nov. 2026, 09:00 UTC." in pages[2]


def test_works_council_mode_ranks_no_supporters(cast, signed_in, at):
    """Whoever held the most of a group's sessions does not stand first."""
    disclosures.switch_on(company=cast.northwind, actor=cast.alice, at=at)
    company = Company.objects.get(pk=cast.northwind.pk)
    names = names_for(company=company, viewer=cast.charlie, at=at)
    people = sorted([cast.bob, cast.alice], key=lambda each: names.pseudonyms[each.pk])
    for number, supporter in enumerate([people[0], people[1], people[1]], start=1):
        add_summary(add_session(company, supporter, number, device_name="ACC-1"), issue_types=("VPN",))
    client = signed_in(cast.mona)

    for address in (PAGE, GROUP):
        page = text(client.get(address))
        first, second = (page.index(names.pseudonyms[each.pk]) for each in people)
        assert first < second


def test_works_council_mode_shows_pseudonyms(cast, signed_in, at):
    fill(cast, "ACC-1")
    disclosures.switch_on(company=cast.northwind, actor=cast.alice, at=at)
    client = signed_in(cast.mona)

    pages = [text(client.get(address)) for address in (PAGE, GROUP, ARTICLE, FILE)]

    assert ["Bob" in page for page in pages] == [False] * 4
    assert ["Supporter " in page for page in pages[:2]] == [True, True]
    assert found(client.get(f"{PAGE}?supporter={cast.bob.pk}")) == 1
