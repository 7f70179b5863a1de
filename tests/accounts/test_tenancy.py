import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from guardian.shortcuts import assign_perm

from accounts.domain.members import add_member
from accounts.models import Membership, Role, User
from accounts.permissions import Permission
from accounts.tenancy import (
    PermissionMissing,
    access_or_404,
    company_ids_with,
    forget_grants,
    grants_of,
    holds,
    require,
)
from policies.models import Device


def again(user):
    return User.objects.get(pk=user.pk)


def test_a_role_reaches_its_own_company_and_no_other(cast):
    assert company_ids_with(cast.alice, Permission.VIEW_ALL_REPORTS) == [cast.northwind.pk]
    assert company_ids_with(cast.bob, Permission.VIEW_ALL_REPORTS) == []
    assert company_ids_with(cast.bob, Permission.VIEW_OWN_REPORTS) == [cast.northwind.pk]
    assert company_ids_with(cast.charlie, Permission.VIEW_ALL_REPORTS) == [cast.contoso.pk]


def test_roles_in_two_companies_stay_apart(cast, at):
    add_member(company=cast.contoso, email=cast.bob.email, name="", role_names=["Auditor"], at=at)

    bob = again(cast.bob)
    assert company_ids_with(bob, Permission.VIEW_OWN_REPORTS) == [cast.northwind.pk]
    assert company_ids_with(bob, Permission.VIEW_EVENT_LOGS) == [cast.contoso.pk]


def test_all_permissions_cost_one_query_for_each_user_object(cast, django_assert_num_queries):
    bob = again(cast.bob)

    with django_assert_num_queries(1):
        for permission in Permission:
            company_ids_with(bob, permission)


def test_forget_grants_reads_them_again(cast):
    assert holds(cast.bob, Permission.VIEW_SUMMARIES, cast.northwind.pk) is True
    Membership.objects.filter(user=cast.bob).update(is_active=False)
    assert holds(cast.bob, Permission.VIEW_SUMMARIES, cast.northwind.pk) is True

    forget_grants(cast.bob)

    assert holds(cast.bob, Permission.VIEW_SUMMARIES, cast.northwind.pk) is False


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_superuser": True, "is_staff": True}])
def test_neither_account_flags_nor_superusers_open_a_company(cast, change):
    User.objects.filter(pk=cast.charlie.pk).update(**change)

    assert grants_of(again(cast.charlie)).get(cast.northwind.pk) is None


def test_a_superuser_without_a_membership_reaches_nothing(cast):
    assert grants_of(User.objects.create_superuser("root@portal.example", name="Root")) == {}


def test_visitors_reach_nothing(cast):
    assert grants_of(AnonymousUser()) == {}
    assert list(Device.objects.visible_to(AnonymousUser())) == list(Device.objects.visible_to(None)) == []


def test_a_grant_on_another_company_opens_nothing(cast):
    role = Role.objects.get(company=cast.northwind, name="Supporter")
    assign_perm("manage_company", role.group, cast.contoso)

    assert cast.contoso.pk not in grants_of(again(cast.bob))
    assert "manage_company" not in grants_of(again(cast.bob))[cast.northwind.pk]


def test_a_global_permission_opens_nothing(cast):
    assign_perm("accounts.manage_company", cast.bob)

    assert holds(again(cast.bob), Permission.MANAGE_COMPANY, cast.northwind.pk) is False


def test_require_says_what_is_missing(cast):
    with pytest.raises(PermissionMissing, match=r"do not include “Manage users”\. Ask an administrator"):
        require(cast.bob, Permission.MANAGE_USERS, cast.northwind.pk)


def test_access_or_404_reads_alike_for_missing_and_foreign(cast):
    foreign = Device.objects.create(company=cast.contoso, name="Z-1")
    mine = Device.objects.create(company=cast.northwind, name="A-1")
    seen = Device.objects.visible_to(cast.alice)

    assert access_or_404(seen, pk=mine.pk) == mine
    with pytest.raises(Http404) as of_foreign:
        access_or_404(seen, pk=foreign.pk)
    with pytest.raises(Http404) as of_missing:
        access_or_404(seen, pk=0)
    assert str(of_foreign.value) == str(of_missing.value)


def test_of_company_narrows(cast):
    Device.objects.create(company=cast.contoso, name="Z-1")
    mine = Device.objects.create(company=cast.northwind, name="A-1")

    assert list(Device.objects.of_company(cast.northwind)) == [mine]
