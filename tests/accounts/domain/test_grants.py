"""Nobody can grant what they do not hold: as a table, and against every session of a small world."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.grants import beyond, everything_in
from accounts.models import Company
from accounts.permissions import SESSION_PERMISSIONS, Permission
from accounts.tenancy import RoleGrants, reach_through

P = Permission
USERS, DEVICES = "accounts.usergroup", "policies.devicegroup"


def role(*permissions, **groups):
    """Grants of a role; *groups* limit it: user=[1], device=[2]."""
    labels = {"user": USERS, "device": DEVICES}
    on_groups = {p.value for p in permissions if p in SESSION_PERMISSIONS} if groups else set()
    return RoleGrants(
        company_id=1,
        on_company=frozenset(p.value for p in permissions) - on_groups,
        on_groups=frozenset(on_groups),
        groups={labels[kind]: frozenset(keys) for kind, keys in groups.items()},
    )


OWN_EDITOR = role(P.VIEW_OWN_REPORTS, P.EDIT_SUMMARIES)
ALL_EDITOR = role(P.VIEW_ALL_REPORTS, P.EDIT_SUMMARIES)

TABLE = {
    "nothing of nothing": ([], [], None),
    "what is held": ([role(P.MANAGE_USERS)], [role(P.MANAGE_USERS)], None),
    "what is not held": ([role(P.MANAGE_USERS)], [role(P.MANAGE_COMPANY)], P.MANAGE_COMPANY),
    "roles add up": ([role(P.MANAGE_USERS), role(P.MANAGE_CREDITS)], [role(P.MANAGE_USERS, P.MANAGE_CREDITS)], None),
    "own where own is held": ([OWN_EDITOR], [OWN_EDITOR], None),
    "own where all is held": ([ALL_EDITOR, role(P.VIEW_OWN_REPORTS)], [OWN_EDITOR], None),
    "all where own is held": ([OWN_EDITOR, role(P.VIEW_ALL_REPORTS)], [ALL_EDITOR], P.EDIT_SUMMARIES),
    "no view at all where own is held": ([OWN_EDITOR], [role(P.EDIT_SUMMARIES)], P.EDIT_SUMMARIES),
    "a group where all is held": ([ALL_EDITOR], [role(P.VIEW_ALL_REPORTS, user=[1])], None),
    "all where a group is held": (
        [role(P.VIEW_ALL_REPORTS, user=[1])],
        [role(P.VIEW_ALL_REPORTS)],
        P.VIEW_ALL_REPORTS,
    ),
    "the same group": ([role(P.VIEW_ALL_REPORTS, user=[1])], [role(P.VIEW_ALL_REPORTS, user=[1])], None),
    "another group": (
        [role(P.VIEW_ALL_REPORTS, user=[1])],
        [role(P.VIEW_ALL_REPORTS, user=[2])],
        P.VIEW_ALL_REPORTS,
    ),
    "a group of another kind with the same number": (
        [role(P.VIEW_ALL_REPORTS, user=[1])],
        [role(P.VIEW_ALL_REPORTS, device=[1])],
        P.VIEW_ALL_REPORTS,
    ),
    "one group more": (
        [role(P.VIEW_ALL_REPORTS, user=[1])],
        [role(P.VIEW_ALL_REPORTS, user=[1], device=[2])],
        P.VIEW_ALL_REPORTS,
    ),
    "groups held through two roles": (
        [role(P.VIEW_ALL_REPORTS, user=[1]), role(P.VIEW_ALL_REPORTS, device=[2])],
        [role(P.VIEW_ALL_REPORTS, user=[1], device=[2])],
        None,
    ),
    "a limit leaves what is not done to sessions": (
        [role(P.MANAGE_USERS, P.VIEW_ALL_REPORTS, user=[1])],
        [role(P.MANAGE_USERS)],
        None,
    ),
    "all of a group where one's own of it is held": (
        [role(P.VIEW_OWN_REPORTS, P.EDIT_SUMMARIES, user=[1]), role(P.VIEW_ALL_REPORTS)],
        [role(P.VIEW_ALL_REPORTS, P.EDIT_SUMMARIES, user=[1])],
        P.EDIT_SUMMARIES,
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_beyond_names_the_first_permission_that_reaches_further(case):
    held, wanted, expected = TABLE[case]

    assert beyond(held=held, wanted=wanted) is expected


@pytest.mark.parametrize("permission", Permission)
def test_whoever_holds_everything_may_grant_anything(permission):
    everything = everything_in(Company(pk=1))

    assert beyond(held=[everything], wanted=[role(permission)]) is None
    assert beyond(held=[], wanted=[role(permission)]) is permission


WORLD = [(USERS, 1), (USERS, 2), (DEVICES, 1)]
#: Every session there can be: one's own or not, in any of the groups.
SESSIONS = [
    (own, frozenset(group for group, inside in zip(WORLD, flags, strict=True) if inside))
    for own in (True, False)
    for flags in product((True, False), repeat=len(WORLD))
]
PERMISSIONS = st.sets(
    st.sampled_from([P.VIEW_ALL_REPORTS, P.VIEW_OWN_REPORTS, P.EDIT_SUMMARIES, P.MANAGE_USERS]), min_size=1
)
LIMITS = st.fixed_dictionaries(
    {}, optional={"user": st.sets(st.sampled_from([1, 2]), min_size=1), "device": st.just({1})}
)
ROLES = st.builds(lambda permissions, limits: role(*permissions, **limits), PERMISSIONS, LIMITS)


def reached(roles, permission):
    """What *roles* let a member do *permission* to, counted one by one: sessions, or the company itself."""
    found = set()
    for each in (each for each in roles if permission.value in each.codenames):
        if permission not in SESSION_PERMISSIONS:
            found.add("company")
            continue
        reach = reach_through(each, permission)
        groups = {(label, key) for label, keys in reach.groups.items() for key in keys}
        found |= {
            (own, inside) for own, inside in SESSIONS if (own or not reach.own_only) and (not groups or groups & inside)
        }
    return found


@given(held=st.lists(ROLES, max_size=3), wanted=st.lists(ROLES, max_size=2))
def test_beyond_agrees_with_counting_sessions(held, wanted):
    exceeding = {permission for permission in Permission if reached(wanted, permission) - reached(held, permission)}

    found = beyond(held=held, wanted=wanted)

    assert found in (exceeding or {None})
