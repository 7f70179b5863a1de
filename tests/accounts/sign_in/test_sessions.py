"""The session of a sign-in and its user by one statement; what the session says, and Django's checks, still count."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, aget_user, login
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.contrib.sessions.models import Session
from django.test import AsyncClient, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.models import SignIn, User
from accounts.sign_in.sessions import SessionStore, user_of

PAGE = reverse("accounts:profile")
ALLAUTH = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def browser(client, cast):
    client.force_login(cast.bob)
    return client


@pytest.fixture
def key(browser):
    return browser.session.session_key


def who(browser):
    """Whose page it is; None: it is the sign-in page that answers."""
    answer = browser.get(PAGE)
    return answer.context["request"].user if answer.status_code == 200 else None


def change(browser, **values):
    session = browser.session
    session.update(values)
    session.save()


def test_the_user_comes_with_the_session(cast, key, django_assert_num_queries):
    store = SessionStore(key)

    with django_assert_num_queries(1):
        user = user_of(store)

    stored = User.objects.get(pk=cast.bob.pk)
    columns = [field.attname for field in User._meta.concrete_fields]
    assert [getattr(user, name) for name in columns] == [getattr(stored, name) for name in columns]
    assert (user._state.adding, user._state.db) == (False, "default")
    assert dict(store.items()) == dict(DjangosStore(key).items())


@pytest.mark.parametrize(("is_known", "queries"), [(True, 1), (False, 2)])
def test_a_session_without_a_sign_in_is_read_by_django(key, django_assert_num_queries, is_known, queries):
    if not is_known:
        SignIn.objects.all().delete()
    store = SessionStore(key)

    with django_assert_num_queries(queries):
        said = dict(store.items())

    assert said == dict(DjangosStore(key).items())
    assert (user_of(store) is None) is not is_known


def test_a_page_without_a_sign_in_is_answered_by_djangos_way(browser, cast):
    SignIn.objects.all().delete()

    assert who(browser) == cast.bob


def test_sessions_of_before_go_on(cast, client):
    request = RequestFactory().get("/")
    request.session = DjangosStore()
    login(request, cast.bob, backend=ALLAUTH)
    request.session.save()

    client.cookies["session"] = request.session.session_key

    assert who(client) == cast.bob


def test_what_changed_meanwhile_is_seen_at_the_next_request(browser, cast):
    assert who(browser).name == "Bob"

    User.objects.filter(pk=cast.bob.pk).update(name="Robert")

    assert who(browser).name == "Robert"


def test_the_session_says_who_it_is_and_not_the_list_of_sign_ins(browser, cast, key):
    SignIn.objects.filter(session_key=key).update(user=cast.charlie)
    # One password, stored alike: nothing else tells the two apart.
    User.objects.filter(pk=cast.charlie.pk).update(password=cast.bob.password)

    assert who(browser) == cast.bob


def test_another_person_in_the_same_browser_is_that_person(browser, cast, key):
    browser.force_login(cast.charlie)

    assert who(browser) == cast.charlie
    assert Session.objects.filter(session_key=key).exists() is False


def test_an_expired_session_opens_nothing(browser, key):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    store = SessionStore(key)

    assert (store.load(), store.owner, store.session_key) == ({}, None, None)
    assert who(browser) is None


@pytest.mark.parametrize(
    ("forged", "with_sign_in"),
    [("akeythatnobodygaveout", True), ("akeythatnobodygaveout", False), ("a\0key of a browser", False)],
)
def test_a_key_that_nobody_gave_out_opens_nothing_and_is_not_taken(client, cast, at, forged, with_sign_in):
    if with_sign_in:
        SignIn.objects.create(user=cast.bob, session_key=forged, created_at=at, seen_at=at)
    client.cookies["session"] = forged

    answer = client.post("/accounts/login/", {"login": cast.charlie.email, "password": "wrong"})

    assert (who(client), answer.status_code) == (None, 200)
    assert forged not in Session.objects.values_list("session_key", flat=True)


def test_data_that_was_tampered_with_opens_nothing(browser):
    Session.objects.update(session_data=Session.objects.get().session_data[:-3] + "abc")

    assert who(browser) is None


def test_a_deleted_user_is_out(client, db):
    user = User.objects.create_user("gone@portal.example", "a-long-password", name="Gone")
    client.force_login(user)
    assert who(client) == user

    User.objects.filter(pk=user.pk).delete()

    assert who(client) is None


def test_a_user_who_was_switched_off_is_out(browser, cast):
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)

    assert who(browser) is None


def test_a_password_that_was_changed_elsewhere_ends_the_session(browser, cast, key):
    cast.bob.set_password("another-long-password")
    cast.bob.save()

    assert who(browser) is None
    assert Session.objects.filter(session_key=key).exists() is False


@pytest.mark.parametrize("said", ["", "forged", None])
def test_a_session_without_the_hash_of_the_password_is_ended(browser, key, said):
    change(browser, **{HASH_SESSION_KEY: said})

    assert who(browser) is None
    assert Session.objects.filter(session_key=key).exists() is False


def test_a_way_to_sign_in_that_was_taken_away_lets_nobody_in(browser, settings):
    settings.AUTHENTICATION_BACKENDS = [path for path in settings.AUTHENTICATION_BACKENDS if path != ALLAUTH]

    assert who(browser) is None


def test_a_way_that_knows_no_users_is_left_to_django(browser, key):
    change(browser, **{BACKEND_SESSION_KEY: "guardian.backends.ObjectPermissionBackend"})

    assert user_of(SessionStore(key)) is None


def test_a_new_secret_key_with_the_old_one_behind_keeps_the_sign_in_under_another_session_key(
    browser, cast, key, settings
):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-new-secret-key-of-this-test"

    assert who(browser) == cast.bob

    assert browser.session.session_key != key
    assert Session.objects.filter(session_key=key).exists() is False
    settings.SECRET_KEY_FALLBACKS = []
    assert who(browser) == cast.bob


def test_signing_out_leaves_nobody_behind(browser, cast, key):
    store = SessionStore(key)
    assert user_of(store) == cast.bob

    store.flush()

    assert user_of(store) is None
    assert who(browser) is None


def test_another_key_is_the_same_sign_in(cast, key):
    store = SessionStore(key)
    assert user_of(store) == cast.bob

    store.cycle_key()
    store.save()

    assert (store[SESSION_KEY], user_of(store)) == (str(cast.bob.pk), cast.bob)
    assert SessionStore(key).load() == {}


def test_asynchronous_code_reads_the_same(cast, key):
    request = RequestFactory().get("/")

    async def read():
        request.session = SessionStore(key)
        said = await request.session.aget(SESSION_KEY)
        return said, await aget_user(request)

    assert async_to_sync(read)() == (str(cast.bob.pk), cast.bob)


def test_an_asynchronous_server_knows_who_is_signed_in(cast, key):
    browser = AsyncClient()
    browser.cookies["session"] = key

    async def read():
        answer = await browser.get(PAGE)
        return answer.status_code, await answer.context["request"].auser()

    assert async_to_sync(read)() == (200, cast.bob)


def test_expired_sessions_are_cleared_as_ever(key):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    SessionStore.clear_expired()

    assert Session.objects.count() == 0
