import pytest
from allauth.mfa.models import Authenticator

from accounts.domain import second_factors
from accounts.domain.members import add_member, change_member
from accounts.domain.roles import create_role
from accounts.domain.second_factors import UnableToResetFactors
from accounts.models import AuditEntry, Role, User
from accounts.tenancy import PermissionMissing
from tests.accounts.sign_in.second_factors import add_app


def reset(cast, user, at, actor=None):
    return second_factors.reset_factors(membership=cast.membership(user), actor=actor or cast.alice, at=at)


def test_recovery_codes_are_no_second_factor(cast):
    Authenticator.objects.create(user=cast.bob, type="recovery_codes", data={})
    assert second_factors.has_second_factor(user=cast.bob) is False

    add_app(cast.bob)
    assert second_factors.has_second_factor(user=cast.bob) is True


def test_change_is_told_to_each_company_of_the_person(cast, at):
    add_member(company=cast.contoso, email=cast.bob.email, name="", role_names=["Supporter"], at=at)

    second_factors.record_factor_change(user=cast.bob, verb="mfa_added", kind="totp", at=at, address="192.0.2.7")

    entries = AuditEntry.objects.filter(action="member.mfa_added")
    assert {entry.company for entry in entries} == {cast.northwind, cast.contoso}
    assert {(entry.actor, entry.address, entry.details["kind"]) for entry in entries} == {
        (cast.bob, "192.0.2.7", "totp")
    }


def test_reset_takes_all_factors_away_and_is_told_once(cast, at):
    add_app(cast.bob)
    Authenticator.objects.create(user=cast.bob, type="recovery_codes", data={})

    assert reset(cast, cast.bob, at) is True
    assert reset(cast, cast.bob, at) is False

    assert Authenticator.objects.filter(user=cast.bob).exists() is False
    entry = AuditEntry.objects.get(action="member.mfa_reset")
    assert (entry.actor, entry.object_id) == (cast.alice, str(cast.membership(cast.bob).pk))


def test_reset_needs_manage_users_in_that_company(cast, at):
    add_app(cast.bob)

    for actor in (cast.mona, cast.charlie):
        with pytest.raises(PermissionMissing):
            reset(cast, cast.bob, at, actor=actor)
    assert Authenticator.objects.filter(user=cast.bob).count() == 1


def test_factors_of_a_member_of_another_company_too_stay(cast, at):
    bob = cast.membership(cast.bob)
    add_app(cast.bob)
    add_member(company=cast.contoso, email=cast.bob.email, name="", role_names=["Supporter"], at=at)

    with pytest.raises(UnableToResetFactors, match="belongs to another company too"):
        second_factors.reset_factors(membership=bob, actor=cast.alice, at=at)
    assert Authenticator.objects.filter(user=cast.bob).count() == 1


def test_factors_of_who_runs_the_installation_stay(cast, at):
    add_app(cast.bob)
    User.objects.filter(pk=cast.bob.pk).update(is_staff=True)

    with pytest.raises(UnableToResetFactors, match="runs this installation"):
        reset(cast, cast.bob, at)
    assert Authenticator.objects.filter(user=cast.bob).count() == 1


def test_nobody_resets_the_factors_of_who_may_do_more(cast, at):
    add_app(cast.alice)
    helper = create_role(company=cast.northwind, name="Helper", permissions=["manage_users"], at=at)
    manager = Role.objects.get(company=cast.northwind, name="Support manager")
    change_member(membership=cast.membership(cast.mona), granted=[helper, manager], log_sessions=True, at=at)

    with pytest.raises(UnableToResetFactors, match="permissions that you do not hold"):
        reset(cast, cast.alice, at, actor=cast.mona)
