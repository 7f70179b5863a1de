"""The role × permission matrix, what a person may do, roles with limits and groups by page."""

import pytest
from django.urls import reverse

from accounts.domain import groups, members, roles
from accounts.domain.role_limits import limits_of
from accounts.models import Role, User, UserGroup
from accounts.permissions import Permission
from policies.models import DeviceGroup
from tests.conftest import sign_in_freshly

MATRIX = reverse("accounts:role_matrix")


@pytest.fixture
def alice(client, cast):
    sign_in_freshly(client, cast.alice)
    return client


@pytest.fixture
def first_line(cast, at):
    return groups.create_group(company=cast.northwind, name="First line", members=[], at=at)


@pytest.fixture
def desk(cast, at):
    """Dora manages users only."""
    roles.create_role(company=cast.northwind, name="Desk", permissions=[Permission.MANAGE_USERS], at=at)
    return members.add_member(company=cast.northwind, email="d@x.example", name="Dora", role_names=["Desk"], at=at).user


def test_a_role_is_created_and_changed_with_limits(alice, cast, first_line):
    tills = DeviceGroup.objects.create(company=cast.northwind, name="Tills")
    sent = {"name": "Reader", "permissions": ["view_all_reports"], "limit_usergroup": [first_line.pk]}

    alice.post(reverse("admin:accounts_role_add"), sent)
    role = Role.objects.get(name="Reader")
    assert limits_of(role=role) == [first_line]

    address = reverse("admin:accounts_role_change", args=[role.pk])
    assert alice.get(address).context["adminform"].form.initial["limit_usergroup"] == [first_line.pk]
    alice.post(address, {"name": "Reader", "permissions": ["view_all_reports"], "limit_devicegroup": [tills.pk]})
    assert limits_of(role=role) == [tills]


def test_another_companys_group_is_no_limit(alice, cast):
    theirs = UserGroup.objects.create(company=cast.contoso, name="Theirs")
    sent = {"name": "Reader", "permissions": ["view_all_reports"], "limit_usergroup": [theirs.pk]}

    answer = alice.post(reverse("admin:accounts_role_add"), sent)

    assert list(answer.context["adminform"].form.errors) == ["limit_usergroup"]
    assert not Role.objects.filter(name="Reader").exists()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": "x" * 51}, "name"),
        ({"name": "Reader", "permissions": ["rule_the_world"]}, "permissions"),
        ({"name": "auditor"}, "__all__"),
    ],
)
def test_a_wrong_role_is_a_form_error(alice, cast, sent, field):
    answer = alice.post(reverse("admin:accounts_role_add"), sent)

    assert list(answer.context["adminform"].form.errors) == [field]


def test_limits_without_anything_to_limit_say_so(alice, first_line):
    sent = {"name": "Reader", "permissions": ["manage_users"], "limit_usergroup": [first_line.pk]}

    answer = alice.post(reverse("admin:accounts_role_add"), sent)

    assert answer.context["adminform"].form.non_field_errors() == [
        "Limits hold for what is done to sessions. Choose such a permission too, or remove the limits."
    ]


def test_a_role_is_read_by_those_who_manage_users(client, cast, desk, at, first_line):
    role = roles.create_role(
        company=cast.northwind, name="Reader", permissions=["view_all_reports"], limits=[first_line], at=at
    )
    sign_in_freshly(client, desk)

    answer = client.get(reverse("admin:accounts_role_change", args=[role.pk]))

    admin = answer.context["adminform"].model_admin
    assert admin.permission_names(role) == "View all connection reports"
    assert admin.limits(role) == "First line"
    listed = client.get(reverse("admin:accounts_role_changelist")).context["cl"].result_list
    assert {each.name: admin.limits(each) for each in listed}["Reader"] == "user group “First line”"


def test_a_group_is_created_changed_and_deleted_by_page(alice, cast):
    bob, mona = cast.membership(cast.bob), cast.membership(cast.mona)
    alice.post(reverse("admin:accounts_usergroup_add"), {"name": "First line", "members": [bob.pk]})
    group = UserGroup.objects.get()
    assert list(group.members.all()) == [bob]

    alice.post(reverse("admin:accounts_usergroup_change", args=[group.pk]), {"name": "Second", "members": [mona.pk]})
    group.refresh_from_db()
    assert (group.name, list(group.members.all())) == ("Second", [mona])

    alice.post(reverse("admin:accounts_usergroup_delete", args=[group.pk]), {"post": "yes"})
    assert not UserGroup.objects.exists()


def test_the_page_of_a_group_keeps_who_left_and_says_who_that_is(alice, cast, at, first_line):
    first_line.members.add(cast.membership(cast.bob))
    members.remove_member(membership=cast.membership(cast.bob), at=at)
    address = reverse("admin:accounts_usergroup_change", args=[first_line.pk])
    page = alice.get(address)
    form = page.context["adminform"].form

    assert "Bob (no longer a member)" in page.content.decode()
    sent = {"name": "First line", "members": [each.pk for each in form.initial["members"]]}
    alice.post(address, sent)
    assert list(first_line.members.all()) == [cast.membership(cast.bob)]
    listed = alice.get(reverse("admin:accounts_usergroup_changelist")).context["cl"].result_list
    assert [(each.name, each.inside) for each in listed] == [("First line", 0)]

    alice.post(address, {"name": "First line", "members": []})
    assert not first_line.members.exists()


def test_a_group_that_limits_a_role_is_kept_and_says_so(alice, cast, at, first_line):
    roles.create_role(
        company=cast.northwind, name="Reader", permissions=["view_all_reports"], limits=[first_line], at=at
    )

    answer = alice.post(reverse("admin:accounts_usergroup_delete", args=[first_line.pk]), {"post": "yes"}, follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "“First line” limits the role “Reader”. Limit the role to another group first, or delete it."
    ]
    assert UserGroup.objects.get() == first_line


def test_a_group_is_read_by_those_who_manage_the_company(client, cast, at, first_line):
    roles.create_role(company=cast.northwind, name="Boss", permissions=[Permission.MANAGE_COMPANY], at=at)
    boss = members.add_member(company=cast.northwind, email="e@x.example", name="Erin", role_names=["Boss"], at=at)
    sign_in_freshly(client, boss.user)

    answer = client.get(reverse("admin:accounts_usergroup_change", args=[first_line.pk]))

    assert answer.context["adminform"].model_admin.member_names(first_line) == "none"


def test_matrix_links_to_roles_for_those_who_may_change_them(client, cast, desk):
    for user, may_edit in [(cast.alice, True), (desk, False)]:
        client.force_login(User.objects.get(pk=user.pk))
        assert client.get(MATRIX).context["may_edit"] is may_edit


def test_a_members_access_is_shown_to_those_who_manage_users(client, cast, desk):
    client.force_login(desk)

    answer = client.get(reverse("accounts:member_access", args=[cast.membership(cast.bob).pk]))

    assert (answer.context["title"], answer.context["is_own"]) == ("What Bob may do", False)


@pytest.mark.parametrize("key", ["x", "0", "²", "9" * 40])
def test_a_members_access_of_no_member_is_not_found(client, cast, key):
    client.force_login(cast.alice)

    assert client.get(reverse("accounts:member_access", args=[key])).status_code == 404


def test_everybody_sees_what_they_may_do(client, cast):
    client.force_login(cast.bob)

    answer = client.get(reverse("accounts:own_access"))

    assert (answer.context["title"], answer.context["membership"]) == ("What you may do", cast.membership(cast.bob))


def test_one_without_a_company_sees_no_access(client, cast, at):
    members.remove_member(membership=cast.membership(cast.bob), at=at)
    client.force_login(cast.bob)

    assert client.get(reverse("accounts:own_access")).status_code == 404
    assert client.get(MATRIX).status_code == 403
