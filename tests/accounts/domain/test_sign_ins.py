from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from accounts.domain import members, sign_ins
from accounts.models import AuditEntry, Membership, SignIn, User


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


def add_sign_in(user, at, key):
    Session.objects.create(session_key=key, session_data=f"data {key}", expire_date=at + timedelta(hours=1))
    SignIn.objects.create(user=user, session_key=key, created_at=at, seen_at=at)


@pytest.mark.parametrize(
    ("ended", "left"), [([], ["northwind", "contoso"]), (["northwind"], ["contoso"]), (["northwind", "contoso"], [])]
)
def test_a_session_comes_with_its_user_who_knows_their_companies(cast, at, django_assert_num_queries, ended, left):
    bob_in_both(cast, at)
    Membership.objects.filter(user=cast.bob, company__slug__in=ended).update(is_active=False)
    add_sign_in(cast.charlie, at, "of charlie")
    add_sign_in(cast.bob, at, "of bob")

    with django_assert_num_queries(1):
        data, user = sign_ins.read_sign_in(session_key="of bob", at=at)
        companies = sign_ins.companies_of(user=user)

    assert (data, user, user.email) == ("data of bob", cast.bob, cast.bob.email)
    assert [company.slug for company in companies] == left
    assert companies == sign_ins.companies_of(user=User.objects.get(pk=cast.bob.pk))


def test_a_session_that_ended_or_is_no_sign_in_is_not_read(cast, at):
    add_sign_in(cast.bob, at, "of bob")
    add_sign_in(cast.bob, at, "gone")
    Session.objects.get(session_key="gone").delete()
    Session.objects.create(session_key="a visitor", session_data="data", expire_date=at + timedelta(hours=1))

    read = [sign_ins.read_sign_in(session_key=key, at=at) for key in ("gone", "a visitor", "nobody", "")]
    late = sign_ins.read_sign_in(session_key="of bob", at=at + timedelta(hours=1))

    assert [*read, late] == [None] * 5


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
