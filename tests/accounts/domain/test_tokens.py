from datetime import timedelta

import pytest

from accounts.domain import members, tokens
from accounts.enums import ApiScope
from accounts.models import ApiToken, AuditEntry, User
from accounts.tenancy import PermissionMissing


def issue(cast, at, *, member=None, actor=None, **fields):
    fields = {
        "membership": cast.membership(member or cast.alice),
        "name": "CI",
        "scopes": [ApiScope.SESSIONS_READ],
        "expires_at": at + timedelta(days=30),
        "actor": actor or cast.alice,
        "at": at,
        **fields,
    }
    return tokens.issue_token(**fields)


def test_issue_token_stores_a_hash_and_no_plain_text(cast, at):
    token, plain = issue(cast, at)

    stored = ApiToken.objects.filter(pk=token.pk).values().get()
    assert len(plain) == 47
    assert [name for name, value in stored.items() if plain in str(value)] == []
    assert (token.prefix, token.company) == (plain[:12], cast.northwind)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, plain in str(entry.details)) == ("token.issued", False)


def test_two_tokens_differ(cast, at):
    assert issue(cast, at)[1] != issue(cast, at)[1]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"scopes": ["everything"]}, "no scope “everything”"),
        ({"scopes": []}, "at least one scope"),
        ({"name": "  "}, "needs a name"),
    ],
)
def test_issue_token_refuses_what_makes_no_token(cast, at, fields, sentence):
    with pytest.raises(tokens.UnableToIssueToken, match=sentence):
        issue(cast, at, **fields)


@pytest.mark.parametrize("life", [timedelta(0), timedelta(days=-1), timedelta(days=366, seconds=1)])
def test_issue_token_refuses_a_life_outside_a_year(cast, at, life):
    with pytest.raises(tokens.UnableToIssueToken, match="within a year"):
        issue(cast, at, expires_at=at + life)


def test_issue_token_refuses_a_removed_member(cast, at):
    members.remove_member(membership=cast.membership(cast.bob), at=at)

    with pytest.raises(tokens.UnableToIssueToken, match="no longer an active member"):
        issue(cast, at, member=cast.bob)


@pytest.mark.parametrize("name", ["bob", "charlie"])
def test_issue_token_asks_for_manage_integrations_there(cast, at, name):
    with pytest.raises(PermissionMissing):
        issue(cast, at, member=cast.bob, actor=getattr(cast, name))


def test_issue_token_lends_no_permission_that_the_actor_lacks(cast, at):
    integrator = members.add_member(
        company=cast.northwind, email="ina@northwind.example", name="Ina", role_names=["Integrator"], at=at
    ).user

    with pytest.raises(tokens.UnableToIssueToken, match="Alice holds permissions that you do not hold"):
        issue(cast, at, member=cast.alice, actor=integrator)
    assert issue(cast, at, member=integrator, actor=integrator)[0].membership.user == integrator


def test_verify_token_returns_its_token(cast, at):
    token, plain = issue(cast, at)

    assert tokens.verify_token(plain=plain, at=at) == token


def test_verify_token_reads_member_user_and_company_in_one_query(cast, at, django_assert_num_queries):
    token, plain = issue(cast, at, member=cast.bob)
    tokens.verify_token(plain=plain, at=at)  # its use is written once a minute

    with django_assert_num_queries(1):
        found = tokens.verify_token(plain=plain, at=at)
        membership, company = found.membership, found.company
        user = membership.user

    for read in (found, membership, user, company):
        as_stored = type(read)._default_manager.get(pk=read.pk)
        assert {name: value for name, value in vars(read).items() if name != "_state"} == {
            name: value for name, value in vars(as_stored).items() if name != "_state"
        }
    assert (membership, user, company) == (token.membership, cast.bob, cast.northwind)


@pytest.mark.parametrize(
    "spoil", [lambda p: p[:-1] + "!", lambda p: "", lambda p: "sip_", lambda p: p[:12], str.swapcase]
)
def test_verify_token_refuses_garbage(cast, at, spoil):
    _, plain = issue(cast, at)

    with pytest.raises(tokens.UnusableToken, match="not known"):
        tokens.verify_token(plain=spoil(plain), at=at)


def test_verify_token_refuses_an_expired_one_to_the_second(cast, at):
    _, plain = issue(cast, at, expires_at=at + timedelta(days=1))

    assert tokens.verify_token(plain=plain, at=at + timedelta(days=1, seconds=-1)).name == "CI"
    with pytest.raises(tokens.UnusableToken, match="has expired"):
        tokens.verify_token(plain=plain, at=at + timedelta(days=1))


def test_revoked_token_is_refused_at_once(cast, at):
    token, plain = issue(cast, at)

    tokens.revoke_token(token=token, actor=cast.alice, at=at)

    with pytest.raises(tokens.UnusableToken, match="was revoked"):
        tokens.verify_token(plain=plain, at=at)


def test_revoke_token_twice_is_told_once(cast, at):
    token, _ = issue(cast, at)

    tokens.revoke_token(token=token, actor=cast.alice, at=at)
    tokens.revoke_token(token=token, actor=cast.alice, at=at + timedelta(hours=1))

    assert ApiToken.objects.get(pk=token.pk).revoked_at == at
    assert AuditEntry.objects.filter(action="token.revoked").count() == 1


def test_revoke_token_asks_for_manage_integrations_there(cast, at):
    token, _ = issue(cast, at)

    with pytest.raises(PermissionMissing):
        tokens.revoke_token(token=token, actor=cast.charlie, at=at)


def test_verify_token_refuses_one_whose_person_may_not_sign_in(cast, at):
    _, plain = issue(cast, at)
    User.objects.filter(pk=cast.alice.pk).update(is_active=False)

    with pytest.raises(tokens.UnusableToken, match="no longer active"):
        tokens.verify_token(plain=plain, at=at)


def test_last_use_is_written_at_most_once_a_minute(cast, at, django_assert_num_queries):
    token, plain = issue(cast, at)

    with django_assert_num_queries(2):
        tokens.verify_token(plain=plain, at=at)
    with django_assert_num_queries(1):
        tokens.verify_token(plain=plain, at=at + timedelta(seconds=59))
    assert ApiToken.objects.get(pk=token.pk).last_used_at == at
    tokens.verify_token(plain=plain, at=at + timedelta(seconds=60))
    assert ApiToken.objects.get(pk=token.pk).last_used_at == at + timedelta(seconds=60)
