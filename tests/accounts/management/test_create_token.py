import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.domain.tokens import verify_token
from accounts.enums import ApiScope

ALICE, BOB = "alice@northwind.example", "bob@northwind.example"


def create(capsys, *args):
    call_command("create_token", "--company", "northwind", *args)
    return capsys.readouterr().out.strip()


def test_create_token_prints_a_token_of_all_scopes(cast, capsys):
    plain = create(capsys, "--member", ALICE)

    token = verify_token(plain=plain, at=timezone.now())
    assert (token.membership.user, set(token.scopes)) == (cast.alice, set(ApiScope.values))


def test_create_token_takes_scopes_name_days_and_issuer(cast, capsys):
    plain = create(
        capsys, "--member", BOB, "--issuer", ALICE, "--scope", "sessions:read", "--name", "Watcher", "--days", "3"
    )

    token = verify_token(plain=plain, at=timezone.now())
    assert (token.membership.user, token.scopes, token.name) == (cast.bob, ["sessions:read"], "Watcher")
    assert 2 <= (token.expires_at - timezone.now()).days <= 3


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--company", "nowhere", "--member", ALICE], "There is no company “nowhere”"),
        (["--member", "charlie@contoso.example"], "has no active member charlie@contoso.example"),
        (["--member", BOB], "Your roles do not include “Manage integrations”"),
        (["--member", ALICE, "--days", "0"], "must expire in the future"),
    ],
)
def test_create_token_says_why_it_cannot(cast, capsys, args, sentence):
    with pytest.raises(CommandError, match=sentence):
        create(capsys, *args)
