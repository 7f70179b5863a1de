"""The security headers, on every kind of page and on errors."""

import pytest
from django.urls import reverse

from tests.conftest import sign_in_freshly
from tests.summaries.report_examples import store_session, store_summary

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=(), midi=(), "
    "payment=(), display-capture=(), publickey-credentials-get=(self), publickey-credentials-create=(self)",
}
CSP = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "form-action 'self'",
}
#: address: status for a visitor and for an administrator
PAGES = {
    "/": (302, 200),
    "/accounts/login/": (200, 302),
    "/accounts/single-sign-on/": (200, 200),
    "/accounts/single-sign-on/northwind/callback/": (403, 403),
    "/accounts/password/reset/": (200, 200),
    "/accounts/2fa/": (302, 200),
    "/accounts/sign-ins/": (302, 200),
    "/reports/": (302, 200),
    "/sessions/S-1042/": (302, 200),
    "/sessions/S-1042/report.pdf": (302, 200),
    "/company/": (302, 200),
    "/company/accounts/role/": (302, 200),
    "/api/v1/sessions/": (401, 200),
    "/api/v1/nothing/": (404, 404),
    "/no/such/page/": (404, 404),
    "/switch-company/": (302, 405),
}


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_every_answer_carries_the_headers(client, cast, is_signed_in):
    store_summary(store_session(cast.northwind, cast.bob, number=1042))
    if is_signed_in:
        sign_in_freshly(client, cast.alice)

    answers = {page: client.get(page) for page in PAGES}

    assert {page: answer.status_code for page, answer in answers.items()} == {
        page: statuses[is_signed_in] for page, statuses in PAGES.items()
    }
    wrong = {
        (page, name): answer.headers.get(name)
        for page, answer in answers.items()
        for name, value in EVERYWHERE.items()
        if answer.headers.get(name) != value
    }
    assert wrong == {}
    policies = {page: answer.headers.get("Content-Security-Policy", "") for page, answer in answers.items()}
    missing = {page: CSP - set(policy.split("; ")) for page, policy in policies.items()}
    assert {page: rules for page, rules in missing.items() if rules} == {}
    assert [page for page, policy in policies.items() if "unsafe" in policy] == []
    if is_signed_in:
        open_to_caches = [page for page, answer in answers.items() if "no-store" not in answer["Cache-Control"]]
        assert open_to_caches == []


def test_a_form_without_its_token_is_refused_with_the_headers(cast):
    from django.test import Client  # one that checks

    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x", "password": "y"})

    assert answer.status_code == 403
    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE


def test_https_is_kept_to(client, cast, settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 63_072_000, True
    settings.SECURE_HSTS_PRELOAD = True

    answers = [client.get(page, secure=True) for page in (reverse("account_login"), "/no/such/page/")]

    kept = "max-age=63072000; includeSubDomains; preload"
    assert [answer.headers["Strict-Transport-Security"] for answer in answers] == [kept, kept]
