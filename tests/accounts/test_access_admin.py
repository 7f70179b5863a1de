"""Members, roles and tokens by page: what their buttons do."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.domain.roles import create_role
from accounts.domain.tokens import issue_token
from accounts.models import ApiToken, Role, User
from tests.conftest import PASSWORD, sign_in_freshly

GOOD = "another-long-password"


@pytest.fixture
def alice(client, cast):
    sign_in_freshly(client, cast.alice)
    return client


@pytest.fixture
def token(cast):
    now = timezone.now()
    return issue_token(
        membership=cast.membership(cast.bob),
        name="CI",
        scopes=["sessions:read"],
        expires_at=now + timedelta(days=30),
        actor=cast.alice,
        at=now,
    )[0]


def page(name, *args):
    return reverse(f"admin:accounts_{name}", args=args)


def test_token_is_revoked_and_stays_listed(alice, token):
    alice.post(page("apitoken_delete", token.pk), {"post": "yes"})

    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None
    assert alice.get(page("apitoken_changelist")).context["cl"].result_count == 1
    assert alice.post(page("apitoken_delete", token.pk), {"post": "yes"}).status_code == 403


def test_token_that_would_live_too_long_is_a_form_error(alice, cast):
    sent = {
        "membership": cast.membership(cast.bob).pk,
        "name": "CI",
        "scopes": ["sessions:read"],
        "expires_at_0": "2099-01-01",
        "expires_at_1": "12:00",
    }

    answer = alice.post(page("apitoken_add"), sent)

    assert answer.context["adminform"].form.non_field_errors() == [
        "A token must expire in the future, within a year from now."
    ]


def test_unused_role_is_deleted(alice, cast, at):
    role = create_role(company=cast.northwind, name="Spare", permissions=[], at=at)

    alice.post(page("role_delete", role.pk), {"post": "yes"})

    assert not Role.objects.filter(pk=role.pk).exists()


def test_role_in_use_is_kept_and_says_so(alice, cast):
    role = Role.objects.get(company=cast.northwind, name="Supporter")

    answer = alice.post(page("role_delete", role.pk), {"post": "yes"}, follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "1 member holds the role “Supporter”. Give them another role first."
    ]


@pytest.mark.parametrize(("password", "taken"), [(GOOD, True), ("short", False), ("", False)])
def test_member_page_sets_a_password_that_is_strong_enough(alice, cast, password, taken):
    bob = cast.membership(cast.bob)
    supporter = Role.objects.get(company=cast.northwind, name="Supporter")
    sent = {"roles": [supporter.pk], "log_sessions": "on", "new_password": password}

    alice.post(page("membership_change", bob.pk), sent)

    assert User.objects.get(pk=cast.bob.pk).check_password(password if taken else PASSWORD) is True


@pytest.mark.parametrize("key", ["x", "²", "-1", "9" * 40, "1'"])
def test_what_can_be_no_row_is_refused(alice, cast, key):
    chosen = alice.post(
        page("membership_changelist"), {"action": "edit_user_information", "index": "0", "_selected_action": key}
    )
    granted = alice.post(page("membership_change", cast.membership(cast.bob).pk), {"roles": key})

    assert chosen.status_code == 400
    assert granted.context["adminform"].form.errors["roles"] == [
        f"Select a valid choice. {key} is not one of the available choices."
    ]
