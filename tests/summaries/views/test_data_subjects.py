import io
import json
import zipfile

import pytest
from django.test import Client

from accounts.domain.members import add_member
from accounts.models import AuditEntry, User
from summaries.domain.keeping import holds
from summaries.models import Interaction, SupportSession
from summaries.views import data_subjects
from tests.conftest import sign_in_freshly
from tests.summaries.domain.keeping.test_erasure import tables_with
from tests.summaries.domain.subject_rows import CANARY, add_rich_session

PAGE, COPY, ERASE = "/data-subjects/", "/data-subjects/copy/", "/data-subjects/erase/"
WHO = {"kind": "remote-user", "key": CANARY}


@pytest.fixture
def rich(cast):
    return add_rich_session(cast.northwind, cast.bob, 1)


@pytest.fixture
def browser(cast):
    """Alice, who signed in a moment ago."""
    client = Client()
    sign_in_freshly(client, cast.alice)
    return client


def text(response):
    return response.content.decode()


def test_find_shows_how_much_is_kept(cast, rich, browser):
    page = text(browser.get(PAGE, {"kind": "remote-user", "remote-user": CANARY}))

    assert "1 session found." in page
    assert f'name="key" value="{CANARY}"' in page


def test_find_a_member_or_a_device(cast, rich, browser):
    member = text(browser.get(PAGE, {"kind": "member", "member": cast.membership(cast.bob).pk}))
    device = text(browser.get(PAGE, {"kind": "device", "device": "ACC-14"}))

    assert ("1 session found." in member, "Open sign-ins" in member) == (True, True)
    assert ("1 session found." in device, "Open sign-ins" in device) == (True, False)


def test_find_nobody_says_what_to_do(cast, rich, browser):
    page = text(browser.get(PAGE, {"kind": "remote-user", "remote-user": "<b>nobody</b>"}))

    assert "No session names “&lt;b&gt;nobody&lt;/b&gt;” as its remote user." in page


def test_find_offers_the_companys_members_and_devices_only(cast, browser):
    add_rich_session(cast.contoso, cast.charlie, 1)

    page = text(browser.get(PAGE))

    assert ("bob@northwind.example" in page, "charlie@contoso.example" in page, "ACC-14" in page) == (
        True,
        False,
        False,
    )


def test_download_is_a_zip_without_a_name_in_its_name(cast, rich, browser):
    response = browser.post(COPY, WHO)

    data = b"".join(response.streaming_content)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        rows = [json.loads(line) for line in archive.read("interactions.jsonl").splitlines()]
    assert [row["text"] for row in rows] == [f"echo {CANARY}"] * 2
    assert (response["Content-Type"], CANARY in response["Content-Disposition"]) == ("application/zip", False)
    assert AuditEntry.objects.filter(action="data_subject.exported", actor=cast.alice).count() == 1


@pytest.mark.parametrize("address", [COPY, ERASE])
def test_download_and_erasure_want_a_recent_sign_in(cast, rich, signed_in, address):
    response = signed_in(cast.alice).post(address, {**WHO, "confirmation": CANARY})

    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert Interaction.objects.count() == 2
    assert AuditEntry.objects.filter(action__startswith="data_subject.").count() == 0


@pytest.mark.parametrize(("address", "method"), [(COPY, "post"), (ERASE, "get"), (ERASE, "post")])
def test_another_companys_person_is_nobody(cast, browser, address, method):
    add_rich_session(cast.contoso, cast.charlie, 1)

    response = getattr(browser, method)(address, WHO)

    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert Interaction.objects.count() == 2


def test_erase_says_what_goes_what_stays_and_wants_the_name(cast, rich, browser):
    page = browser.get(ERASE, WHO)
    refused = browser.post(ERASE, {**WHO, "confirmation": "kim"})

    assert ("This cannot be undone." in text(page), "Stays, and why" in text(page)) == (True, True)
    assert (refused.status_code, f"Type exactly what stands here: {CANARY}" in text(refused)) == (422, True)
    assert Interaction.objects.count() == 2


@pytest.mark.parametrize(
    ("stored", "shown", "typed"),
    [
        ("\u200b\u2060", "erase", "erase"),
        ("Mu\u0308ller", "M\u00fcller", "M\u00fcller"),
        ("\u202eKim\u202c  Roe", "Kim Roe", "Kim  Roe"),
    ],
)
def test_a_name_that_nobody_can_type_is_confirmed_as_it_is_shown(cast, rich, browser, stored, shown, typed):
    SupportSession.objects.update(remote_user=stored)
    who = {"kind": "remote-user", "key": stored}

    refused = browser.post(ERASE, {**who, "confirmation": ""})
    assert (refused.status_code, f"type: {shown}<" in text(refused)) == (422, True)

    browser.post(ERASE, {**who, "confirmation": typed})
    assert SupportSession.objects.get().remote_user == ""


def test_erase_erases_once_the_name_is_typed(cast, rich, browser):
    response = browser.post(ERASE, {**WHO, "confirmation": f" {CANARY} "})

    assert response["Location"] == PAGE
    assert tables_with(CANARY) == set()
    assert f"The data of {CANARY} was erased." in text(browser.get(PAGE))


def test_erase_of_many_sessions_goes_on_with_the_next_request(cast, rich, browser, monkeypatch):
    monkeypatch.setattr(data_subjects, "ERASED_AT_ONCE", 1)
    add_rich_session(cast.northwind, cast.bob, 2)

    first = browser.post(ERASE, {**WHO, "confirmation": CANARY})

    assert first["Location"] == f"{ERASE}?kind=remote-user&key={CANARY}"
    assert "1 session is erased; 1 are left. Erase again to go on." in text(browser.get(first["Location"]))
    assert browser.post(ERASE, {**WHO, "confirmation": CANARY})["Location"] == PAGE
    assert Interaction.objects.count() == 0


def test_erase_under_legal_hold_says_so(cast, rich, browser, at):
    holds.place(company=cast.northwind, reason="Case", actor=cast.alice, at=at)

    page = text(browser.get(ERASE, WHO))
    response = browser.post(ERASE, {**WHO, "confirmation": CANARY})

    assert ("Not now." in page, "Erase for good" in page) == (True, False)
    assert "nothing is erased until it is lifted" in text(browser.get(response["Location"]))
    assert Interaction.objects.count() == 2


def test_erase_a_member_of_two_companies_says_what_stays(cast, browser, at):
    membership = cast.membership(cast.bob)
    add_member(company=cast.contoso, email=cast.bob.email, name="Bob", role_names=["Supporter"], at=at)
    who = {"kind": "member", "key": membership.pk}

    browser.post(ERASE, {**who, "confirmation": "Bob"})

    assert "because it belongs to another company too" in text(browser.get(PAGE))
    assert User.objects.filter(name="Bob").count() == 1
