import pytest

from summaries.domain.reading.chips import chips, gone_from, supporter_names
from summaries.domain.reading.filters import SessionFilters
from summaries.models import Application
from tests.summaries.session_rows import add_session, add_summary


def test_chips_tell_each_value_and_how_to_remove_it():
    filters = SessionFilters(issue_type=("Printer", "VPN"), state=("REVIEWED",), supporter=("7",), period="30")

    found = chips(filters, supporters={"7": "Bob"})

    assert [(chip.label, chip.value) for chip in found] == [
        ("Issue type", "Printer"),
        ("Issue type", "VPN"),
        ("Supporter", "Bob"),
        ("State", "Reviewed"),
        ("", "Last 30 days"),
    ]
    assert found[0].remove_address == "?issue_type=VPN&supporter=7&state=REVIEWED"
    assert found[-1].remove_address.endswith("&period=all")


def test_chips_call_the_viewer_me_and_somebody_else_unknown():
    found = chips(SessionFilters(supporter=("me", "7"), period="all"))

    assert [(chip.value, chip.is_gone) for chip in found] == [("me", False), ("unknown", True)]


def test_chips_mark_what_is_gone():
    found = chips(SessionFilters(device=("ACC-1", "ACC-2"), period="all"), gone={("device", "ACC-2")})

    assert [(chip.value, chip.is_gone) for chip in found] == [("ACC-1", False), ("ACC-2", True)]


@pytest.fixture
def rows(cast):
    add_summary(add_session(cast.northwind, cast.bob, 1, device_name="ACC-1"), applications=("Word",))
    add_session(cast.northwind, cast.alice, 2, device_name="ACC-2")
    add_session(cast.contoso, cast.charlie, 3, device_name="Foreign")
    Application.objects.create(company=cast.contoso, name="Foreign")


def test_supporter_names_are_of_sessions_that_are_seen(cast, rows):
    filters = SessionFilters(supporter=(str(cast.bob.pk), str(cast.alice.pk), str(cast.charlie.pk), "me"))

    def names(viewer):
        return set(supporter_names(filters=filters, company=cast.northwind, viewer=viewer).values())

    assert (names(cast.alice), names(cast.bob)) == ({"Alice", "Bob"}, {"Bob"})


def test_chips_say_what_stands_for_no_name():
    found = chips(SessionFilters(device=("NO_DEVICE",), customer=("NO_CUSTOMER", "Acme"), period="all"))

    assert [(chip.label, chip.value) for chip in found] == [
        ("Device", "Without a device"),
        ("Customer", "No customer named"),
        ("Customer", "Acme"),
    ]


def test_gone_is_what_no_session_in_sight_has(cast, rows):
    filters = SessionFilters(device=("ACC-1", "ACC-2", "Foreign"), application=("Word", "Foreign", "Deleted"))

    everything = gone_from(filters=filters, company=cast.northwind, viewer=cast.alice)
    own = gone_from(filters=filters, company=cast.northwind, viewer=cast.bob)

    labels = {("application", "Foreign"), ("application", "Deleted")}
    assert everything == {("device", "Foreign"), *labels}
    assert own == {("device", "Foreign"), ("device", "ACC-2"), *labels}
