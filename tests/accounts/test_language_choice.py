"""Which language a page is in, how it is chosen, and that programs are left out of it."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from tests.conftest import sign_in_freshly

COOKIE = settings.LANGUAGE_COOKIE_NAME


def language_of(response):
    """What the page says it is in, to the browser and to screen readers."""
    page = response.content.decode()
    tag = page[page.index("<html") : page.index(">", page.index("<html"))]
    code = tag.split('lang="')[1].split('"')[0]
    assert response.headers["Content-Language"] == code
    return code, tag.split('dir="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("chosen", "cookie", "asked", "expected"),
    [
        ("de", "es", "ar", ("de", "ltr")),
        ("", "es", "ar", ("es", "ltr")),
        ("", "", "ar, de;q=0.5", ("ar", "rtl")),
        ("", "", "de-AT", ("de", "ltr")),
        ("", "tlh", "tlh, *", ("en", "ltr")),
        ("tlh", "", "", ("en", "ltr")),
    ],
)
def test_a_choice_goes_before_the_cookie_before_the_browser(cast, client, chosen, cookie, asked, expected):
    User.objects.filter(pk=cast.bob.pk).update(language=chosen)
    client.force_login(cast.bob)
    client.cookies[COOKIE] = cookie

    page = client.get("/profile/", headers={"Accept-Language": asked})

    assert language_of(page) == expected


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/password/reset/", "/accounts/single-sign-on/"])
def test_who_is_not_signed_in_chooses_on_the_page(db, client, address):
    page = client.get(address)
    answer = client.post("/language/", {"language": "ar", "next": address})

    assert page.content.decode().count('name="language"') == len(settings.LANGUAGES)
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    assert language_of(client.get(address)) == ("ar", "rtl")


def test_the_cookie_is_for_the_portal_alone(db, client):
    kept = client.post("/language/", {"language": "de"}).cookies[COOKIE]

    assert (kept["httponly"], kept["samesite"], kept["path"]) == (True, "Lax", "/")


def test_a_member_chooses_in_the_menu_and_finds_it_elsewhere(cast, client):
    sign_in_freshly(client, cast.bob)
    client.post("/language/", {"language": "es", "next": "/profile/"})
    elsewhere = Client()
    elsewhere.force_login(cast.bob)

    assert language_of(elsewhere.get("/profile/")) == ("es", "ltr")


def test_a_member_chooses_in_the_profile_and_goes_back_to_the_browsers(cast, client):
    client.force_login(cast.bob)
    profile = {"name": "Bob", "time_zone": "", "has_key_shortcuts": "on"}

    client.post("/profile/", {**profile, "language": "de"})
    chosen = language_of(client.get("/profile/", headers={"Accept-Language": "ar"}))
    client.post("/profile/", {**profile, "language": ""})

    assert chosen == ("de", "ltr")
    assert language_of(client.get("/profile/", headers={"Accept-Language": "ar"})) == ("ar", "rtl")


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", ""]
)
def test_a_choice_never_leads_elsewhere(db, client, address):
    answer = client.post("/language/", {"language": "de", "next": address})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_choice_of_another_site_is_refused(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.bob)

    answer = client.post("/language/", {"language": "de"})

    assert answer.status_code == 403
    assert User.objects.get(pk=cast.bob.pk).language == ""


def test_a_language_that_is_not_spoken_changes_nothing(cast, client):
    client.force_login(cast.bob)

    answer = client.post("/language/", {"language": "../../etc"})

    assert answer.status_code == 404
    assert COOKIE not in answer.cookies


@pytest.mark.parametrize(("asked", "expected"), [("", "en"), ("de", "de"), ("tlh, es;q=0.3", "es"), ("*", "en")])
def test_programs_get_what_they_ask_for_or_english(cast, client, asked, expected):
    User.objects.filter(pk=cast.bob.pk).update(language="ar")
    client.force_login(cast.bob)
    client.cookies[COOKIE] = "ar"

    answer = client.get("/api/v1/nothing/", headers={"Accept-Language": asked})

    assert answer.headers["Content-Language"] == expected
    assert answer.json()["title"] == "Not Found"
    assert answer.json()["type"] == "urn:session-insights:problem:not_found"


def test_the_description_of_the_api_is_the_same_for_everyone(cast, client):
    client.force_login(cast.bob)
    plain = client.get("/api/v1/schema/")

    translated = client.get("/api/v1/schema/", headers={"Accept-Language": "de"})

    assert translated.content == plain.content


def test_a_page_that_depends_on_the_cookie_says_so_to_caches(db, client):
    assert {"Cookie", "Accept-Language"} <= set(client.get("/accounts/login/").headers["Vary"].split(", "))
