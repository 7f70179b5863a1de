"""Which entry of the navigation is marked, and as what: the page itself, or what stands above it."""

import html
import re

import pytest
from django.urls import reverse

from accounts.domain import roles
from accounts.domain.members import add_member
from accounts.permissions import Permission
from policies.models import Device
from tests.conftest import sign_in_freshly
from tests.summaries.session_rows import add_session, add_summary


def marked(answer):
    """[(words, how)] of the navigation's marked entries."""
    navigation = re.search(r'<nav aria-label="Portal">.*?</nav>', answer.content.decode(), re.DOTALL).group()
    found = re.findall(r'<a href="[^"]+" aria-current="([^"]+)">\s*([^<]+?)\s*<', navigation)
    return [(html.unescape(words), how) for how, words in found]


@pytest.fixture
def sessions(cast):
    """S-1 with a summary, S-2 without."""
    add_summary(add_session(cast.northwind, cast.bob, 1))
    add_session(cast.northwind, cast.bob, 2)
    add_summary(add_session(cast.contoso, cast.charlie, 3))


@pytest.mark.parametrize("page", ["", "timeline/", "report/", "consent/", "revisions/", "send/", "ask/", "edit/"])
def test_a_session_with_a_summary_stands_below_the_summaries(cast, signed_in, sessions, page):
    answer = signed_in(cast.alice).get(f"/sessions/S-1/{page}")

    assert marked(answer) == [("Session summaries", "true")]


@pytest.mark.parametrize("page", ["", "timeline/", "report/", "consent/", "delete/report/"])
def test_a_session_without_one_stands_below_the_reports(cast, signed_in, sessions, page):
    answer = signed_in(cast.alice).get(f"/sessions/S-2/{page}")

    assert marked(answer) == [("Connection reports", "true")]


def test_who_reads_no_summaries_stands_below_the_reports(cast, signed_in, sessions, at):
    roles.create_role(company=cast.northwind, name="Clerk", permissions=[Permission.VIEW_ALL_REPORTS], at=at)
    clerk = {"email": "clerk@northwind.example", "name": "Clerk", "role_names": ["Clerk"]}
    client = signed_in(add_member(company=cast.northwind, at=at, **clerk).user)

    assert marked(client.get("/sessions/S-1/")) == [("Connection reports", "true")]
    assert marked(client.get("/filter/")) == [("Connection reports", "true")]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", ("Session summaries", "page")),
        ("/?state=FAILED&period=all", ("Failed", "page")),
        ("/reports/", ("Connection reports", "page")),
        ("/reports/?supporter=me&period=all", ("My sessions", "page")),
        ("/import/", ("Session summaries", "true")),
        ("/filter/", ("Session summaries", "true")),
        ("/filter/?list=reports", ("Connection reports", "true")),
        ("/sessions/export/?list=reports", ("Connection reports", "true")),
        ("/credits/", ("Credits", "page")),
        ("/credits/orders/", ("Credits", "true")),
        ("/overview/supporters/", ("Overview", "true")),
        ("/ai-settings/retention/", ("AI settings", "true")),
        ("/devices/import/", ("Devices", "true")),
        ("/roles/matrix/", ("Roles", "true")),
        ("/company/accounts/invitation/", ("Members", "true")),
        ("/company/accounts/membership/", ("Members", "page")),
    ],
)
def test_pages_stand_below_their_entry(cast, client, sessions, address, expected):
    sign_in_freshly(client, cast.alice)

    assert marked(client.get(address)) == [expected]


def test_a_form_stands_below_its_list(cast, client):
    sign_in_freshly(client, cast.alice)
    device = Device.objects.create(company=cast.northwind, name="ACC-14")

    assert marked(client.get(reverse("admin:policies_device_change", args=[device.pk]))) == [("Devices", "true")]


def test_pages_of_nobody_s_list_mark_nothing(cast, signed_in):
    client = signed_in(cast.alice)

    assert [marked(client.get(address)) for address in ("/jobs/", "/profile/")] == [[], []]
