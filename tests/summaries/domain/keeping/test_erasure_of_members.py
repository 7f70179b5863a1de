"""Who may erase a member: whoever may end the membership, and holds what the member holds."""

import pytest

from accounts.domain.members import change_member
from accounts.domain.roles import create_role
from accounts.models import Membership, User
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing
from summaries.domain.keeping.data_subjects import find
from summaries.domain.keeping.erasure import UnableToErase, erase
from tests.conftest import NOW

P = Permission


def promote(cast, permissions):
    """Make Bob hold exactly these."""
    role = create_role(company=cast.northwind, name="Settings", permissions=permissions, at=NOW)
    change_member(membership=cast.membership(cast.bob), granted=[role], log_sessions=True, at=NOW)


def mona(cast):
    key = str(cast.membership(cast.mona).pk)
    return find(company=cast.northwind, kind="member", key=key, actor=cast.bob)


def test_settings_alone_end_no_membership(cast, at):
    promote(cast, set(Permission) - {P.MANAGE_USERS})

    with pytest.raises(PermissionMissing, match="Manage users"):
        erase(subject=mona(cast), actor=cast.bob, at=at)

    assert Membership.objects.get(user=cast.mona).is_active is True


def test_who_holds_more_is_not_erased(cast, at):
    promote(cast, {P.MANAGE_COMPANY, P.MANAGE_USERS})

    with pytest.raises(UnableToErase, match="Mona holds permissions that you do not hold"):
        erase(subject=mona(cast), actor=cast.bob, at=at)

    assert User.objects.get(pk=cast.mona.pk).name == "Mona"


def test_who_holds_as_much_is_erased(cast, at):
    promote(cast, set(Permission))

    erase(subject=mona(cast), actor=cast.bob, at=at)

    assert User.objects.get(pk=cast.mona.pk).is_active is False
