"""Second factors: set-up, sign-in, recovery, the company's demand, and their limits."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.domain import second_factors
from accounts.domain.tokens import issue_token
from accounts.models import AuditEntry, Company
from tests.accounts.sign_in.second_factors import SECRET, add_app, code_now, decrypted, wrong_code
from tests.conftest import NOW, PASSWORD, sign_in_freshly

LOGIN, CODE = "/accounts/login/", "/accounts/2fa/authenticate/"
SECURITY = "/accounts/2fa/"
HOME = reverse("summaries:home")


@pytest.fixture
def bob(client, cast):
    sign_in_freshly(client, cast.bob)
    return client


def enter_password(client, user, address="192.0.2.7"):
    return client.post(LOGIN, {"login": user.email, "password": PASSWORD}, REMOTE_ADDR=address)


def enter_code(client, code, address="192.0.2.7"):
    return client.post(CODE, {"code": code}, REMOTE_ADDR=address)


def demand(company):
    Company.objects.filter(pk=company.pk).update(requires_mfa=True)


def told(action):
    return AuditEntry.objects.filter(action=action)


def test_app_is_set_up_with_its_recovery_codes(bob, cast, django_capture_on_commit_callbacks):
    page = bob.get(SECURITY + "totp/activate/")
    secret = page.context["form"].secret
    assert page.context["totp_svg_data_uri"].startswith("data:image/svg+xml;base64,")

    with django_capture_on_commit_callbacks(execute=True):
        answer = bob.post(SECURITY + "totp/activate/", {"code": code_now(secret)})

    assert answer.headers["Location"] == SECURITY + "recovery-codes/"
    codes = bob.get(SECURITY + "recovery-codes/").context["unused_codes"]
    assert (len(codes), all(code.isdigit() for code in codes)) == (10, True)
    assert [entry.details["kind"] for entry in told("member.mfa_added").order_by("details__kind")] == [
        "recovery_codes",
        "totp",
    ]


def test_first_factor_ends_the_sign_ins_made_without_one(bob, cast, django_capture_on_commit_callbacks):
    intruder = Client()
    enter_password(intruder, cast.bob)
    assert intruder.get(HOME).status_code == 200

    with django_capture_on_commit_callbacks(execute=True):
        secret = bob.get(SECURITY + "totp/activate/").context["form"].secret
        bob.post(SECURITY + "totp/activate/", {"code": code_now(secret)})

    assert (intruder.get(HOME).status_code, bob.get(HOME).status_code) == (302, 200)
    assert told("member.session_revoked").get().details == {"count": 1}


def test_recovery_codes_are_shown_once(bob, cast, django_capture_on_commit_callbacks):
    add_app(cast.bob)
    with django_capture_on_commit_callbacks(execute=True):
        bob.post(SECURITY + "recovery-codes/generate/")

    first = bob.get(SECURITY + "recovery-codes/").context["unused_codes"]
    again = bob.get(SECURITY + "recovery-codes/").context["unused_codes"]

    assert (first[0].isdigit(), set(again)) == (True, {"****"})
    assert bob.get(SECURITY + "recovery-codes/download/").status_code == 403
    assert told("member.mfa_codes_renewed").get().actor == cast.bob


def test_secrets_are_encrypted_at_rest(cast):
    stored = add_app(cast.bob).data["secret"]

    assert (SECRET in stored, decrypted(stored)) == (False, SECRET)


def test_secret_under_a_lost_key_is_a_wrong_code_and_no_server_error(client, cast, settings):
    add_app(cast.bob)
    settings.ENCRYPTION_KEYS = ["pbCkKFv1Bne4uu1gbiUOWt-wQOmBWuLmxdSZuVwTJOM="]
    enter_password(client, cast.bob)

    answer = enter_code(client, code_now())

    assert list(answer.context["form"].errors) == ["code"]


def test_sign_in_asks_for_the_code_after_the_password(client, cast):
    add_app(cast.bob)

    answer = enter_password(client, cast.bob)
    assert answer.headers["Location"] == CODE
    assert client.get(HOME).status_code == 302

    assert enter_code(client, code_now()).headers["Location"] == HOME
    assert told("member.signed_in").get().details == {"method": "password and authenticator app"}
    assert client.get(HOME).status_code == 200


def test_a_code_works_once(client, cast):
    add_app(cast.bob)
    other = Client()
    for browser in (client, other):
        enter_password(browser, cast.bob)
    code = code_now()

    assert enter_code(client, code).status_code == 302
    assert enter_code(other, code).context["form"].errors["code"][0] in {
        "This code was used already. Wait for the next one.",
        "Incorrect code.",
    }


def test_recovery_code_signs_in_once(bob, cast):
    add_app(cast.bob)
    bob.post(SECURITY + "recovery-codes/generate/")
    code = bob.get(SECURITY + "recovery-codes/").context["unused_codes"][0]

    for browser, status in ((Client(), 302), (Client(), 200)):
        enter_password(browser, cast.bob)
        assert enter_code(browser, code).status_code == status


def test_wrong_codes_are_few_for_one_account_from_one_address(client, cast):
    add_app(cast.bob)
    enter_password(client, cast.bob)
    errors = [enter_code(client, wrong_code()).context["form"].errors["code"][0] for _ in range(9)]
    assert (set(errors[:8]), "Too many wrong codes" in errors[8]) == ({"Incorrect code."}, True)
    assert "Too many wrong codes" in enter_code(client, code_now()).context["form"].errors["code"][0]
    assert told("member.sign_in_failed").count() == 8

    elsewhere = Client()
    enter_password(elsewhere, cast.bob, address="198.51.100.9")
    assert enter_code(elsewhere, code_now(), address="198.51.100.9").status_code == 302


def test_another_persons_wrong_codes_use_up_nothing(client, cast):
    for user in (cast.bob, cast.mona):
        add_app(user)
    enter_password(client, cast.bob)
    for _ in range(9):
        enter_code(client, wrong_code())
    mona = Client()
    enter_password(mona, cast.mona)

    assert enter_code(mona, code_now()).status_code == 302


def test_app_confirms_who_one_is(client, cast):
    add_app(cast.alice)
    client.force_login(cast.alice)

    answer = client.post(SECURITY + "reauthenticate/", {"code": code_now(), "next": "/company/"})

    assert answer.headers["Location"] == "/company/"


def test_setting_up_asks_for_a_recent_sign_in(client, cast):
    client.force_login(cast.bob)

    assert client.get(SECURITY + "totp/activate/").headers["Location"].startswith("/accounts/reauthenticate/?next=")


def test_switching_off_is_told(bob, cast):
    add_app(cast.bob)

    bob.post(SECURITY + "totp/deactivate/")

    assert Authenticator.objects.filter(user=cast.bob).exists() is False
    assert told("member.mfa_removed").get().details == {"kind": "totp"}


def test_another_persons_key_is_not_found(bob, cast):
    key = Authenticator.objects.create(user=cast.charlie, type="webauthn", data={"name": "Zebra key"})

    for page in ("remove", "edit"):
        assert bob.get(f"{SECURITY}webauthn/keys/{key.pk}/{page}/").status_code == 404
        assert bob.post(f"{SECURITY}webauthn/keys/{key.pk}/{page}/", {"name": "x"}).status_code == 404


def test_company_that_demands_a_factor_shows_its_set_up_before_anything_else(bob, cast):
    demand(cast.northwind)

    assert bob.get(HOME).headers["Location"] == SECURITY
    assert bob.get(HOME, headers={"HX-Request": "true"}).headers["HX-Redirect"] == SECURITY
    refused = bob.get("/api/v1/sessions/")
    assert (refused.status_code, refused.headers["Content-Type"]) == (403, "application/problem+json")
    assert "Northwind IT Services demands a second factor" in bob.get(SECURITY).content.decode()

    add_app(cast.bob)
    assert bob.get(HOME).status_code == 200


def test_recovery_codes_alone_are_no_factor(bob, cast):
    demand(cast.northwind)
    Authenticator.objects.create(user=cast.bob, type="recovery_codes", data={"seed": "x", "used_mask": 0})

    assert bob.get(HOME).headers["Location"] == SECURITY


def test_demand_of_one_company_is_none_of_another(client, cast):
    demand(cast.northwind)
    sign_in_freshly(client, cast.charlie)

    assert client.get(HOME).status_code == 200


def test_api_tokens_keep_working_under_the_demand(client, cast):
    demand(cast.northwind)
    _, plain = issue_token(
        membership=cast.membership(cast.alice),
        name="CI",
        scopes=["sessions:read"],
        expires_at=NOW.replace(year=2027),
        actor=cast.alice,
        at=NOW,
    )

    assert client.get("/api/v1/sessions/", headers={"Authorization": f"Bearer {plain}"}).status_code == 200


def test_who_has_no_factor_cannot_demand_one(client, cast):
    sign_in_freshly(client, cast.alice)
    page = reverse("admin:accounts_company_change", args=[cast.northwind.pk])
    sent = {"name": "Northwind", "time_zone": "UTC", "requires_mfa": "on"}

    answer = client.post(page, sent)
    assert answer.context["adminform"].form.non_field_errors() == [
        "Set up a second factor of your own first, under Security in the menu of your account."
    ]

    add_app(cast.alice)
    assert client.post(page, sent).status_code == 302
    assert Company.objects.get(pk=cast.northwind.pk).requires_mfa is True


def test_administrator_resets_a_lost_factor_from_the_list(client, cast):
    add_app(cast.bob)
    bob = Client()
    bob.force_login(cast.bob)
    sign_in_freshly(client, cast.alice)
    sent = {"action": "reset_second_factors", "_selected_action": [cast.membership(cast.bob).pk]}

    answer = client.post(reverse("admin:accounts_membership_changelist"), sent, follow=True)

    assert [str(message) for message in answer.context["messages"]] == ["The second factor of 1 member was reset."]
    assert second_factors.has_second_factor(user=cast.bob) is False
    assert bob.get(HOME).status_code == 302
