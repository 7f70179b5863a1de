import pytest

from accounts.domain import ai_settings
from accounts.domain.settings_versions import SettingsChanged, version_of
from accounts.models import AISettings, AuditEntry
from accounts.tenancy import PermissionMissing

BASIS = "Works agreement of 3 March 2026, section 4."


def stored(cast):
    return AISettings.objects.get(company=cast.northwind)


def switched_off(cast):
    AISettings.objects.filter(company=cast.northwind).update(
        is_active=False, terms_version="", terms_accepted_at=None, terms_accepted_by=None
    )
    return stored(cast)


def save(cast, at, *, fields=ai_settings.OUTGOING, version=None, actor=None, **values):
    return ai_settings.save_tab(
        company=cast.northwind, fields=fields, values=values, version=version, actor=actor or cast.alice, at=at
    )


def save_incoming(cast, at, *, confirmed=False, version=None, actor=None, **values):
    values = {"incoming_enabled": True, "incoming_basis": BASIS, "incoming_notice": "", **values}
    return ai_settings.save_incoming(
        company=cast.northwind,
        values=values,
        basis_confirmed=confirmed,
        version=version,
        actor=actor or cast.alice,
        at=at,
    )


def entries():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "details"))


def actions():
    return [action for action, _ in entries()]


def test_activate_keeps_version_who_and_when(cast, at):
    ai_settings.activate(ai_settings=switched_off(cast), actor=cast.alice, at=at)

    settings = stored(cast)
    assert (settings.is_active, settings.terms_version) == (True, ai_settings.TERMS_VERSION)
    assert (settings.terms_accepted_by, settings.terms_accepted_at) == (cast.alice, at)
    assert AuditEntry.objects.latest("pk").details == {"terms_version": ai_settings.TERMS_VERSION}


@pytest.mark.parametrize("name", ["mona", "charlie"])
def test_settings_ask_for_manage_company_there(cast, at, name):
    actor = getattr(cast, name)
    calls = [
        lambda: ai_settings.activate(ai_settings=stored(cast), actor=actor, at=at),
        lambda: ai_settings.switch_on(company=cast.northwind, accepted_version="", actor=actor, at=at),
        lambda: ai_settings.deactivate(company=cast.northwind, actor=actor, at=at),
        lambda: save(cast, at, actor=actor, outgoing_enabled=False),
        lambda: save_incoming(cast, at, actor=actor, confirmed=True),
    ]
    before = entries()

    for call in calls:
        with pytest.raises(PermissionMissing):
            call()

    assert entries() == before


def test_switch_on_needs_the_terms_that_were_read(cast, at):
    switched_off(cast)

    def switch_on(version):
        ai_settings.switch_on(company=cast.northwind, accepted_version=version, actor=cast.alice, at=at)

    with pytest.raises(ai_settings.UnableToSaveSettings, match=r"^Accept the terms") as unaccepted:
        switch_on("")
    with pytest.raises(ai_settings.UnableToSaveSettings, match=r"^The terms have changed"):
        switch_on("2020-01")
    assert (unaccepted.value.field, stored(cast).is_active) == ("accept", False)

    switch_on(ai_settings.TERMS_VERSION)
    assert stored(cast).is_active is True


def test_switch_on_twice_is_once(cast, at):
    before = actions()

    ai_settings.switch_on(company=cast.northwind, accepted_version="", actor=cast.alice, at=at)

    assert actions() == before


def test_switch_on_asks_again_for_other_terms(cast, at):
    AISettings.objects.filter(company=cast.northwind).update(terms_version="2020-01")

    ai_settings.switch_on(
        company=cast.northwind, accepted_version=ai_settings.TERMS_VERSION, actor=cast.alice, at=at.replace(hour=12)
    )

    assert (stored(cast).terms_version, stored(cast).terms_accepted_at.hour) == (ai_settings.TERMS_VERSION, 12)


def test_off_and_on_again_keeps_the_configuration_and_the_acceptance(cast, at):
    save(cast, at, fields=ai_settings.MINIMUM, minimum_seconds=90)

    was_on = ai_settings.deactivate(company=cast.northwind, actor=cast.alice, at=at)
    off = stored(cast)
    was_off = not ai_settings.deactivate(company=cast.northwind, actor=cast.alice, at=at)
    ai_settings.switch_on(company=cast.northwind, accepted_version="", actor=cast.alice, at=at.replace(hour=12))

    on = stored(cast)
    assert (was_on, was_off) == (True, True)
    assert (off.is_active, off.minimum_seconds, off.outgoing_enabled) == (False, 90, True)
    assert (on.is_active, on.minimum_seconds, on.terms_accepted_at) == (True, 90, at)
    assert actions()[-3:] == ["ai_settings.changed", "ai_settings.deactivated", "ai_settings.activated"]


def test_save_tab_tells_what_changed(cast, at):
    save(cast, at, fields=ai_settings.LANGUAGE, language="de")

    assert entries()[-1] == ("ai_settings.changed", {"language": {"before": "en", "after": "de"}})


def test_save_tab_repeats_no_address_in_the_audit_log(cast, at):
    save(cast, at, outgoing_enabled=True, consent_contact="privacy@northwind.example")

    assert entries()[-1] == ("ai_settings.changed", {"consent_contact": {"changed": True}})


def test_save_tab_without_a_change_tells_nothing(cast, at):
    before = actions()

    save(cast, at, fields=ai_settings.LANGUAGE, language="en")

    assert actions() == before


def test_save_tab_leaves_alone_what_it_does_not_decide(cast, at):
    settings = save(cast, at, fields=ai_settings.LANGUAGE, language="es", meter_only=True, outgoing_enabled=False)

    assert (settings.language, settings.meter_only, settings.outgoing_enabled) == ("es", False, True)


def test_the_second_of_two_administrators_overwrites_nothing_unseen(cast, at):
    seen = version_of(stored(cast), ai_settings.OUTGOING)
    save(cast, at, version=seen, consent_seconds=60)
    before = entries()

    with pytest.raises(SettingsChanged, match=r"page was open: time to answer: now 60\. Nothing of yours"):
        save(cast, at, version=seen, consent_seconds=300, consent_purpose="Training")

    assert (stored(cast).consent_seconds, stored(cast).consent_purpose, entries()) == (60, "", before)


def test_what_another_administrator_saves_on_another_tab_is_no_conflict(cast, at):
    seen = version_of(stored(cast), ai_settings.OUTGOING)
    save(cast, at, fields=ai_settings.LANGUAGE, language="de")

    assert save(cast, at, version=seen, outgoing_enabled=False).outgoing_enabled is False


def test_incoming_needs_a_legal_basis_that_a_person_confirms(cast, at):
    with pytest.raises(ai_settings.UnableToSaveSettings, match=r"^Name the legal basis") as nameless:
        save_incoming(cast, at, incoming_basis="  ", confirmed=True)
    with pytest.raises(ai_settings.UnableToSaveSettings, match=r"^Confirm the legal basis") as unconfirmed:
        save_incoming(cast, at)
    assert (nameless.value.field, unconfirmed.value.field) == ("incoming_basis", "basis_confirmed")
    assert stored(cast).incoming_enabled is False

    settings = save_incoming(cast, at, confirmed=True)

    assert (settings.incoming_enabled, settings.incoming_basis) == (True, BASIS)
    assert (settings.incoming_basis_confirmed_by, settings.incoming_basis_confirmed_at) == (cast.alice, at)
    assert actions()[-2:] == ["incoming_basis.confirmed", "ai_settings.changed"]


def test_a_confirmed_basis_stands_until_its_words_change(cast, at):
    save_incoming(cast, at, confirmed=True)
    later = at.replace(hour=12)

    assert save_incoming(cast, later, confirmed=True, incoming_notice="Recorded.").incoming_basis_confirmed_at == at
    with pytest.raises(ai_settings.UnableToSaveSettings, match=r"^Confirm the legal basis"):
        save_incoming(cast, later, incoming_basis="Because we can.")
    off = save_incoming(cast, later, incoming_enabled=False, incoming_basis="Because we can.")

    assert (off.incoming_enabled, off.incoming_basis_confirmed_at, off.incoming_basis_confirmed_by) == (
        False,
        None,
        None,
    )
    assert actions()[-2:] == ["ai_settings.changed", "incoming_basis.unconfirmed"]
    assert save_incoming(cast, later, incoming_enabled=False, incoming_basis="Other.").incoming_basis == "Other."


def test_the_basis_can_be_confirmed_before_the_switch_is_on(cast, at):
    prepared = save_incoming(cast, at, incoming_enabled=False, confirmed=True)

    assert (prepared.incoming_enabled, prepared.incoming_basis_confirmed_at) == (False, at)
    assert save_incoming(cast, at).incoming_enabled is True


def test_incoming_of_two_administrators_overwrites_nothing_unseen(cast, at):
    seen = version_of(stored(cast), ai_settings.INCOMING)
    save_incoming(cast, at, confirmed=True, version=seen)

    with pytest.raises(SettingsChanged, match=r"summaries for incoming connections: now on"):
        save_incoming(cast, at, version=seen, incoming_enabled=False)
    assert stored(cast).incoming_enabled is True
