import pytest
from django.test import Client


@pytest.fixture
def signed_in():
    """A browser in which the given user is signed in."""

    def browser(user):
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return browser


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """Pages read the clock; the tests' rows lie around the shared moment."""
    from tests.conftest import NOW  # read where it is used

    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
