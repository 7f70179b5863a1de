import pytest

from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from summaries.domain.keeping import holds
from summaries.domain.keeping.holds import UnableToHold, UnderLegalHold
from summaries.models import LegalHold, SupportSession
from tests.summaries.session_rows import add_session


@pytest.fixture
def reported(cast):
    return add_session(cast.northwind, cast.bob, 1)


def place(cast, at, **fields):
    given = {"company": cast.northwind, "reason": "Case 4711", "actor": cast.alice, "at": at, **fields}
    return holds.place(**given)


def test_place_on_a_session_holds_that_session_only(cast, reported, at):
    other = add_session(cast.northwind, cast.bob, 2)

    hold = place(cast, at, session=reported, reason="  Case\x00 4711\n letter ")

    assert (hold.reason, hold.placed_by, hold.placed_at) == ("Case 4711 letter", cast.alice, at)
    assert [holds.is_held(session=each) for each in (reported, other)] == [True, False]
    assert holds.is_company_held(company=cast.northwind) is False
    entry = AuditEntry.objects.get(action="legal_hold.placed")
    assert (entry.actor, entry.object_id, entry.details) == (cast.alice, str(hold.pk), {"on": "S-1"})


def test_place_on_the_company_holds_each_of_its_sessions(cast, reported, at):
    foreign = add_session(cast.contoso, cast.charlie, 1)

    place(cast, at)

    assert [holds.is_held(session=each) for each in (reported, foreign)] == [True, False]
    assert [holds.is_company_held(company=each) for each in (cast.northwind, cast.contoso)] == [True, False]
    assert AuditEntry.objects.get(action="legal_hold.placed").details == {"on": "company"}


def test_lift_lets_go_once(cast, reported, at):
    hold = place(cast, at, session=reported)

    holds.lift(hold=hold, actor=cast.alice, at=at)

    assert holds.is_held(session=reported) is False
    with pytest.raises(UnableToHold):
        holds.lift(hold=hold, actor=cast.alice, at=at)
    assert AuditEntry.objects.filter(action="legal_hold.lifted").count() == 1
    assert place(cast, at, session=reported).pk != hold.pk


@pytest.mark.parametrize("reason", ["", " \x00\n", "x" * 301])
def test_place_needs_a_reason_that_fits(cast, at, reason):
    with pytest.raises(UnableToHold):
        place(cast, at, reason=reason)

    assert LegalHold.objects.count() == 0


def test_place_twice_is_refused(cast, reported, at):
    place(cast, at)
    place(cast, at, session=reported)

    for session in (None, reported):
        with pytest.raises(UnableToHold):
            place(cast, at, session=session)


def test_place_and_lift_need_the_permission(cast, reported, at):
    hold = place(cast, at, session=reported)

    for actor in (cast.bob, cast.mona, cast.charlie):
        with pytest.raises(PermissionMissing):
            place(cast, at, actor=actor)
        with pytest.raises(PermissionMissing):
            holds.lift(hold=hold, actor=actor, at=at)
    assert LegalHold.objects.filter(lifted_at=None).count() == 1


def test_place_on_another_companys_session_is_refused(cast, at):
    foreign = add_session(cast.contoso, cast.charlie, 1)

    with pytest.raises(SupportSession.DoesNotExist):
        place(cast, at, session=foreign)

    assert LegalHold.objects.count() == 0


def test_check_not_held_names_the_session(cast, reported, at):
    holds.check_not_held(session=reported)
    place(cast, at, session=reported)

    with pytest.raises(UnderLegalHold, match="S-1 is under legal hold"):
        holds.check_not_held(session=reported)


def test_open_and_lifted_holds_are_of_the_company_and_for_those_who_may_know(cast, reported, at):
    hold, on_company = place(cast, at, session=reported), place(cast, at)
    place(cast, at, company=cast.contoso, actor=cast.charlie)
    holds.lift(hold=on_company, actor=cast.alice, at=at)

    def seen(viewer):
        found = holds.open_holds(company=cast.northwind, viewer=viewer)
        return list(found), list(holds.lifted_holds(company=cast.northwind, viewer=viewer))

    assert seen(cast.alice) == ([hold], [on_company])
    assert seen(cast.bob) == seen(cast.charlie) == ([], [])
    assert holds.hold_of(session=reported, viewer=cast.alice) == hold
    assert holds.hold_of(session=reported, viewer=cast.bob) is None
