from hashlib import sha256
from uuid import uuid4

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from accounts.domain.ai_settings import TERMS_VERSION
from accounts.domain.roles import change_role
from accounts.models import AISettings, AuditEntry, Role
from accounts.permissions import Permission
from credits.domain.reservations import reserve
from summaries.domain.generation import requests as generation
from summaries.models import Summary
from tests.conftest import NOW
from tests.summaries.session_rows import add_session
from tests.summaries.views.settings.conftest import field_errors, words

TABS = ("activation", "outgoing", "incoming", "engine", "language", "conditions", "retention", "check")
#: Whoever changes the words of the terms changes TERMS_VERSION with them, and then this.
TERMS_DIGESTS = {"2026-11": "1edeafedea51218c"}


@pytest.fixture
def off(cast):
    AISettings.objects.filter(company=cast.northwind).update(
        is_active=False, terms_version="", terms_accepted_at=None, terms_accepted_by=None
    )


def test_the_terms_have_the_version_that_is_accepted():
    text = " ".join(strip_tags(render_to_string("settings/_terms.html")).split())

    assert sha256(text.encode()).hexdigest()[:16] == TERMS_DIGESTS[TERMS_VERSION]


def test_terms_are_read_accepted_and_kept(tab, off, stored, cast):
    assert "I accept these terms" in tab("activation").read()

    refused = tab("activation").client.post("/ai-settings/", {"terms_version": TERMS_VERSION})
    assert (refused.status_code, field_errors(refused)) == (
        422,
        {"accept": ["Accept the terms to switch AI features on."]},
    )
    assert stored().is_active is False

    accepted = tab("activation").client.post("/ai-settings/", {"accept": "on", "terms_version": TERMS_VERSION})

    assert (accepted.status_code, stored().is_active) == (302, True)
    assert "Accepted by Alice on 20 Nov 09:00" in tab("activation").read()


def test_terms_that_changed_while_the_page_was_open_are_read_again(tab, off, stored):
    client = tab("activation").client

    refused = client.post("/ai-settings/", {"accept": "on", "terms_version": "2020-01"})

    assert field_errors(refused)["accept"][0].startswith("The terms have changed")
    assert f'name="terms_version" value="{TERMS_VERSION}"' in refused.content.decode()
    assert stored().is_active is False


def test_deactivating_says_what_it_stops_and_keeps_the_configuration(tab, stored, cast):
    for number in (1, 2):
        generation.request_summary(session=add_session(cast.northwind, cast.bob, number), actor=cast.bob, at=NOW)
    assert "2 summaries are queued or being written and will be stopped" in tab("activation").read()

    answer = tab("activation").client.post("/ai-settings/", {"do": "deactivate"}, follow=True)

    assert "AI features are off. 2 summaries were stopped, at no charge." in words(answer)
    assert set(Summary.objects.values_list("state", flat=True)) == {"FAILED"}
    assert (stored().is_active, stored().outgoing_enabled) == (False, True)


def test_reactivating_asks_for_no_terms_that_are_accepted(tab, stored, cast):
    client = tab("activation").client
    client.post("/ai-settings/", {"do": "deactivate"})
    assert "I accept these terms" not in tab("activation").read()

    client.post("/ai-settings/", {})

    assert stored().is_active is True


def test_the_figure_at_the_top_right_is_current(tab, cast):
    reserve(company=cast.northwind, session_id=uuid4(), at=NOW)
    page = tab("activation").client.get("/ai-settings/").content.decode()
    AISettings.objects.filter(company=cast.northwind).update(meter_only=True)
    metered = tab("activation").client.get("/ai-settings/").content.decode()

    assert "<strong>1</strong> of 50 credits used this month" in page
    assert "<strong>1</strong> credit used this month, counted only" in metered


@pytest.mark.parametrize("name", TABS)
def test_each_tab_has_its_address_and_is_marked(tab, name):
    page = tab(name).client.get(tab(name).address).content.decode()

    assert f'<a href="{tab(name).address}" aria-current="page">{name.capitalize()}</a>' in page


def test_who_manages_credits_alone_does_not_come_in(signed_in, cast):
    role = Role.objects.get(company=cast.northwind, name="Supporter")
    change_role(
        role=role, name=role.name, permissions=[*role.permissions, Permission.MANAGE_CREDITS], actor=cast.alice, at=NOW
    )

    assert signed_in(cast.bob).get("/ai-settings/").status_code == 403


@pytest.mark.parametrize("name", TABS)
def test_nothing_of_another_company_shows(tab, cast, name):
    type(cast.contoso).objects.filter(pk=cast.contoso.pk).update(name="Zebra")
    AISettings.objects.filter(company=cast.contoso).update(
        consent_purpose="Zebra", incoming_basis="Zebra", engine_model="Zebra", terms_accepted_by=cast.charlie
    )

    page = tab(name).read()

    assert [word for word in ("Zebra", "Charlie") if word in page] == []


def test_the_set_up_list_is_hidden_and_found_again(tab, cast):
    client = tab("activation").client
    home = client.get("/")
    client.post("/setup/", {"show": "0"})
    hidden = client.get("/")
    elsewhere = tab("activation").read()
    client.post("/setup/", {"show": "1"})

    shown = [("From activation to the first summary" in words(page)) for page in (home, hidden, client.get("/"))]
    assert shown == [True, False, True]
    assert "Show on the home page again" in elsewhere
    assert AuditEntry.objects.filter(action="setup.hidden", actor=cast.alice).count() == 1


def test_the_set_up_list_is_for_those_who_can_work_through_it(signed_in, cast):
    pages = [signed_in(user).get("/") for user in (cast.alice, cast.mona, cast.bob)]

    assert ["From activation to the first summary" in words(page) for page in pages] == [True, False, False]


def test_a_finished_set_up_takes_no_room(tab, cast):
    add_session(cast.northwind, cast.bob, 1)
    AuditEntry.objects.create(company=cast.northwind, actor=cast.alice, action="summary.viewed", at=NOW)
    client = tab("activation").client

    assert ["From activation" in words(client.get(page)) for page in ("/", "/company/")] == [False, False]
    assert "Set-up finished" in tab("activation").read()


def test_the_company_overview_shows_the_list_until_it_is_finished(tab):
    assert "From activation to the first summary 3 of 5 done" in words(tab("activation").client.get("/company/"))
