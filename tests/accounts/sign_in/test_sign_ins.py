"""Open sign-ins: listed, ended, timed out."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain.members import set_password
from accounts.models import AuditEntry, SignIn, User
from tests.conftest import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1"
HOME, LIST, END = reverse("summaries:home"), reverse("accounts:sign_ins"), reverse("accounts:end_sign_in")


def sign_in(user, agent=FIREFOX, address="192.0.2.7"):
    browser = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    answer = browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return browser


def is_in(browser):
    return browser.get(HOME).status_code == 200


def last_message(answer):
    return [str(message) for message in answer.context["messages"]][-1]


def shift(browser, **moments):
    session = browser.session
    for name, seconds in moments.items():
        session[name] = time.time() - seconds
    session.save()


@pytest.mark.parametrize("number", [1, 3])
def test_list_shows_where_one_is_signed_in_at_one_cost(cast, number, django_assert_num_queries):
    browser = [sign_in(cast.bob) for _ in range(number)][-1]
    sign_in(cast.charlie, address="203.0.113.66")

    # session with user and companies, grants, both figures of the navigation, the list
    with django_assert_num_queries(5):
        answer = browser.get(LIST)

    assert len(answer.context["rows"]) == number
    assert "203.0.113.66" not in answer.content.decode()


def test_row_names_device_address_and_way(cast):
    sign_in(cast.bob, agent=CHROME, address="198.51.100.9")
    here = sign_in(cast.bob, agent=SAFARI)

    rows = here.get(LIST).context["rows"]

    assert [(row.device, row.address, row.method, row.is_current) for row in rows] == [
        ("Safari on iPhone", "192.0.2.7", "password", True),
        ("Chrome on Windows", "198.51.100.9", "password", False),
    ]


@pytest.mark.parametrize(
    ("agent", "device"), [("", "Unknown"), ("curl/8.0", "Unknown"), ("Lynx (Linux)", "Another browser on Linux")]
)
def test_device_that_nobody_knows_is_said_so(cast, agent, device):
    assert sign_in(cast.bob, agent=agent).get(LIST).context["rows"][0].device == device


def test_one_sign_in_is_ended_and_told(cast):
    lost, here = sign_in(cast.bob), sign_in(cast.bob)
    row = SignIn.objects.get(session_key=lost.session.session_key)

    answer = here.post(END, {"sign_in": row.pk}, follow=True)

    assert last_message(answer) == "The sign-in was ended."
    assert (is_in(lost), is_in(here)) == (False, True)
    assert AuditEntry.objects.get(action="member.session_revoked").actor == cast.bob


def test_all_others_are_ended(cast):
    others, here = [sign_in(cast.bob) for _ in range(2)], sign_in(cast.bob)

    answer = here.post(END, follow=True)

    assert last_message(answer) == "2 other sign-ins ended."
    assert ([is_in(browser) for browser in others], is_in(here)) == ([False, False], True)


def test_ending_the_present_one_signs_out(cast):
    here = sign_in(cast.bob)

    answer = here.post(END, {"sign_in": SignIn.objects.get().pk})

    assert (answer.headers["Location"], is_in(here)) == ("/accounts/login/", False)


@pytest.mark.parametrize("wanted", ["charlies", "0", "abc", "9" * 30])
def test_another_persons_sign_in_is_not_ended(cast, wanted):
    charlie, bob = sign_in(cast.charlie), sign_in(cast.bob)
    if wanted == "charlies":
        wanted = SignIn.objects.get(user=cast.charlie).pk

    answer = bob.post(END, {"sign_in": wanted}, follow=True)

    assert last_message(answer) == "This sign-in has ended already."
    assert (is_in(charlie), is_in(bob)) == (True, True)


def test_signing_out_leaves_the_list(cast):
    gone, here = sign_in(cast.bob), sign_in(cast.bob)

    gone.post("/accounts/logout/")

    assert len(here.get(LIST).context["rows"]) == 1


def test_idle_sign_in_ends_and_says_so(cast, settings):
    browser = sign_in(cast.bob)
    shift(browser, seen_at=settings.SESSION_IDLE_SECONDS - 10)
    assert is_in(browser)

    shift(browser, seen_at=settings.SESSION_IDLE_SECONDS + 1)
    answer = browser.get(HOME, follow=True)

    assert answer.redirect_chain[0][0].startswith("/accounts/login/")
    assert "open for too long" in answer.content.decode()


def test_use_keeps_a_sign_in_open(cast, settings):
    browser = sign_in(cast.bob)
    shift(browser, seen_at=settings.SESSION_IDLE_SECONDS - 10)
    browser.get(HOME)

    assert time.time() - browser.session["seen_at"] < 60
    assert time.time() - SignIn.objects.get().seen_at.timestamp() < 60


def test_no_use_keeps_it_open_for_ever(cast, settings):
    browser = sign_in(cast.bob)
    shift(browser, signed_in_at=settings.SESSION_ABSOLUTE_SECONDS + 1)

    assert is_in(browser) is False


def test_sign_in_of_before_is_listed_from_its_next_use(cast):
    browser = sign_in(cast.bob)
    SignIn.objects.all().delete()
    shift(browser, seen_at=120)

    assert [row.device for row in browser.get(LIST).context["rows"]] == ["Firefox on Linux"]


def test_new_password_ends_the_others_and_keeps_this_one(cast):
    other, here = sign_in(cast.bob), sign_in(cast.bob)
    new = "another-long-password"

    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert (is_in(other), is_in(here)) == (False, True)
    assert [row.is_current for row in here.get(LIST).context["rows"]] == [True]


def test_password_set_by_an_administrator_ends_all(cast, at):
    browser = sign_in(cast.bob)

    set_password(membership=cast.membership(cast.bob), password="another-long-password", at=at)

    assert (is_in(browser), SignIn.objects.filter(user=cast.bob).exists()) == (False, False)


def test_switched_off_account_is_out_at_the_next_request(cast):
    browser = sign_in(cast.bob)
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)

    assert is_in(browser) is False
