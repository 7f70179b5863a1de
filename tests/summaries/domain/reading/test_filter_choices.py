import pytest

from accounts.domain.pseudonyms import SupporterNames, names_for
from accounts.models import UserGroup
from policies.models import Device, DeviceGroup
from summaries.domain.reading import filter_choices as choices
from summaries.models import Application, IssueType
from tests.summaries.session_rows import add_session


@pytest.fixture
def rows(cast):
    add_session(cast.northwind, cast.bob, 1, device_name="ACC-1")
    two = add_session(cast.northwind, cast.alice, 2, device_name="acc-2")
    add_session(cast.contoso, cast.charlie, 1, device_name="FOREIGN")
    Device.objects.create(company=cast.northwind, name="ACC-3, never seen")
    two.device.group = DeviceGroup.objects.create(company=cast.northwind, name="Accounting")
    two.device.customer = "Acme"
    two.device.save()
    for company in (cast.northwind, cast.contoso):
        UserGroup.objects.create(company=company, name=f"Night shift of {company.slug}")
        DeviceGroup.objects.create(company=company, name="Empty")
    IssueType.objects.filter(company=cast.northwind).exclude(name="Printer").delete()
    Application.objects.filter(company=cast.northwind).delete()


def offered(cast, viewer, names=None):
    return choices.filter_choices(company=cast.northwind, viewer=viewer, names=names or SupporterNames())


def test_choices_are_what_the_viewer_sees(cast, rows):
    everything, own = offered(cast, cast.alice), offered(cast, cast.bob)

    assert everything == choices.FilterChoices(
        supporters=[(str(cast.alice.pk), "Alice"), (str(cast.bob.pk), "Bob")],
        user_groups=["Night shift of northwind"],
        devices=["ACC-1", "acc-2"],
        has_more_devices=False,
        device_groups=["Accounting"],
        customers=["Acme"],
        issue_types=["Printer"],
        applications=[],
    )
    assert own == choices.FilterChoices([(str(cast.bob.pk), "Bob")], [], ["ACC-1"], False, [], [], ["Printer"], [])


def test_works_council_mode_offers_no_hidden_name_and_no_group_of_members(cast, rows, at):
    cast.northwind.works_council_mode = True
    cast.northwind.save()

    found = offered(cast, cast.alice, names_for(company=cast.northwind, viewer=cast.alice, at=at))

    assert (found.supporters, found.user_groups) == ([(str(cast.alice.pk), "Alice")], [])


def test_more_devices_than_can_be_chosen_from_are_said_to_be_more(cast, rows, monkeypatch):
    monkeypatch.setattr(choices, "MAX_CHOICES", 1)

    found = offered(cast, cast.alice)

    assert (found.devices, found.has_more_devices) == (["ACC-1"], True)


@pytest.mark.parametrize(("part", "expected"), [("cc-", ["ACC-1", "acc-2"]), ("2", ["acc-2"]), (" ", []), ("FOR", [])])
def test_devices_are_found_by_a_part_of_their_name(cast, rows, part, expected):
    assert choices.devices_like(company=cast.northwind, viewer=cast.alice, part=part) == expected
    own = choices.devices_like(company=cast.northwind, viewer=cast.bob, part=part)
    assert own == [name for name in expected if name == "ACC-1"]
