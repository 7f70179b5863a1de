"""Second factors and single sign-on in a browser, as people meet them."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from playwright.sync_api import expect

from accounts.domain import single_sign_on
from tests.accounts.sign_in.second_factors import code_now
from tests.conftest import PASSWORD
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider

pytestmark = pytest.mark.e2e


def sign_out(page):
    page.locator(".avatar").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")


def enter_password(page, user):
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def open_security(page):
    page.locator(".avatar").click()
    page.get_by_role("link", name="Security").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Security")


def test_authenticator_app_from_set_up_to_sign_in(sign_in, portal, axe, live_server):
    page = sign_in(portal.bob)
    open_security(page)
    assert axe(page) == []
    page.get_by_role("link", name="Set up").click()
    assert axe(page) == []
    page.get_by_label("Code").fill(code_now(page.locator("code").inner_text()))
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    assert axe(page) == []
    recovery = page.locator(".recovery-codes li").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()

    sign_out(page)
    enter_password(page, portal.bob)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")
    assert axe(page) == []
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{live_server.url}/")


def test_security_key_from_set_up_to_sign_in(sign_in, portal, axe, live_server):
    page = sign_in(portal.bob)
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasResidentKey": False,
        "hasUserVerification": False,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    open_security(page)
    page.get_by_role("link", name="Add").click()
    assert axe(page) == []
    page.get_by_label("Name").fill("Blue key")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    assert [key.wrap().name for key in Authenticator.objects.filter(type="webauthn")] == ["Blue key"]
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("link", name="Manage").click()
    expect(page.get_by_text("Blue key").first).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Back to Security").click()

    sign_out(page)
    enter_password(page, portal.bob)
    page.get_by_role("button", name="Use a security key").click()
    page.wait_for_url(f"{live_server.url}/")

    page.goto(f"{live_server.url}/accounts/sign-ins/")
    expect(page.get_by_text("Signed in by: password and security key")).to_be_visible()
    assert axe(page) == []


def test_single_sign_on_leads_to_the_provider_and_back(page, portal, axe, live_server):
    provider = OidcProvider()
    values = {"kind": "OIDC", "is_active": True, "issuer_url": provider.issuer, "client_id": CLIENT_ID}
    single_sign_on.save_sign_on(
        sign_on=portal.northwind.single_sign_on,
        values=values,
        secret=CLIENT_SECRET,
        actor=portal.alice,
        at=timezone.now(),
    )

    page.goto(live_server.url)
    page.get_by_role("link", name="Sign in with your company").click()
    assert axe(page) == []
    page.get_by_label("Short name").fill("nowhere")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("No company offers single sign-on")
    page.get_by_label("Short name").fill("Northwind")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile(r"/(\?.*)?$"))
    expect(page.get_by_text("Account of Bob")).to_have_count(1)

    provider.person = "charlie@contoso.example"
    sign_out(page)
    page.get_by_role("link", name="Sign in with your company").click()
    page.get_by_label("Short name").fill("northwind")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You were not signed in")
    assert axe(page) == []
    provider.close()
