from datetime import timedelta

import pytest

from accounts.domain import members, sign_ins
from accounts.models import AuditEntry, Membership, User


def last():
    return AuditEntry.objects.latest("pk")


def bob_in_both(cast, at):
    members.add_member(company=cast.contoso, email=cast.bob.email, name="", role_names=["Supporter"], at=at)


@pytest.mark.parametrize(
    ("record", "action"),
    [(sign_ins.record_sign_in, "member.signed_in"), (sign_ins.record_sign_out, "member.signed_out")],
)
def test_sign_in_and_out_are_told_to_each_company_of_the_person(cast, at, record, action):
    bob_in_both(cast, at)

    record(user=cast.bob, at=at, address="192.0.2.7")

    told = AuditEntry.objects.filter(action=action)
    assert {entry.company for entry in told} == {cast.northwind, cast.contoso}
    assert {(entry.actor, entry.address) for entry in told} == {(cast.bob, "192.0.2.7")}


def test_failed_sign_in_is_told_without_an_actor(cast, at):
    sign_ins.record_failed_sign_in(email=" BOB@northwind.example", at=at, address="192.0.2.7")

    assert (last().action, last().company, last().actor) == ("member.sign_in_failed", cast.northwind, None)
    assert last().object_id == str(cast.membership(cast.bob).pk)


def test_failed_sign_in_of_nobody_is_written_nowhere(cast, at):
    before = AuditEntry.objects.count()

    sign_ins.record_failed_sign_in(email="my-secret-password", at=at, address="192.0.2.7")

    assert AuditEntry.objects.count() == before


def test_switch_company_returns_the_one_chosen(cast, at):
    bob_in_both(cast, at)

    chosen = sign_ins.switch_company(user=cast.bob, company_id=cast.contoso.pk, at=at, address=None)

    assert chosen == cast.contoso
    assert (last().action, last().company, last().actor) == ("member.switched_company", cast.contoso, cast.bob)


def test_switch_company_refuses_another_ones(cast, at):
    with pytest.raises(sign_ins.NotAMember):
        sign_ins.switch_company(user=cast.bob, company_id=cast.contoso.pk, at=at, address=None)


def test_switch_company_refuses_a_membership_that_ended(cast, at):
    bob_in_both(cast, at)
    northwind = cast.bob.memberships.get(company=cast.northwind)
    members.remove_member(membership=northwind, at=at)

    with pytest.raises(sign_ins.NotAMember):
        sign_ins.switch_company(user=cast.bob, company_id=cast.northwind.pk, at=at, address=None)
    assert sign_ins.companies_of(user=cast.bob) == [cast.contoso]


def test_companies_of_begin_with_the_one_joined_first(cast, at):
    bob_in_both(cast, at)

    assert sign_ins.companies_of(user=cast.bob) == [cast.northwind, cast.contoso]


def test_change_profile_stores_and_tells(cast, at):
    sign_ins.change_profile(
        user=cast.bob, name="Robert", time_zone="Asia/Tokyo", language="de", has_key_shortcuts=False, at=at
    )

    bob = User.objects.get(pk=cast.bob.pk)
    assert (bob.name, bob.time_zone, bob.language) == ("Robert", "Asia/Tokyo", "de")
    assert last().action == "member.profile_changed"


def test_the_last_sign_in_is_the_companys_own(cast, at):
    bob_in_both(cast, at)
    sign_ins.record_sign_in(user=cast.bob, at=at, address=None)
    later = at + timedelta(hours=1)
    sign_ins.record_sign_in(user=cast.bob, at=later, address=None, company=cast.contoso)

    mine = Membership.objects.filter(user__in=[cast.bob, cast.alice])
    last = {(each.company, each.user): each.last_sign_in_at for each in sign_ins.with_last_sign_in(mine)}

    assert last == {
        (cast.northwind, cast.bob): at,
        (cast.contoso, cast.bob): later,
        (cast.northwind, cast.alice): None,
    }
