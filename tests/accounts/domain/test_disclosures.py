from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.domain import disclosures
from accounts.domain.disclosures import UnableToDisclose
from accounts.domain.members import add_member
from accounts.domain.pseudonyms import names_for
from accounts.models import AuditEntry, Disclosure
from accounts.tenancy import PermissionMissing


@pytest.fixture
def audrey(cast, at):
    return add_member(
        company=cast.northwind, email="audrey@northwind.example", name="Audrey", role_names=["Auditor"], at=at
    ).user


@pytest.fixture
def anna(cast, at):
    """A second administrator."""
    return add_member(
        company=cast.northwind, email="anna@northwind.example", name="Anna", role_names=["Administrator"], at=at
    ).user


@pytest.fixture
def council(cast, at):
    disclosures.switch_on(company=cast.northwind, actor=cast.alice, at=at)
    return cast.northwind


@pytest.fixture
def ask(cast, council, at):
    def ask(*, actor=None, reason="A complaint", about=None):
        names = names_for(company=council, viewer=cast.charlie, at=at)
        pseudonym = names.pseudonyms[(about or cast.bob).pk]
        return disclosures.request_name(
            company=council, pseudonym=pseudonym, actor=actor or cast.alice, reason=reason, at=at
        )

    return ask


def actions(company):
    return list(
        AuditEntry.objects.filter(company=company, action__regex="^(disclosure|works_council)")
        .order_by("pk")
        .values_list("action", "actor__name")
    )


def views(company, viewer, at):
    names = names_for(company=company, viewer=viewer, at=at)
    return disclosures.list_disclosures(company=company, viewer=viewer, names=names, at=at)


def test_a_name_is_revealed_by_two_members_for_a_day(cast, council, audrey, ask, at):
    asked = ask()
    disclosures.confirm(disclosure=asked, actor=audrey, at=at + timedelta(hours=2))

    def shown(viewer, moment):
        return names_for(company=council, viewer=viewer, at=moment).is_shown(cast.bob.pk)

    later = at + timedelta(hours=2)
    assert [shown(viewer, later) for viewer in (cast.alice, audrey, cast.mona)] == [True, True, False]
    assert [shown(viewer, later + timedelta(hours=24)) for viewer in (cast.alice, audrey)] == [False, False]
    assert actions(council) == [
        ("works_council.switched_on", "Alice"),
        ("disclosure.requested", "Alice"),
        ("disclosure.confirmed", "Audrey"),
    ]


def test_the_log_calls_the_supporter_by_the_pseudonym(cast, council, audrey, ask, at):
    disclosures.confirm(disclosure=ask(), actor=audrey, at=at)

    told = str(list(AuditEntry.objects.filter(action__startswith="disclosure").values_list("details", flat=True)))
    assert "Supporter " in told
    assert "Bob" not in told


def test_nobody_confirms_what_they_asked_for(cast, ask, at):
    asked = ask()

    with pytest.raises(UnableToDisclose, match="Another member"):
        disclosures.confirm(disclosure=asked, actor=cast.alice, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.filter(pk=asked.pk).update(confirmed_by=cast.alice)


def test_a_request_is_decided_once(cast, council, audrey, anna, ask, at):
    asked = ask()
    disclosures.confirm(disclosure=asked, actor=audrey, at=at)

    for act in (disclosures.confirm, disclosures.decline):
        with pytest.raises(UnableToDisclose, match="decided already"):
            act(disclosure=asked, actor=anna, at=at)
    assert not names_for(company=council, viewer=anna, at=at).is_shown(cast.bob.pk)


def test_a_declined_request_reveals_nothing(cast, council, audrey, ask, at):
    asked = ask()
    disclosures.decline(disclosure=asked, actor=audrey, at=at)

    with pytest.raises(UnableToDisclose):
        disclosures.confirm(disclosure=asked, actor=audrey, at=at)
    assert not names_for(company=council, viewer=cast.alice, at=at).is_shown(cast.bob.pk)
    assert disclosures.state_of(asked, at=at) == "declined"


def test_a_request_that_nobody_decided_in_a_week_is_closed(council, audrey, ask, at):
    asked, later = ask(), at + disclosures.OPEN_FOR

    with pytest.raises(UnableToDisclose, match="in time"):
        disclosures.confirm(disclosure=asked, actor=audrey, at=later)
    assert disclosures.state_of(asked, at=later) == "expired"


def test_a_request_of_somebody_who_lost_the_permission_is_not_confirmed(cast, council, audrey, anna, ask, at):
    asked = ask(actor=anna)
    membership = cast.membership(anna)
    membership.is_active = False
    membership.save()
    fresh = Disclosure.objects.get(pk=asked.pk)

    with pytest.raises(UnableToDisclose, match="no longer has the permission"):
        disclosures.confirm(disclosure=fresh, actor=audrey, at=at)


@pytest.mark.parametrize("reason", ["", "  ", "\x00", "x" * 301])
def test_a_request_needs_a_reason(ask, reason):
    with pytest.raises(UnableToDisclose, match="Give a reason"):
        ask(reason=reason)


def test_what_cannot_be_asked_for_is_told(cast, council, ask, at):
    ask()
    with pytest.raises(UnableToDisclose, match="open request"):
        ask()
    with pytest.raises(UnableToDisclose, match="see this name already"):
        ask(about=cast.alice)
    with pytest.raises(UnableToDisclose, match="No supporter has this pseudonym"):
        disclosures.request_name(company=council, pseudonym="Bob", actor=cast.alice, reason="x", at=at)


def test_without_the_mode_there_is_nothing_to_ask_for(cast, at):
    with pytest.raises(UnableToDisclose, match="is off"):
        disclosures.request_switch_off(company=cast.northwind, actor=cast.alice, reason="x", at=at)


def test_the_permissions_are_asked_for(cast, council, audrey, ask, at):
    asked = ask()
    off = disclosures.request_switch_off(company=council, actor=cast.alice, reason="Agreed", at=at)

    with pytest.raises(PermissionMissing):
        ask(actor=cast.mona)
    with pytest.raises(PermissionMissing):
        disclosures.confirm(disclosure=asked, actor=cast.mona, at=at)
    with pytest.raises(PermissionMissing):
        disclosures.confirm(disclosure=off, actor=audrey, at=at)
    with pytest.raises(PermissionMissing):
        disclosures.request_switch_off(company=council, actor=audrey, reason="x", at=at)
    with pytest.raises(PermissionMissing):
        disclosures.switch_on(company=cast.contoso, actor=cast.alice, at=at)


def test_the_mode_is_switched_off_by_two_administrators(cast, council, anna, at):
    asked = disclosures.request_switch_off(company=council, actor=cast.alice, reason="Agreed with the council", at=at)
    council.refresh_from_db()
    assert council.works_council_mode

    disclosures.confirm(disclosure=asked, actor=anna, at=at)

    council.refresh_from_db()
    assert not council.works_council_mode
    assert disclosures.state_of(asked, at=at) == "confirmed"
    assert actions(council)[-2:] == [("disclosure.confirmed", "Anna"), ("works_council.switched_off", "Anna")]


def test_the_mode_comes_back_with_the_same_pseudonyms(cast, council, anna, at):
    before = names_for(company=council, viewer=cast.alice, at=at).pseudonyms
    asked = disclosures.request_switch_off(company=council, actor=cast.alice, reason="x", at=at)
    disclosures.confirm(disclosure=asked, actor=anna, at=at)
    disclosures.switch_on(company=council, actor=cast.alice, at=at)
    disclosures.switch_on(company=council, actor=cast.alice, at=at)

    assert names_for(company=council, viewer=cast.alice, at=at).pseudonyms == before
    assert [action for action, _ in actions(council)].count("works_council.switched_on") == 2


def test_a_second_request_to_switch_off_changes_nothing_more(cast, council, anna, ask, at):
    asked = disclosures.request_switch_off(company=council, actor=cast.alice, reason="x", at=at)
    council.works_council_mode = False
    council.save()

    disclosures.confirm(disclosure=asked, actor=anna, at=at)

    assert [action for action, _ in actions(council)].count("works_council.switched_off") == 0


def test_that_a_name_was_seen_is_kept_once_an_hour(cast, council, audrey, ask, at):
    disclosures.confirm(disclosure=ask(), actor=audrey, at=at)

    def see(viewer, moment):
        disclosures.record_view(company=council, viewer=viewer, subject_id=cast.bob.pk, at=moment)

    see(cast.alice, at + timedelta(minutes=1))
    see(cast.alice, at + timedelta(minutes=50))
    see(audrey, at + timedelta(minutes=50))
    see(cast.alice, at + timedelta(minutes=70))
    see(cast.mona, at)

    seen = [actor for action, actor in actions(council) if action == "disclosure.viewed"]
    assert seen == ["Alice", "Audrey", "Alice"]


def test_the_list_shows_each_viewer_what_is_theirs(cast, council, audrey, anna, ask, at):
    disclosures.confirm(disclosure=ask(), actor=audrey, at=at)
    off = disclosures.request_switch_off(company=council, actor=cast.alice, reason="x", at=at)

    def told(viewer, moment=at):
        return [
            (view.state, view.name, bool(view.pseudonym), view.may_confirm, view.may_decline)
            for view in views(council, viewer, moment)
        ]

    assert told(cast.alice) == [("open", "", False, False, True), ("shown", "Bob", True, False, False)]
    assert told(audrey) == [("open", "", False, False, False), ("shown", "Bob", True, False, False)]
    assert told(anna) == [("open", "", False, True, True), ("shown", "", True, False, False)]
    assert told(cast.mona) == []
    assert told(audrey, at + timedelta(hours=24))[1][:2] == ("ended", "")
    assert off.subject is None
