"""Single sign-on by SAML 2.0, with responses that a provider's key signed at run time."""

import base64
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from accounts.models import AuditEntry, SingleSignOn, User
from tests.accounts.sign_in.conftest import SIGN_ON, begin, saml_values, save, way_out
from tests.saml_provider import SIGN_ON_URL, key_and_certificate, moment

BOB = "bob@northwind.example"
ACS = f"{SIGN_ON}northwind/acs/"
SIGNED_IN = reverse("summaries:home")


def deliver(client, response):
    """The browser brings the response; returns what the page at the end of the way answers."""
    taken = client.post(ACS, {"SAMLResponse": response})
    return client.get(taken.headers["Location"]) if taken.status_code == 302 else taken


def sign_in(client, saml, email=BOB, **wrong):
    return deliver(client, saml.respond(begin(client), email, **wrong))


def refusal(answer):
    assert answer.status_code == 403
    assert "_auth_user_id" not in answer.wsgi_request.session
    return str(answer.context["error"])


def ago(**delta):
    return moment(datetime.now(UTC) - timedelta(**delta))


def test_member_signs_in_with_the_company(client, cast, saml):
    answer = sign_in(client, saml)

    assert (answer.status_code, answer.headers["Location"]) == (302, SIGNED_IN)
    entry = AuditEntry.objects.get(action="member.signed_in")
    assert (entry.actor, entry.company, entry.details) == (cast.bob, cast.northwind, {"method": "single sign-on"})


def test_request_names_us_and_leads_to_the_provider(client, saml):
    address = begin(client)

    request = saml.read_request(address)
    assert address.startswith(f"{SIGN_ON_URL}?SAMLRequest=")
    assert request["AssertionConsumerServiceURL"] == f"http://testserver{ACS}"


@pytest.mark.parametrize("email", ["charlie@contoso.example", "nobody@northwind.example"])
def test_who_is_no_member_there_gets_no_account_and_no_sign_in(client, cast, saml, email):
    people = User.objects.count()

    assert f"no member here with your address {email}" in refusal(sign_in(client, saml, email=email))
    assert User.objects.count() == people


@pytest.mark.parametrize(
    "wrong",
    [
        {"audience": "http://testserver/accounts/single-sign-on/contoso/metadata/"},
        {"audience": ""},
        {"issuer": "https://evil.example/metadata"},
        {"recipient": "http://testserver/accounts/single-sign-on/contoso/acs/"},
        {"recipient": "https://evil.example/http://testserver/accounts/single-sign-on/northwind/acs/"},
        {"until": ago(minutes=10)},
        # Read when the tests are collected, long before this one may run.
        {"since": ago(days=-1)},
        {"in_response_to": None},
        {"in_response_to": "_of-another-sign-in"},
        {"sign": "response"},
        {"sign": "nothing"},
    ],
)
def test_wrong_response_signs_nobody_in(client, saml, wrong):
    assert refusal(sign_in(client, saml, **wrong))


def test_forged_signature_signs_nobody_in(client, saml):
    forged, _ = key_and_certificate("forger")

    assert "could not be verified" in refusal(sign_in(client, saml, key=forged))


def test_changed_response_signs_nobody_in(client, saml):
    response = base64.b64decode(saml.respond(begin(client), BOB)).decode()
    changed = base64.b64encode(response.replace(BOB, "alice@northwind.example").encode()).decode()

    assert "could not be verified" in refusal(deliver(client, changed))


def test_an_assertion_wrapped_beside_the_signed_one_is_not_read(client, saml):
    response = base64.b64decode(saml.respond(begin(client), BOB)).decode()
    start, end = response.index("<saml:Assertion"), response.index("</saml:Assertion>") + len("</saml:Assertion>")
    evil = response[start:end].replace(BOB, "alice@northwind.example").replace(' ID="_', ' ID="_evil')
    wrapped = response[:start] + evil + response[start:]

    assert refusal(deliver(client, base64.b64encode(wrapped.encode()).decode()))


def test_sha1_is_no_signature(client, saml, monkeypatch):
    sha1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
    sign = OneLogin_Saml2_Utils.add_sign
    saml._signed = lambda xml, key: sign(xml, saml.key, saml.certificate, sign_algorithm=sha1).decode()

    assert refusal(sign_in(client, saml))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not base64 !",
        base64.b64encode(b"<a/>").decode(),
        base64.b64encode(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>').decode(),
        "A" * 300_000,
    ],
)
def test_what_is_no_response_is_a_clear_error(client, saml, text):
    begin(client)

    assert refusal(deliver(client, text))


def test_sign_in_that_the_provider_began_is_refused(client, saml):
    response = saml.respond(begin(Client()), BOB)

    assert "not from the provider's" in refusal(deliver(client, response))


def test_answer_to_another_browsers_request_is_refused(client, saml):
    other = Client()
    response = saml.respond(begin(other), BOB)
    begin(client)

    assert "another sign-in" in refusal(deliver(client, response))


def test_a_response_works_once(client, saml):
    response = saml.respond(begin(client), BOB)
    begun = client.session["single_sign_on_begun"]
    assert deliver(client, response).headers["Location"] == SIGNED_IN
    client.logout()
    assert "No sign-in was begun here" in refusal(deliver(client, response))

    # Even a browser that kept the memory of its own attempt.
    session = client.session
    session["single_sign_on_begun"] = begun
    session.save()
    assert "used already" in refusal(deliver(client, response))


def test_handed_over_answer_can_neither_be_made_nor_used_elsewhere(client, cast, saml):
    save(cast.contoso, saml_values(saml), cast.charlie, datetime.now(UTC))
    handed = client.post(ACS, {"SAMLResponse": saml.respond(begin(client), BOB)}).headers["Location"]
    begin(client, "contoso")

    assert "another company" in refusal(client.get(handed.replace("/northwind/", "/contoso/")))
    begin(client)
    assert "too late" in refusal(client.get(f"{SIGN_ON}northwind/finish/?answer=gAAAAAB"))


def test_provider_that_was_switched_off_signs_nobody_in(client, saml):
    response = saml.respond(begin(client), BOB)
    SingleSignOn.objects.update(is_active=False)

    assert "No company offers" in refusal(deliver(client, response))


def test_confirmation_asks_the_person_anew(client, cast, saml):
    sign_in(client, saml)
    page = reverse("accounts:sign_on_again")

    address = way_out(client.post(page, {"next": "/reports/"}))
    assert saml.read_request(address)["ForceAuthn"] == "true"
    answer = deliver(client, saml.respond(address, BOB, authenticated=ago(hours=1)))
    assert "did not ask you again" in str(answer.context["error"])

    answer = deliver(client, saml.respond(way_out(client.post(page, {"next": "/reports/"})), BOB))
    assert answer.headers["Location"] == "/reports/"


def test_metadata_names_our_addresses_and_no_company_without_saml(client, saml):
    told = client.get(f"{SIGN_ON}northwind/metadata/").content.decode()

    assert (f"http://testserver{ACS}" in told, "northwind/metadata/" in told) == (True, True)
    assert client.get(f"{SIGN_ON}contoso/metadata/").status_code == 404


def test_attempt_ends_with_the_providers_clock(client, saml):
    address = begin(client)
    session = client.session
    session["single_sign_on_begun"] = {**session["single_sign_on_begun"], "at": time.time() - 601}
    session.save()

    assert "took too long" in refusal(deliver(client, saml.respond(address, BOB)))
