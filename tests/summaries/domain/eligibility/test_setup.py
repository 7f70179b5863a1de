import pytest

from accounts.domain import audit
from accounts.domain.companies import create_company
from accounts.models import AISettings, AuditEntry, Membership
from accounts.tenancy import PermissionMissing
from policies.models import Device, Policy
from summaries.domain.eligibility.setup import setup_of, show_setup
from summaries.enums import SessionStatus
from tests.summaries.session_rows import add_session


@pytest.fixture
def fresh(cast, at):
    """A company with nothing set up, beside two that have everything that could leak."""
    add_session(cast.contoso, cast.charlie, 1)
    audit.record(company=cast.contoso, actor=cast.charlie, action="summary.viewed", at=at)
    return create_company(name="Fabrikam", slug="fabrikam", at=at)


def done(company):
    return [step.code for step in setup_of(company=company).steps if step.is_done]


def test_a_fresh_company_has_every_step_before_it(fresh, django_assert_num_queries):
    with django_assert_num_queries(1):
        setup = setup_of(company=fresh)

    assert [step.code for step in setup.steps] == ["terms", "switches", "members", "engine", "session", "summary"]
    assert (setup.done_count, setup.is_finished, setup.next_step.code) == (0, False, "terms")


def test_each_step_is_done_by_what_stands_in_the_company(cast, at):
    northwind = cast.northwind
    seen = [done(northwind)]
    session = add_session(northwind, cast.bob, 1, status=SessionStatus.IMPORTING)
    seen.append(done(northwind))
    session.status = SessionStatus.ENDED
    session.save()
    seen.append(done(northwind))
    audit.record(company=northwind, actor=cast.alice, action="summary.viewed", at=at)
    seen.append(done(northwind))

    assert seen == [
        ["terms", "switches", "members"],
        ["terms", "switches", "members"],
        ["terms", "switches", "members", "session"],
        ["terms", "switches", "members", "session", "summary"],
    ]
    setup = setup_of(company=northwind)
    assert (setup.is_finished, setup.next_step, setup.done_count) == (True, None, 5)


def test_the_engine_is_tested_when_a_test_went_well(cast, at):
    audit.record(company=cast.northwind, action="engine.tested", at=at, details={"ok": False})
    failed = "engine" in done(cast.northwind)
    audit.record(company=cast.northwind, action="engine.tested", at=at, details={"ok": True})

    assert (failed, "engine" in done(cast.northwind)) == (False, True)


def test_other_terms_are_a_step_again(cast):
    AISettings.objects.filter(company=cast.northwind).update(terms_version="2020-01")

    assert "terms" not in done(cast.northwind)


def test_without_a_logged_member_there_is_something_to_do(cast):
    Membership.objects.filter(company=cast.northwind).update(log_sessions=False)

    assert setup_of(company=cast.northwind).next_step.code == "members"


def test_with_incoming_alone_a_policy_takes_the_place_of_members(cast, at):
    AISettings.objects.filter(company=cast.northwind).update(
        outgoing_enabled=False, incoming_enabled=True, incoming_basis_confirmed_at=at
    )
    before = setup_of(company=cast.northwind).next_step.code
    policy = Policy.objects.create(company=cast.northwind, name="Servers", reports_enabled=True, insights_enabled=True)
    Device.objects.create(company=cast.northwind, name="SRV-1", is_managed=True, policy=policy)

    assert (before, setup_of(company=cast.northwind).next_step.code) == ("devices", "session")


def test_the_list_is_hidden_and_shown_again_once_each(cast, at):
    seen = []
    for shown in (False, False, True, True):
        show_setup(company=cast.northwind, shown=shown, actor=cast.alice, at=at)
        seen.append(setup_of(company=cast.northwind).is_hidden)

    assert seen == [True, True, False, False]
    entries = AuditEntry.objects.filter(action__startswith="setup.").order_by("pk")
    assert [entry.action for entry in entries] == ["setup.hidden", "setup.shown"]


@pytest.mark.parametrize("name", ["mona", "charlie"])
def test_hiding_asks_for_manage_company_there(cast, at, name):
    with pytest.raises(PermissionMissing):
        show_setup(company=cast.northwind, shown=False, actor=getattr(cast, name), at=at)

    assert setup_of(company=cast.northwind).is_hidden is False
