"""Roles that generate summaries may ask the copilot after the migration, wherever they are limited to."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from guardian.models import GroupObjectPermission

from accounts.models import Role
from accounts.permissions import Permission
from accounts.tenancy import grants_by_role
from policies.models import DeviceGroup
from tests.role_limits import limited_role

MIGRATION = import_module("policies.migrations.0007_permission_to_ask_the_copilot")
EDITOR = SimpleNamespace(connection=connection)


@pytest.fixture
def roles(cast):
    """Northwind's roles with one that is limited to a group, all of them as they were before the migration."""
    site = DeviceGroup.objects.create(company=cast.northwind, name="Site")
    limited_role(
        cast.membership(cast.bob), "Site", [Permission.GENERATE_SUMMARIES, Permission.VIEW_ALL_REPORTS], [site]
    )
    MIGRATION.let_nobody_ask(apps, EDITOR)
    return Role.objects.filter(company=cast.northwind).order_by("name")


def who_may(roles, codename):
    return [role.name for role in roles if codename in role.permissions]


def test_roles_that_generate_may_ask(roles):
    assert who_may(roles, "ask_copilot") == []

    MIGRATION.let_ask(apps, EDITOR)
    MIGRATION.let_ask(apps, EDITOR)

    roles = roles.all()
    assert who_may(roles, "ask_copilot") == who_may(roles, "generate_summaries")
    for role in roles:
        grants = grants_by_role(pk=role.pk)[role.pk]
        assert grants.codenames == set(role.permissions)
    asked = GroupObjectPermission.objects.filter(group__role__in=roles, permission__codename="ask_copilot")
    assert {each.content_type.model for each in asked} == {"company", "devicegroup"}
