"""The list of members, and settings of many at once."""

import pytest
from django.urls import reverse

from accounts.domain import groups, members, roles
from accounts.models import Membership, User, UserGroup
from accounts.permissions import Permission
from tests.conftest import sign_in_freshly

LIST = reverse("admin:accounts_membership_changelist")
EDIT = reverse("admin:accounts_membership_edit_selected")


@pytest.fixture
def alice(client, cast):
    sign_in_freshly(client, cast.alice)
    return client


@pytest.fixture
def first_line(cast, at):
    return groups.create_group(company=cast.northwind, name="First line", members=[cast.membership(cast.bob)], at=at)


def choose(client, *ids, across=False, query=""):
    """Press *Edit user information* in the list."""
    sent = {
        "action": "edit_user_information",
        "index": "0",
        "select_across": "1" if across else "0",
        "_selected_action": ids,
    }
    return client.post(LIST + query, sent)


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def add_members(cast, at, count):
    for number in range(count):
        email = f"extra{number}@northwind.example"
        members.add_member(company=cast.northwind, email=email, name=f"Extra {number}", role_names=["Auditor"], at=at)


def test_list_shows_roles_groups_logging_and_state(alice, cast, at, first_line):
    members.remove_member(membership=cast.membership(cast.mona), at=at)
    listed = alice.get(LIST).context["cl"].result_list

    admin = alice.get(LIST).context["cl"].model_admin
    columns = ("name", "email", "role_names", "group_names", "logged", "state", "last_sign_in")
    assert [tuple(getattr(admin, column)(member) for column in columns[:6]) for member in listed] == [
        ("Alice", "alice@northwind.example", "Administrator", "none", "Yes", "Active"),
        ("Bob", "bob@northwind.example", "Supporter", "First line", "Yes", "Active"),
        ("Mona", "mona@northwind.example", "none", "none", "Yes", "Removed"),
    ]
    bob = next(member for member in listed if member.user == cast.bob)
    assert admin.last_sign_in(bob) == "never"


@pytest.mark.parametrize("more", [1, 3])
def test_list_costs_the_same_for_any_number_of_members(alice, cast, at, first_line, more, django_assert_num_queries):
    add_members(cast, at, more)
    alice.get(LIST)

    with django_assert_num_queries(LIST_QUERIES):
        alice.get(LIST)


#: Session with person and companies, grants, navigation; rows, their count, roles and groups, what the filters offer.
LIST_QUERIES = 10


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?is_active__exact=0", ["Mona"]),
        ("?is_active__exact=1", ["Alice", "Bob"]),
        ("?log_sessions__exact=0", ["Bob"]),
        ("?log_sessions__exact=1", ["Alice", "Mona"]),
        ("?log_sessions__exact=x", ["Alice", "Bob", "Mona"]),
        ("?is_active__exact=x", ["Alice", "Bob", "Mona"]),
        ("?q=bob%40north", ["Bob"]),
    ],
)
def test_list_is_narrowed(alice, cast, at, query, names):
    members.remove_member(membership=cast.membership(cast.mona), at=at)
    Membership.objects.filter(user=cast.bob).update(log_sessions=False)

    assert [str(member) for member in alice.get(LIST + query).context["cl"].result_list] == names


def test_list_is_narrowed_by_group(alice, cast, at, first_line):
    groups.create_group(company=cast.northwind, name="Others", members=[], at=at)

    listed = alice.get(f"{LIST}?user_groups__id__exact={first_line.pk}").context["cl"].result_list

    assert [str(member) for member in listed] == ["Bob"]


def test_chosen_members_are_counted_before_anything_changes(alice, cast, first_line):
    bob, mona = cast.membership(cast.bob).pk, cast.membership(cast.mona).pk

    answer = choose(alice, bob, mona, query="?log_sessions__exact=1")

    form = answer.context["form"]
    assert answer.context["chosen"].names == ["Bob", "Mona"]
    assert [label for _, label in form.fields["log_sessions"].choices] == [
        "Leave as it is (on for 2, off for 0)",
        "On: changes 0 of 2",
        "Off: changes 2 of 2. Their outgoing sessions are no longer summarised",
    ]
    assert [str(label) for _, label in form.fields["join"].choices] == ["No group", "First line: adds 1 of 2"]
    assert [str(label) for _, label in form.fields["leave"].choices] == ["No group", "First line: removes 1 of 2"]
    assert answer.context["filters"] == "log_sessions__exact=1"
    assert cast.membership(cast.bob).log_sessions is True


def test_select_all_reaches_beyond_the_page(alice, cast, at):
    add_members(cast, at, 50)
    first = alice.get(LIST).context["cl"].result_list[0].pk

    assert len(choose(alice, first, across=True).context["chosen"].ids) == 53
    assert len(choose(alice, first, across=True, query="?q=extra1").context["chosen"].ids) == 11


def test_settings_are_applied_and_the_list_comes_back_as_it_was(alice, cast, first_line):
    ids = f"{cast.membership(cast.bob).pk},{cast.membership(cast.mona).pk}"
    sent = {"members": ids, "filters": "q=o", "log_sessions": "off", "join": first_line.pk}

    answer = alice.post(EDIT, sent, follow=True)

    assert answer.redirect_chain == [(f"{LIST}?q=o", 302)]
    assert said(answer) == ["2 members changed."]
    assert [cast.membership(user).log_sessions for user in (cast.bob, cast.mona)] == [False, False]
    assert first_line.members.count() == 2


def test_result_counts_those_who_were_so_before_and_those_who_left(alice, cast, at):
    bob, mona = cast.membership(cast.bob), cast.membership(cast.mona)
    Membership.objects.filter(pk=bob.pk).update(log_sessions=False)
    members.remove_member(membership=mona, at=at)
    ids = f"{bob.pk},{mona.pk},{cast.membership(cast.alice).pk},{cast.membership(cast.charlie).pk}"

    answer = alice.post(EDIT, {"members": ids, "log_sessions": "off"}, follow=True)

    assert said(answer) == [
        "1 member changed. 1 member had these settings already. "
        "2 people were skipped, because they are no longer members."
    ]
    assert cast.membership(cast.charlie).log_sessions is True


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "Nothing is to be changed yet. Choose at least one setting."),
        ({"join": "first", "leave": "first"}, "The same group cannot be joined and left. Choose one of the two."),
    ],
)
def test_settings_that_change_nothing_are_asked_again(alice, cast, first_line, settings, sentence):
    keys = dict.fromkeys(settings, first_line.pk)

    answer = alice.post(EDIT, {"members": str(cast.membership(cast.mona).pk), **keys})

    assert answer.context["form"].non_field_errors() == [sentence]
    assert answer.context["chosen"].names == ["Mona"]


def test_another_companys_group_is_no_choice(alice, cast):
    theirs = UserGroup.objects.create(company=cast.contoso, name="Theirs")

    answer = alice.post(EDIT, {"members": str(cast.membership(cast.bob).pk), "join": theirs.pk})

    assert list(answer.context["form"].errors) == ["join"]
    assert theirs.members.count() == 0


@pytest.mark.parametrize("ids", ["", "x", "1,x", "²", "9" * 40, ",".join(["1"] * 10_001)])
def test_a_forged_selection_is_refused(alice, ids):
    assert alice.post(EDIT, {"members": ids, "log_sessions": "off"}).status_code == 400


def test_nobody_left_to_change_leads_back(alice, cast):
    answer = alice.post(EDIT, {"members": str(cast.membership(cast.charlie).pk), "log_sessions": "x"}, follow=True)

    assert said(answer) == ["None of the chosen is a member any more. Choose members and try again."]


def test_a_group_beyond_ones_reach_is_refused_with_the_reason(client, cast, at, first_line):
    lead = [Permission.MANAGE_USERS, Permission.VIEW_ALL_REPORTS]
    roles.create_role(company=cast.northwind, name="Lead", permissions=lead, limits=[first_line], at=at)
    dora = members.add_member(company=cast.northwind, email="d@x.example", name="Dora", role_names=["Lead"], at=at).user
    sign_in_freshly(client, User.objects.get(pk=dora.pk))

    answer = client.post(EDIT, {"members": str(cast.membership(cast.mona).pk), "join": first_line.pk})

    assert answer.context["form"].non_field_errors()[0].startswith("“First line” limits the role “Lead”")


def test_member_page_saves_roles_groups_and_logging(alice, cast, first_line):
    mona = cast.membership(cast.mona)
    sent = {"roles": [role.pk for role in mona.roles.all()], "user_groups": [first_line.pk], "new_password": ""}

    alice.post(reverse("admin:accounts_membership_change", args=[mona.pk]), sent)

    changed = cast.membership(cast.mona)
    assert (changed.log_sessions, list(changed.user_groups.all())) == (False, [first_line])
    assert [role.name for role in changed.roles.all()] == ["Support manager"]


def test_removing_a_member_by_page(alice, cast):
    bob = cast.membership(cast.bob)

    answer = alice.post(reverse("admin:accounts_membership_delete", args=[bob.pk]), {"post": "yes"}, follow=True)

    assert said(answer) == ["Bob is no longer a member, and is out at the next request."]
    assert cast.membership(cast.bob).is_active is False
    assert (
        alice.get(reverse("admin:accounts_membership_change", args=[bob.pk])).context["has_change_permission"] is False
    )


def test_a_selection_of_nobody_says_so(alice):
    assert said(alice.post(LIST, {"action": "edit_user_information", "index": "0"}, follow=True)) == [
        "Items must be selected in order to perform actions on them. No items have been changed."
    ]
