"""The words of the company's lists and forms: titles, columns, empty states, deletions."""

import re

import pytest
from django.urls import reverse

from policies.models import Device, Policy
from tests.conftest import sign_in_freshly


@pytest.fixture
def alice(client, cast):
    sign_in_freshly(client, cast.alice)
    return client


def text_of(answer, tag):
    return re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", answer.content.decode(), re.DOTALL)


def test_a_list_is_called_by_what_it_lists(alice):
    answer = alice.get(reverse("admin:policies_devicegroup_changelist"))

    assert text_of(answer, "title") == ["Device groups · Session Insights"]
    assert text_of(answer, "h1") == ["Device groups"]


def test_a_form_is_called_by_whose_it_is(alice, cast):
    device = Device.objects.create(company=cast.northwind, name="ACC-14")

    answer = alice.get(reverse("admin:policies_device_change", args=[device.pk]))

    assert text_of(answer, "h1") == ["Change device: ACC-14"]


@pytest.mark.parametrize(("name", "heading"), [("company", "Company"), ("singlesignon", "Single sign-on")])
def test_what_a_company_has_once_is_called_as_in_the_navigation(alice, name, heading):
    answer = alice.get(reverse(f"admin:accounts_{name}_changelist"), follow=True)
    overview = alice.get(reverse("admin:index"))

    assert text_of(answer, "h1") == [heading]
    assert [card.title for _, cards in overview.context["groups"] for card in cards if card.title == heading] == [
        heading
    ]


@pytest.mark.parametrize(
    ("query", "heading", "action"),
    [({}, "No device yet", "Add device"), ({"q": "zebra"}, "No device matches", "Clear filters")],
)
def test_an_empty_list_says_so_and_what_to_do_next(alice, query, heading, action):
    answer = alice.get(reverse("admin:policies_device_changelist"), query)

    empty = answer.content.decode().split('<div class="empty">')[1].split("</div>")[0]
    assert re.findall(r"<h2>(.*?)</h2>", empty) == [heading]
    assert re.findall(r"<a [^>]*>(.*?)</a>", empty) == [action]


def test_switches_are_told_by_words(alice, cast):
    Policy.objects.create(company=cast.northwind, name="Office", reports_enabled=True)

    answer = alice.get(reverse("admin:policies_policy_changelist"))

    assert re.findall(r'<td class="field-\w+">(Yes|No)</td>', answer.content.decode()) == ["Yes", "No", "No"]


def test_a_deletion_names_what_goes_and_has_a_way_back(alice, cast):
    member = cast.bob.memberships.get()

    answer = alice.get(reverse("admin:accounts_membership_delete", args=[member.pk]))

    assert text_of(answer, "h1") == ["Remove member: Bob"]
    page = answer.content.decode()
    assert re.findall(r"<h2>Is deleted</h2>\s*<ul>\s*<li>(.*?)</li>", page) == [
        "The membership of Bob, with its roles and API tokens"
    ]
    assert re.findall(r'<button class="button is-danger">(.*?)</button>', page) == ["Remove member"]
    assert re.findall(r'<a class="button" href="(.*?)">Keep it</a>', page) == [
        reverse("admin:accounts_membership_change", args=[member.pk])
    ]
