import pytest

from accounts.domain import members, roles
from accounts.models import AuditEntry
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing
from policies.domain import device_imports, device_rows
from policies.domain.device_imports import apply_import, check_list
from policies.domain.device_lists import RowProblem, read_values
from policies.domain.device_rows import RowsRefused, UnableToApply, apply_rows, plan_rows, put_rows
from policies.models import Device, DeviceGroup, DeviceImport, Policy


@pytest.fixture
def standard(cast):
    return Policy.objects.create(company=cast.northwind, name="Standard")


def rows(*given):
    return [read_values(line=line, given=values) for line, values in enumerate(given, start=2)]


def stored():
    fields = ("name", "customer", "group__name", "is_managed", "policy__name")
    return list(Device.objects.order_by("name").values_list(*fields))


@pytest.fixture
def put(cast, at):
    def putting(*given, actor=None):
        return put_rows(company=cast.northwind, rows=rows(*given), source="API", actor=actor or cast.alice, at=at)

    return putting


FULL = {"name": "ACC-1", "customer": "Acme", "group": "Reception", "managed": True, "policy": "standard"}


def test_new_devices_with_a_new_group_and_the_same_again(put, standard):
    first = put(FULL, {"name": "ACC-2", "group": "reception"})
    again = put(FULL, {"name": "acc-2", "group": "RECEPTION"})

    assert (first, again) == ((2, 0), (0, 0))
    assert stored() == [("ACC-1", "Acme", "Reception", True, "Standard"), ("ACC-2", "", "Reception", False, None)]
    assert AuditEntry.objects.get(action="device.imported").details == {"source": "API", "new": 2, "changed": 0}


def test_what_is_not_given_stays_and_what_is_empty_is_cleared(put, standard):
    put(FULL)

    assert put({"name": "ACC-1", "customer": "Fabrikam"}) == (0, 1)
    assert stored() == [("ACC-1", "Fabrikam", "Reception", True, "Standard")]
    assert put({"name": "ACC-1", "group": "", "policy": "", "managed": False}) == (0, 1)
    assert stored() == [("ACC-1", "Fabrikam", None, False, None)]


def test_other_companies_are_not_touched(cast, put):
    foreign = Device.objects.create(company=cast.contoso, name="ACC-1", customer="Theirs")

    put(FULL | {"policy": ""})

    foreign.refresh_from_db()
    assert (foreign.customer, foreign.group) == ("Theirs", None)


@pytest.mark.parametrize("name", ["MÜLLER", "İSTANBUL", "ΣΊΣΥΦΟΣ"])
def test_names_beyond_ascii_are_found_again(put, name):
    assert [put({"name": name}), put({"name": name})] == [(1, 0), (0, 0)]


def test_all_problems_are_told_and_nothing_is_done(put, standard):
    with pytest.raises(RowsRefused) as refused:
        put(
            {"name": "ACC-1"},
            {"name": "acc-1"},
            {"name": "ACC-2", "policy": "Nothing"},
            {"name": "ACC-3", "policy": "Standard"},
            {"name": ""},
        )

    assert refused.value.problems == [
        RowProblem(3, "“acc-1” stands in line 2 already."),
        RowProblem(6, "The name is missing."),
        RowProblem(4, "There is no policy “Nothing”. Make it first, or leave the cell empty."),
        RowProblem(5, "“ACC-3” is not managed, and policies attach to managed devices only."),
    ]
    assert stored() == []


def test_a_device_that_carries_a_policy_stays_managed(put, standard):
    put(FULL)

    with pytest.raises(RowsRefused):
        put({"name": "ACC-1", "managed": False})


def test_policies_need_their_own_permission(cast, at, put, standard):
    roles.create_role(company=cast.northwind, name="Keeper", permissions=[Permission.MANAGE_POLICIES], at=at)
    kim = members.add_member(
        company=cast.northwind, email="kim@northwind.example", name="Kim", role_names=["Keeper"], at=at
    ).user

    with pytest.raises(PermissionMissing, match="Assign policies"):
        put(FULL, actor=kim)
    with pytest.raises(PermissionMissing):
        put({"name": "ACC-1"}, actor=cast.mona)
    with pytest.raises(PermissionMissing, match="Assign policies"):
        check_list(
            company=cast.northwind,
            file_name="d.csv",
            content=b"name,managed,policy\nACC-1,yes,Standard\n",
            actor=kim,
            at=at,
        )
    assert put({"name": "ACC-1", "managed": True}, actor=kim) == (1, 0)


def test_apply_rows_that_no_longer_fit(cast, at):
    with pytest.raises(UnableToApply, match="Line 2: There is no policy"):
        apply_rows(company=cast.northwind, rows=rows({"name": "A", "policy": "X"}), source="x", actor=cast.alice, at=at)
    with pytest.raises(UnableToApply, match="capitals only"):
        apply_rows(company=cast.northwind, rows=rows({"name": "A"}, {"name": "a"}), source="x", actor=cast.alice, at=at)
    assert stored() == []


def test_problems_and_examples_are_capped(cast, monkeypatch):
    monkeypatch.setattr(device_rows, "PROBLEMS_SHOWN", 1)
    monkeypatch.setattr(device_rows, "EXAMPLES_SHOWN", 1)

    plan = plan_rows(company=cast.northwind, rows=rows({"name": ""}, {"name": ""}, {"name": "A"}, {"name": "B"}))

    assert (plan.problem_count, len(plan.problems), plan.new, len(plan.examples)) == (2, 1, 2, 1)


def csv_of(count, customer="Acme"):
    lines = [f"ACC-{number},{customer},Group {number % 3}" for number in range(count)]
    return "\n".join(["name,customer,group", *lines]).encode()


@pytest.fixture
def check(cast, at):
    def checking(content):
        return check_list(company=cast.northwind, file_name="devices.csv", content=content, actor=cast.alice, at=at)

    return checking


def test_a_list_is_checked_first_and_put_in_part_by_part(cast, at, check, monkeypatch):
    monkeypatch.setattr(device_rows, "BATCH", 4)
    waiting = check(csv_of(10)).waiting

    assert (waiting.new_count, waiting.new_groups, Device.objects.count()) == (10, ["Group 0", "Group 1", "Group 2"], 0)

    done = apply_import(device_import=waiting, actor=cast.alice, at=at)

    assert (Device.objects.count(), DeviceGroup.objects.count()) == (10, 3)
    assert (done.state, done.done_rows, bytes(done.content)) == ("APPLIED", 10, b"")
    assert check(csv_of(10)).waiting is None
    assert check(csv_of(10)).plan.unchanged == 10


def test_a_list_is_put_in_once(cast, at, check):
    waiting = check(csv_of(3)).waiting
    apply_import(device_import=waiting, actor=cast.alice, at=at)
    Device.objects.filter(name="ACC-1").update(customer="Changed since")

    apply_import(device_import=waiting, actor=cast.alice, at=at)

    assert Device.objects.get(name="ACC-1").customer == "Changed since"
    assert AuditEntry.objects.filter(action="device.imported").count() == 1


def test_an_import_that_stopped_goes_on(cast, at, check, monkeypatch):
    monkeypatch.setattr(device_rows, "BATCH", 4)
    waiting = check(csv_of(10)).waiting

    def stop_at_the_second(**said):
        if Device.objects.exists():
            raise RuntimeError("the machine went away")
        return apply_rows(**said)

    with monkeypatch.context() as patch:
        patch.setattr(device_imports, "apply_rows", stop_at_the_second)
        with pytest.raises(RuntimeError):
            apply_import(device_import=waiting, actor=cast.alice, at=at)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.done_rows, Device.objects.count()) == ("APPLYING", 4, 4)

    apply_import(device_import=waiting, actor=cast.alice, at=at)

    assert Device.objects.count() == 10


def test_a_list_that_no_longer_fits_changes_nothing(cast, at, check, standard):
    waiting = check(b"name,managed,policy\nACC-1,yes,Standard\n").waiting
    standard.delete()

    with pytest.raises(UnableToApply, match="Line 2: There is no policy “Standard”"):
        apply_import(device_import=waiting, actor=cast.alice, at=at)

    waiting.refresh_from_db()
    assert (waiting.state, Device.objects.count()) == ("CHECKED", 0)


def test_a_list_with_problems_is_not_kept(check):
    checked = check(b"name\nACC-1\nacc-1\n")

    assert (checked.waiting, checked.plan.problem_count, DeviceImport.objects.count()) == (None, 1, 0)


def test_who_may_not(cast, at, check):
    waiting = check(csv_of(1)).waiting

    with pytest.raises(PermissionMissing):
        apply_import(device_import=waiting, actor=cast.charlie, at=at)
    with pytest.raises(PermissionMissing):
        check_list(company=cast.northwind, file_name="x", content=b"name\nA", actor=cast.mona, at=at)
