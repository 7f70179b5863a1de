"""What roles reach, held against the same rule in plain Python for all pairs of roles that matter."""

from itertools import combinations_with_replacement, product

import pytest
from django.contrib.auth.models import AnonymousUser
from guardian.shortcuts import assign_perm

from accounts.domain.members import add_member, remove_member
from accounts.models import User, UserGroup
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing
from policies.models import Device
from summaries.domain.reading.reach import reached_among, reaches, require_on, sees
from summaries.models import ConsentEntry, Interaction, Summary, SummaryRevision, SupportSession
from summaries.models import reach as model_reach
from tests.conftest import NOW
from tests.reach_world import RoleOf, may, standing_place, undone
from tests.role_limits import limited_role

#: So that `place` stands in a database of the tests, whichever of them runs alone.
pytestmark = pytest.mark.django_db

P = Permission
READING = (frozenset(), frozenset({P.VIEW_ALL_REPORTS}), frozenset({P.VIEW_OWN_REPORTS}))
READS = (P.VIEW_ALL_REPORTS, P.VIEW_OWN_REPORTS)
DOING = (frozenset({P.VIEW_SUMMARIES}), frozenset({P.VIEW_SUMMARIES, P.APPROVE_SUMMARIES}))


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker):
    with standing_place(django_db_blocker) as standing:
        yield standing


@pytest.fixture(autouse=True)
def undo(place):
    with undone():
        yield


def numbers(sessions):
    return {session.number for session in sessions}


def limits_of(place):
    return [], [place.team], [place.site], [place.team, place.site]


def test_every_pair_of_roles_reaches_what_the_rule_says(place):
    """Rosa, of the team, works at the site and elsewhere. She holds any two of 24 roles, with and without limits."""
    membership = place.cast.membership(place.rosa)
    membership.roles.clear()
    place.rosa.groups.clear()
    kinds = [
        (RoleOf(reading | doing, limits), limited_role(membership, f"{number}", reading | doing, limits))
        for number, (reading, doing, limits) in enumerate(
            (reading, doing, limits) for reading, doing, limits in product(READING, DOING, limits_of(place))
        )
    ]
    sessions = place.sessions
    for (first, one), (second, other) in combinations_with_replacement(kinds, 2):
        membership.user.groups.set([one.group, other.group])
        rosa = User.objects.get(pk=place.rosa.pk)
        expected = {
            permission: {each.number for each in sessions if may([first, second], rosa, permission, each)}
            for permission in (P.VIEW_SUMMARIES, P.APPROVE_SUMMARIES)
        }
        visible = {each.number for each in sessions if any(may([first, second], rosa, p, each) for p in READS)}

        assert numbers(SupportSession.objects.visible_to(rosa)) == visible
        assert numbers(SupportSession.objects.visible_in(rosa, place.cast.northwind)) == visible
        assert {each.number for each in sessions if sees(user=rosa, session=each)} == visible
        for permission, found in expected.items():
            assert numbers(SupportSession.objects.reached_with(rosa, permission)) == found
            assert numbers(SupportSession.objects.reached_with(rosa, permission, place.cast.northwind)) == found
            assert {s.number for s in sessions if reaches(user=rosa, permission=permission, session=s)} == found


@pytest.mark.parametrize("persona", ["everything", "user group", "own in a group", "acts in a group"])
def test_what_belongs_to_a_session_is_seen_with_it(place, persona):
    user = place.personas[persona].user
    seen = SupportSession.objects.visible_to(user)
    read = SupportSession.objects.reached_with(user, P.VIEW_SUMMARIES)

    summaries = Summary.objects.visible_to(user)
    assert numbers(row.session for row in summaries) == numbers(read.filter(summary__isnull=False))
    assert set(Summary.objects.visible_in(user, place.cast.northwind)) == set(summaries)
    texts = SummaryRevision.objects.visible_to(user)
    assert numbers(row.summary.session for row in texts) == numbers(read.filter(summary__revisions__isnull=False))
    assert numbers(row.session for row in Interaction.objects.visible_to(user)) == numbers(
        seen.filter(interaction_count__gte=0, interactions__isnull=False)
    )
    assert set(ConsentEntry.objects.visible_to(user)) == set()


def test_roles_in_two_companies_add_up_and_stay_apart(place, at):
    user = place.personas["user group"].user
    add_member(company=place.cast.contoso, email=user.email, name="", role_names=["Auditor"], at=at)
    user = User.objects.get(pk=user.pk)

    assert numbers(SupportSession.objects.visible_in(user, place.cast.contoso)) == {1}
    everywhere = SupportSession.objects.visible_to(user)
    assert numbers(everywhere.of_company(place.cast.contoso)) == {1}
    assert numbers(everywhere.of_company(place.cast.northwind)) == numbers(
        SupportSession.objects.visible_in(user, place.cast.northwind)
    )


def test_visitors_and_nobody_reach_nothing(place):
    for nobody in (None, AnonymousUser()):
        assert list(SupportSession.objects.visible_to(nobody)) == []
        assert list(Summary.objects.visible_to(nobody)) == []


def test_a_session_that_is_hidden_is_reached_by_nobody(place):
    session = place.sessions[0]
    session.status = "IMPORTING"

    assert sees(user=place.cast.alice, session=session) is False
    assert reaches(user=place.cast.alice, permission=P.VIEW_SUMMARIES, session=session) is False


def test_require_on_tells_a_missing_permission_from_one_that_does_not_reach(place):
    session = next(each for each in place.sessions if each.number == 3)

    require_on(user=place.cast.alice, permission=P.APPROVE_SUMMARIES, session=session)
    with pytest.raises(PermissionMissing, match=r"“Approve summaries” for this session\. Ask an administrator"):
        require_on(user=place.personas["acts in a group"].user, permission=P.APPROVE_SUMMARIES, session=session)
    with pytest.raises(PermissionMissing, match=r"“Approve summaries”\. Ask an administrator"):
        require_on(user=place.rosa, permission=P.APPROVE_SUMMARIES, session=session)


@pytest.mark.parametrize(
    ("persona", "queries"),
    [("everything", 1), ("own", 1), ("device group", 1), ("user group", 2), ("both groups", 2), ("acts in a group", 2)],
)
def test_all_permissions_on_many_sessions_cost_few_queries(place, django_assert_num_queries, persona, queries):
    sessions = place.sessions
    user = User.objects.get(pk=place.personas[persona].user.pk)

    with django_assert_num_queries(queries):
        for permission in (P.VIEW_SUMMARIES, P.APPROVE_SUMMARIES, P.MODIFY_REPORTS):
            reached_among(user=user, permission=permission, sessions=sessions)


def test_a_removed_member_a_changed_group_and_a_moved_device_count_at_once(place, at):
    team_member, at_site = place.personas["user group"], place.personas["device group"]

    def seen(persona):
        return numbers(SupportSession.objects.visible_to(User.objects.get(pk=persona.user.pk)))

    assert (3 in seen(team_member), 3 in seen(at_site)) == (False, False)
    place.team.members.add(place.cast.membership(place.cast.mona))
    assert 3 in seen(team_member)
    place.team.members.remove(place.cast.membership(place.cast.mona))
    assert 3 not in seen(team_member)
    Device.objects.filter(company=place.cast.northwind, name="ACC-2").update(group=place.site)
    assert 3 in seen(at_site)
    remove_member(membership=at_site.membership, at=at)
    assert seen(at_site) == set()


def test_a_group_keeps_the_sessions_of_a_member_who_left(place, at):
    remove_member(membership=place.cast.membership(place.cast.bob), at=at)
    user = User.objects.get(pk=place.personas["user group"].user.pk)

    assert 1 in numbers(SupportSession.objects.visible_to(user))


def test_more_devices_than_are_named_one_by_one_are_found_all_the_same(place, monkeypatch):
    monkeypatch.setattr(model_reach, "MOST_DEVICE_IDS", 0)
    at_site = place.personas["device group"]
    user = User.objects.get(pk=at_site.user.pk)

    expected = {each.number for each in place.sessions if may(at_site.roles, user, P.VIEW_ALL_REPORTS, each)}

    assert numbers(SupportSession.objects.visible_to(user)) == expected


def test_a_limited_role_sees_the_devices_of_its_groups_only(place):
    Device.objects.create(company=place.cast.contoso, name="FOREIGN-2")

    def devices(user):
        return {device.name for device in Device.objects.visible_to(user)}

    def reader(name, group):
        email = f"{name.lower()}@northwind.example"
        membership = add_member(company=place.cast.northwind, email=email, name=name, role_names=[], at=NOW)
        limited_role(membership, f"Of {name}", frozenset({P.VIEW_ALL_REPORTS}), [group])
        return membership.user

    assert devices(place.cast.alice) == devices(place.rosa) == {"ACC-1", "ACC-2"}
    assert devices(reader("Sven", place.site)) == {"ACC-1"}
    assert devices(reader("Tina", place.team)) == set()


def test_a_group_of_another_company_opens_nothing(place):
    """A grant that names a foreign group, put past the domain: what it reaches stays in the role's own company."""
    foreign = UserGroup.objects.create(company=place.cast.contoso, name="Foreign")
    foreign.members.add(place.cast.membership(place.cast.charlie))
    role = place.personas["user group"].membership.roles.get()
    for permission in (P.VIEW_ALL_REPORTS, P.VIEW_SUMMARIES):
        assign_perm(permission.value, role.group, foreign)
    user = User.objects.get(pk=place.personas["user group"].user.pk)

    assert list(SupportSession.objects.visible_to(user).of_company(place.cast.contoso)) == []
    assert "Foreign" not in {summary.title for summary in Summary.objects.visible_to(user)}
