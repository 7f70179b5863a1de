from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.domain.tokens import issue_token
from accounts.enums import ApiScope
from accounts.models import User
from tests.conftest import Cast

SignIn = Callable[..., APIClient]


@pytest.fixture
def client_of(cast: Cast) -> SignIn:
    """A client with a token of that member: all scopes, unless some are named."""

    def sign_in(user: User, *scopes: ApiScope, lifetime: timedelta = timedelta(days=1)) -> APIClient:
        membership = cast.membership(user)
        admin = cast.alice if membership.company == cast.northwind else cast.charlie
        at = timezone.now()
        _, plain = issue_token(
            membership=membership,
            name="of the test",
            scopes=scopes or ApiScope.values,
            expires_at=at + lifetime,
            actor=admin,
            at=at,
        )
        client = APIClient(raise_request_exception=True)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {plain}")
        return client

    return sign_in


@pytest.fixture
def api(cast: Cast, client_of: SignIn) -> APIClient:
    """Bob, a supporter of Northwind."""
    return client_of(cast.bob)
