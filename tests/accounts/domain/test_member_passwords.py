"""Passwords that an administrator sets for others."""

import pytest
from django.core.exceptions import ValidationError

from accounts.domain import members
from accounts.models import AuditEntry, Membership, User
from tests.accounts.domain.test_members import GOOD, user_manager
from tests.conftest import PASSWORD


def test_set_password_replaces_it(cast, at):
    members.set_password(membership=cast.membership(cast.bob), password=GOOD, actor=cast.alice, at=at)

    assert User.objects.get(pk=cast.bob.pk).check_password(GOOD) is True
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.details) == ("member.password_set", {})


def test_set_password_refuses_a_weak_one(cast, at):
    with pytest.raises(ValidationError):
        members.set_password(membership=cast.membership(cast.bob), password="short", at=at)
    assert User.objects.get(pk=cast.bob.pk).check_password(PASSWORD) is True


def test_set_password_does_not_reach_those_who_hold_more(cast, at):
    dora = user_manager(cast, at)

    with pytest.raises(members.UnableToSetPassword, match="permissions that you do not hold"):
        members.set_password(membership=cast.membership(cast.alice), password=GOOD, actor=dora, at=at)
    assert User.objects.get(pk=cast.alice.pk).check_password(PASSWORD) is True


def test_set_password_does_not_reach_into_another_company(cast, at):
    members.add_member(company=cast.contoso, email=cast.bob.email, name="", role_names=["Administrator"], at=at)
    northwind = Membership.objects.get(company=cast.northwind, user=cast.bob)

    with pytest.raises(members.UnableToSetPassword, match="another company"):
        members.set_password(membership=northwind, password=GOOD, actor=cast.alice, at=at)


def test_set_password_does_not_reach_those_whom_another_company_may_take_back(cast, at):
    members.remove_member(membership=cast.membership(cast.bob), at=at)
    contoso = members.add_member(company=cast.contoso, email=cast.bob.email, name="", role_names=["Supporter"], at=at)

    with pytest.raises(members.UnableToSetPassword, match="another company"):
        members.set_password(membership=contoso, password=GOOD, actor=cast.charlie, at=at)
    assert User.objects.get(pk=cast.bob.pk).check_password(PASSWORD) is True


def test_set_password_does_not_reach_who_runs_the_installation(cast, at):
    User.objects.filter(pk=cast.bob.pk).update(is_staff=True)

    with pytest.raises(members.UnableToSetPassword, match="runs this installation"):
        members.set_password(membership=cast.membership(cast.bob), password=GOOD, actor=cast.alice, at=at)
    assert User.objects.get(pk=cast.bob.pk).check_password(PASSWORD) is True
