from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from rest_framework.exceptions import PermissionDenied

from accounts.api_authentication import HasScope
from accounts.domain.members import add_member, remove_member
from accounts.domain.tokens import issue_token, revoke_token
from accounts.scoped_api import CompanyScopedViewSet, HoldsPermission
from tests.summaries.report_examples import store_session

SESSIONS = "/api/v1/sessions/"


@pytest.fixture
def issue(cast):
    def make(member=None, *scopes, actor=None, membership=None, days=30):
        now = timezone.now()
        return issue_token(
            membership=membership or cast.membership(member or cast.alice),
            name="CI",
            scopes=scopes or ["sessions:read"],
            expires_at=now + timedelta(days=days),
            actor=actor or cast.alice,
            at=now,
        )

    return make


def ask(client, plain, path=SESSIONS, method="get", scheme="Bearer"):
    return getattr(client, method)(path, headers={"Authorization": f"{scheme} {plain}"})


def test_token_reads_its_companys_sessions_only(client, cast, issue):
    store_session(cast.northwind, cast.bob, number=7)
    store_session(cast.contoso, cast.charlie, number=8)

    answer = ask(client, issue()[1])

    assert answer.status_code == 200
    assert [row["number"] for row in answer.json()["results"]] == ["S-7"]


def test_token_of_a_supporter_reads_what_the_supporter_reads(client, cast, issue):
    store_session(cast.northwind, cast.bob, number=7)
    store_session(cast.northwind, cast.mona, number=8)

    answer = ask(client, issue(cast.bob)[1])

    assert [row["number"] for row in answer.json()["results"]] == ["S-7"]


def test_token_stays_in_its_company_when_its_member_has_another(client, cast, issue, at):
    add_member(company=cast.contoso, email=cast.alice.email, name="", role_names=["Administrator"], at=at)
    store_session(cast.contoso, cast.charlie, number=8)
    northwind = cast.alice.memberships.get(company=cast.northwind)

    assert ask(client, issue(membership=northwind)[1]).json()["results"] == []


def test_other_companys_session_is_not_found(client, cast, issue):
    foreign = store_session(cast.contoso, cast.charlie, number=8)

    assert ask(client, issue()[1], f"{SESSIONS}{foreign.public_id}/").status_code == 404


def test_token_without_the_scope_is_forbidden(client, cast, issue):
    _, plain = issue(None, "summaries:read")

    answer = ask(client, plain)

    assert answer.status_code == 403
    assert "lacks the scope sessions:read" in answer.json()["detail"]


def test_reading_scope_does_not_write(client, issue):
    assert ask(client, issue()[1], method="post").status_code == 403


def test_scope_lends_no_permission_that_the_roles_lack(client, cast, issue, at):
    auditor = add_member(
        company=cast.northwind, email="uma@northwind.example", name="Uma", role_names=["Auditor"], at=at
    )

    answer = ask(client, issue(None, "sessions:write", membership=auditor)[1], method="post")

    assert answer.status_code == 403
    assert "“Generate summaries”" in answer.json()["detail"]


@pytest.mark.parametrize("plain", ["garbage", "sip_", "sip_ümläut", ""])
def test_garbage_is_unauthorised(client, cast, plain):
    answer = ask(client, plain)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Session Insights API"'


def test_token_with_spaces_is_unauthorised_with_advice(client, issue):
    answer = ask(client, f"{issue()[1]} and more")

    assert answer.status_code == 401
    assert "without spaces" in answer.json()["detail"]


def test_revoked_token_is_unauthorised_at_once(client, cast, issue):
    token, plain = issue()
    revoke_token(token=token, actor=cast.alice, at=timezone.now())

    answer = ask(client, plain)

    assert (answer.status_code, answer.json()["detail"]) == (
        401,
        "This token was revoked. Issue a new one under API tokens.",
    )


def test_expired_token_is_unauthorised(client, cast, issue):
    token, plain = issue()
    token.expires_at = timezone.now() - timedelta(seconds=1)
    token.save(update_fields=["expires_at"])

    answer = ask(client, plain)

    assert (answer.status_code, answer.json()["detail"]) == (
        401,
        "This token has expired. Issue a new one under API tokens.",
    )


def test_another_scheme_is_no_token(client, issue):
    assert ask(client, issue()[1], scheme="Basic").status_code == 401


def test_member_of_no_company_is_forbidden_with_advice(client, cast, at):
    remove_member(membership=cast.membership(cast.bob), at=at)
    client.force_login(cast.bob)

    answer = client.get(SESSIONS)

    assert answer.status_code == 403
    assert "not a member of any company" in answer.json()["detail"]


def test_token_reaches_nothing_of_a_view_that_names_no_scope(cast, issue):
    token, _ = issue()
    request = SimpleNamespace(auth=token, method="POST")

    assert HasScope().has_permission(request, SimpleNamespace(write_scope=None)) is False
    assert HasScope().has_permission(request, SimpleNamespace()) is False


def test_action_that_names_no_permission_is_refused(cast):
    view = CompanyScopedViewSet(action="destroy", request=SimpleNamespace(method="DELETE"))
    request = SimpleNamespace(company=cast.northwind, user=cast.alice)

    with pytest.raises(PermissionDenied):
        HoldsPermission().has_permission(request, view)
