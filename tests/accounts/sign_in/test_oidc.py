"""Single sign-on by OpenID Connect, against a provider on loopback."""

import time

import jwt
import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain.members import remove_member
from accounts.models import AuditEntry, SingleSignOn, User
from tests.accounts.sign_in.conftest import SIGN_ON, begin, join_contoso, way_out
from tests.oidc_provider import new_key

SIGNED_IN = reverse("summaries:home")


def come_back(client, oidc, email="bob@northwind.example", **data):
    return client.get(oidc.sign_in(begin(client, **data), email))


def refusal(answer):
    assert answer.status_code == 403
    assert "_auth_user_id" not in answer.wsgi_request.session
    return str(answer.context["error"])


def test_member_signs_in_with_the_company(client, cast, oidc):
    answer = come_back(client, oidc, email="Bob@Northwind.example")

    assert (answer.status_code, answer.headers["Location"]) == (302, SIGNED_IN)
    entry = AuditEntry.objects.get(action="member.signed_in")
    assert (entry.actor, entry.company, entry.details) == (cast.bob, cast.northwind, {"method": "single sign-on"})
    assert client.get(SIGNED_IN).wsgi_request.company == cast.northwind


def test_way_back_stays_in_the_portal(client, oidc):
    assert come_back(client, oidc, next="/reports/").headers["Location"] == "/reports/"
    client.logout()
    assert come_back(client, oidc, next="https://evil.example/").headers["Location"] == SIGNED_IN


def test_signing_in_gives_the_session_another_key(client, oidc):
    address = begin(client)
    key = client.session.session_key

    client.get(oidc.sign_in(address, "bob@northwind.example"))

    assert client.session.session_key != key


@pytest.mark.parametrize(
    "email", ["charlie@contoso.example", "nobody@northwind.example", "bob@northwind.example.evil.example"]
)
def test_who_is_no_member_there_gets_no_account_and_no_sign_in(client, cast, oidc, email):
    people = User.objects.count()

    answer = come_back(client, oidc, email=email)

    assert refusal(answer) == (
        f"Northwind IT Services has no member here with your address {email}. Ask an administrator to add you; "
        "nothing was set up."
    )
    assert User.objects.count() == people
    assert AuditEntry.objects.get(action="single_sign_on.refused").company == cast.northwind


def test_removed_member_is_refused(client, cast, oidc, at):
    remove_member(membership=cast.membership(cast.bob), at=at)

    assert "no member here" in refusal(come_back(client, oidc))


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-client"},
        {"iss": "https://evil.example"},
        {"nonce": "another-sign-in"},
        {"exp": int(time.time()) - 3600},
        {"azp": "another-client"},
        {"email_verified": False},
        {"email_verified": None},
        {"email": 7},
    ],
)
def test_wrong_claim_signs_nobody_in(client, oidc, claims):
    oidc.wrong.claims = claims

    assert refusal(come_back(client, oidc))


@pytest.mark.parametrize("name", ["nonce", "exp", "iat", "sub", "aud", "email", "email_verified"])
def test_missing_claim_signs_nobody_in(client, oidc, name):
    oidc.wrong.without = (name,)

    assert refusal(come_back(client, oidc))


def test_forged_signature_signs_nobody_in(client, oidc):
    oidc.wrong.key = new_key()

    assert "could not be verified" in refusal(come_back(client, oidc))


def test_no_algorithm_and_shared_secrets_are_no_signature(client, oidc):
    oidc.wrong.algorithm = "none"
    assert "could not be verified" in refusal(come_back(client, oidc))

    oidc.wrong.algorithm, oidc.wrong.key = "HS256", "s3cret-of-the-client-that-is-long-enough"
    assert "could not be verified" in refusal(come_back(client, oidc))


def test_address_from_userinfo_counts_for_the_same_person_only(client, oidc):
    oidc.wrong.without = ("email", "email_verified")
    oidc.wrong.userinfo = {"sub": "person-1", "email": "bob@northwind.example", "email_verified": True}
    assert come_back(client, oidc).headers["Location"] == SIGNED_IN
    client.logout()

    oidc.wrong.userinfo["sub"] = "person-2"
    assert "two people" in refusal(come_back(client, oidc))


def test_state_of_another_browser_is_refused(client, oidc):
    other = Client()
    address = begin(client)
    begin(other)

    answer = other.get(oidc.sign_in(address, "bob@northwind.example"))

    assert "another sign-in" in refusal(answer)
    assert oidc.requests.count("/token") == 0


def test_an_answer_works_once(client, oidc):
    address = oidc.sign_in(begin(client), "bob@northwind.example")
    client.get(address)
    client.logout()

    assert "No sign-in was begun here" in refusal(client.get(address))


def test_an_answer_that_took_too_long_is_refused(client, oidc):
    address = begin(client)
    session = client.session
    session["single_sign_on_begun"] = {**session["single_sign_on_begun"], "at": time.time() - 601}
    session.save()

    assert "took too long" in refusal(client.get(oidc.sign_in(address, "bob@northwind.example")))


def test_provider_that_was_switched_off_signs_nobody_in(client, cast, oidc):
    address = oidc.sign_in(begin(client), "bob@northwind.example")
    SingleSignOn.objects.update(is_active=False)

    assert "No company offers" in refusal(client.get(address))
    assert "No company offers" in str(client.post(SIGN_ON, {"company": "northwind"}).context["error"])


def test_unknown_and_inactive_companies_read_alike(client, cast, oidc):
    answers = [client.post(SIGN_ON, {"company": name}) for name in ("contoso", "nowhere", "", "' or 1=1")]

    assert len({str(answer.context["error"]) for answer in answers}) == 1


def test_an_answer_for_one_company_is_none_for_another(client, cast, oidc):
    SingleSignOn.objects.filter(company=cast.contoso).update(
        is_active=True, kind="OIDC", issuer_url=oidc.issuer, client_id="session-insights"
    )
    address = oidc.sign_in(begin(client), "charlie@contoso.example")

    assert "No sign-in was begun here" in refusal(client.get(address.replace("/northwind/", "/contoso/")))


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "http://evil.example/"},
    ],
)
def test_configuration_that_is_not_the_providers_own_leads_nowhere(client, oidc, wrong):
    oidc.wrong.configuration = wrong

    answer = client.post(SIGN_ON, {"company": "northwind"})

    assert answer.context["error"]


@pytest.mark.parametrize(
    "sent",
    [
        (302, {"Location": "http://127.0.0.1:9/"}, b""),
        (200, {}, b"<html>"),
        (200, {}, b"[]"),
        (500, {}, b"{}"),
    ],
)
def test_odd_answers_of_the_provider_are_a_clear_error(client, oidc, sent):
    oidc.wrong.answers["/.well-known/openid-configuration"] = sent

    answer = client.post(SIGN_ON, {"company": "northwind"})

    assert (answer.status_code, bool(answer.context["error"])) == (200, True)


def test_private_addresses_are_never_called(client, oidc, settings):
    settings.OUTBOUND_ALLOWED_HOSTS = []

    answer = client.post(SIGN_ON, {"company": "northwind"})

    assert "can't be reached" in str(answer.context["error"])
    assert oidc.requests == []


def test_keys_are_fetched_under_the_same_rules(client, oidc):
    oidc.wrong.configuration = {"jwks_uri": "https://10.0.0.1/keys"}

    assert "can't be reached" in refusal(come_back(client, oidc))


def test_member_of_two_companies_works_in_the_one_whose_provider_it_was(client, cast, oidc, at):
    contoso = join_contoso(cast, cast.bob, at).company
    come_back(client, oidc)

    home = client.get(reverse("accounts:sign_on"))
    assert home.wsgi_request.companies == [cast.northwind]
    assert client.post(reverse("accounts:switch_company"), {"company": contoso.pk}).status_code == 404
    assert client.get(reverse("admin:accounts_company_change", args=[contoso.pk])).status_code in {403, 404}
    assert client.get(reverse("admin:index")).wsgi_request.company == cast.northwind
    client.post("/accounts/logout/")
    told = AuditEntry.objects.filter(action__in=["member.signed_in", "member.signed_out"])
    assert [entry.company for entry in told] == [cast.northwind, cast.northwind]


def test_session_made_before_the_single_sign_on_is_given_up(client, cast, oidc, at):
    contoso = join_contoso(cast, cast.bob, at).company
    client.force_login(cast.bob)
    client.post(reverse("accounts:switch_company"), {"company": contoso.pk})

    come_back(client, oidc)

    assert client.get(reverse("accounts:sign_on")).wsgi_request.company == cast.northwind


@pytest.mark.parametrize(
    "page", ["account_change_password", "accounts:profile", "mfa_index", "mfa_activate_totp", "accounts:sign_ins"]
)
def test_provider_of_one_company_does_not_touch_the_account_of_another(client, cast, oidc, at, page):
    join_contoso(cast, cast.bob, at)
    come_back(client, oidc)

    assert client.get(reverse(page)).status_code == 403
    assert client.post(reverse(page), {"name": "Mallory", "time_zone": ""}).status_code == 403
    assert User.objects.get(pk=cast.bob.pk).name == "Bob"


def test_member_of_one_company_keeps_their_own_pages(client, cast, oidc):
    come_back(client, oidc)

    assert client.get(reverse("mfa_index")).status_code == 200


def test_confirmation_goes_through_the_provider_again_and_asks_the_person_anew(client, cast, oidc):
    come_back(client, oidc)
    address = way_out(client.post(reverse("accounts:sign_on_again"), {"next": "/reports/"}))
    assert ("prompt=login" in address, "max_age=0" in address) == (True, True)

    oidc.wrong.claims = {"auth_time": int(time.time()) - 3600}
    answer = client.get(oidc.sign_in(address, "bob@northwind.example"))
    assert (answer.status_code, "did not ask you again" in str(answer.context["error"])) == (403, True)

    oidc.wrong.claims = {}
    address = way_out(client.post(reverse("accounts:sign_on_again"), {"next": "/reports/"}))
    assert client.get(oidc.sign_in(address, "bob@northwind.example")).headers["Location"] == "/reports/"
    assert client.session["_auth_user_id"] == str(cast.bob.pk)


def test_provider_counts_as_the_second_factor_that_the_company_demands(client, cast, oidc):
    type(cast.northwind).objects.filter(pk=cast.northwind.pk).update(requires_mfa=True)

    come_back(client, oidc)

    assert client.get(SIGNED_IN).status_code == 200


def test_confirmation_by_somebody_else_confirms_nothing(client, cast, oidc):
    come_back(client, oidc)
    address = way_out(client.post(reverse("accounts:sign_on_again")))

    answer = client.get(oidc.sign_in(address, "alice@northwind.example"))

    assert (answer.status_code, client.session["_auth_user_id"]) == (403, str(cast.bob.pk))


def test_our_tests_provider_signs_what_anyone_can_check(oidc):
    token = oidc.id_token({"nonce": "n", "email": "bob@northwind.example"})

    assert jwt.get_unverified_header(token)["alg"] == "RS256"
