import pytest

from accounts.models import Membership
from policies.models import Device, Policy
from summaries.enums import Direction
from summaries.models import ConsentEntry
from tests.conftest import NOW
from tests.summaries.session_rows import add_session
from tests.summaries.views.settings.conftest import field_errors, words

OUTGOING = {"outgoing_enabled": "on", "consent_seconds": "90"}
INCOMING = {"incoming_enabled": "on", "incoming_basis": "Works agreement of 3 March 2026."}


def test_outgoing_is_saved_and_told(tab, stored):
    answer = tab("outgoing").send(**OUTGOING, consent_purpose="To help.", consent_contact="https://northwind.example")

    assert answer.status_code == 302
    assert (stored().consent_seconds, stored().consent_purpose, stored().consent_contact) == (
        90,
        "To help.",
        "https://northwind.example",
    )


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("consent_seconds", "14", "Ensure this value is greater than or equal to 15."),
        ("consent_seconds", "", "This field is required."),
        (
            "consent_contact",
            "javascript:alert(1)",
            "Enter an e-mail address, or a web address that begins with https://.",
        ),
        ("consent_contact", "a@", "Enter an e-mail address, or a web address that begins with https://."),
        ("consent_purpose", "x" * 501, "Ensure this value has at most 500 characters (it has 501)."),
    ],
)
def test_outgoing_errors_stand_at_their_field_and_nothing_is_saved(tab, stored, field, value, error):
    answer = tab("outgoing").send(**{**OUTGOING, "consent_processor": "Kept in the form", field: value})

    assert (answer.status_code, field_errors(answer)) == (422, {field: [error]})
    assert "Kept in the form" in answer.content.decode()
    assert stored().consent_seconds == 120


def test_two_administrators_at_once_are_told_and_may_save_again(tab, stored):
    seen = tab("outgoing").fields()["version"]
    tab("outgoing").send(**OUTGOING)

    late = tab("outgoing").send(version=seen, **{**OUTGOING, "consent_seconds": "300"})

    assert late.status_code == 422
    assert field_errors(late)["__all__"] == [
        "Someone else saved these settings while this page was open: time to answer: now 90. "
        "Nothing of yours was saved. Check your entries and save again to replace theirs."
    ]
    assert stored().consent_seconds == 90
    tab("outgoing").send(version=late.context["form"]["version"].value(), **{**OUTGOING, "consent_seconds": "300"})
    assert stored().consent_seconds == 300


def test_outgoing_says_whom_it_applies_to_and_what_is_missing(tab, cast):
    Membership.objects.filter(user=cast.bob).update(log_sessions=False)
    Device.objects.create(company=cast.northwind, name="ACC-1", access_control="DENIED")
    some = tab("outgoing").read()
    Membership.objects.filter(company=cast.northwind).update(log_sessions=False)

    assert "Applies to 2 of 3 members" in some
    assert "1 of 1 device denies it" in some
    assert "No member's sessions are logged. Log members" in tab("outgoing").read()


@pytest.mark.parametrize("fragment", [True, False])
def test_outgoing_previews_the_switch_on_the_screen_and_saves_nothing(tab, cast, stored, fragment):
    session = add_session(cast.northwind, cast.bob, 1)
    ConsentEntry.objects.create(company=cast.northwind, session=session, answer="GIVEN", statement="Yes.", at=NOW)

    on = words(tab("outgoing").send(do="preview", fragment=fragment, **OUTGOING))
    off = words(tab("outgoing").send(do="preview", fragment=fragment, consent_seconds="90"))

    assert "1 of 1 session last month = 1 credit" in on
    assert "0 of 1 session last month = 0 credits" in off
    assert "Summaries for outgoing connections are off" in off
    assert (stored().outgoing_enabled, stored().consent_seconds) == (True, 120)


def test_outgoing_shows_what_the_remote_user_would_read(tab, stored):
    answer = tab("outgoing").send(
        do="preview", fragment=True, **OUTGOING, consent_purpose="To train <new> staff.", consent_contact="\u202ex"
    )

    page = answer.content.decode()
    assert "To train &lt;new&gt; staff." in page
    assert ("\u202e" in page, "‹U+202E›" in page) == (False, True)
    assert stored().consent_purpose == ""


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"incoming_basis": ""}, "incoming_basis"), ({}, "basis_confirmed")],
)
def test_incoming_asks_for_a_confirmed_legal_basis_at_the_field(tab, stored, sent, field):
    answer = tab("incoming").send(**{**INCOMING, **sent})

    assert (answer.status_code, list(field_errors(answer)), stored().incoming_enabled) == (422, [field], False)


def test_incoming_keeps_who_confirmed_and_when(tab, stored):
    assert tab("incoming").send(**INCOMING, basis_confirmed="on").status_code == 302

    assert stored().incoming_enabled is True
    assert "Confirmed Alice confirmed it on 20 Nov 09:00" in tab("incoming").read()
    assert tab("incoming").send(**INCOMING, incoming_notice="This session is recorded.").status_code == 302
    assert stored().incoming_notice == "This session is recorded."


def test_incoming_of_two_administrators_is_told(tab, stored):
    seen = tab("incoming").fields()["version"]
    tab("incoming").send(**INCOMING, basis_confirmed="on")

    late = tab("incoming").send(version=seen, incoming_basis="Other.")

    assert "summaries for incoming connections: now on" in field_errors(late)["__all__"][0]
    assert stored().incoming_basis == INCOMING["incoming_basis"]


def test_incoming_lists_what_is_missing_with_links(tab, cast):
    page = tab("incoming").client.get("/ai-settings/incoming/").content.decode()

    assert "The legal basis is not confirmed. <a href" in page
    assert 'No device is managed. <a href="/company/policies/device/">Open devices</a>' in page
    assert 'No policy has Session Insights on. <a href="/company/policies/policy/">Open policies</a>' in page


@pytest.mark.parametrize("fragment", [True, False])
def test_incoming_previews_devices_under_a_policy(tab, cast, stored, fragment):
    policy = Policy.objects.create(company=cast.northwind, name="Servers", reports_enabled=True, insights_enabled=True)
    device = Device.objects.create(company=cast.northwind, name="SRV-1", is_managed=True, policy=policy)
    add_session(cast.northwind, cast.bob, 1, direction=Direction.INCOMING, device=device)

    answer = tab("incoming").send(do="preview", fragment=fragment, **INCOMING)

    assert "1 of 1 session last month = 1 credit" in words(answer)
    assert stored().incoming_enabled is False
    assert "Would apply to 1 of 1 device" in tab("incoming").read()


@pytest.mark.parametrize(
    ("outgoing", "incoming", "row"),
    [(True, False, "Outgoing only"), (False, True, "Incoming only"), (True, True, "Both"), (False, False, "Neither")],
)
def test_the_decision_table_marks_the_set_up_that_stands(tab, stored, outgoing, incoming, row):
    settings = stored()
    settings.outgoing_enabled, settings.incoming_enabled = outgoing, incoming
    settings.incoming_basis_confirmed_at = NOW
    settings.save()

    assert f"{row} now" in tab("outgoing").read()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("outgoing", 16), ("incoming", 17)])
def test_switches_take_a_fixed_number_of_queries(tab, cast, django_assert_num_queries, count, name, queries):
    policy = Policy.objects.create(company=cast.northwind, name="Servers", reports_enabled=True, insights_enabled=True)
    for number in range(count):
        device = Device.objects.create(company=cast.northwind, name=f"SRV-{number}", is_managed=True, policy=policy)
        add_session(cast.northwind, cast.bob, number + 1, device=device)
    tab(name).read()

    with django_assert_num_queries(queries):
        tab(name).read()
