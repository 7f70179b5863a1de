import pytest

from accounts.domain import companies, queries
from accounts.models import AISettings, AuditEntry, Company, Membership, Role
from accounts.permissions import READY_MADE_ROLES
from accounts.tenancy import PermissionMissing


def test_create_company_starts_it_with_settings_off_and_its_roles(db, at):
    company = companies.create_company(name="Fabrikam", slug="fabrikam", at=at)

    assert AISettings.objects.get(company=company).is_active is False
    assert set(Role.objects.filter(company=company).values_list("name", flat=True)) == set(READY_MADE_ROLES)
    assert AuditEntry.objects.filter(company=company, action="company.created").count() == 1


def test_change_company_stores_and_tells_what_changed(cast, at):
    values = {"name": "Northwind", "time_zone": "UTC", "plan": "BUSINESS"}

    companies.change_company(company=cast.northwind, values=values, actor=cast.alice, at=at)

    changed = Company.objects.get(pk=cast.northwind.pk)
    assert (changed.name, changed.plan) == ("Northwind", "TENSOR")
    assert AuditEntry.objects.latest("pk").details == {
        "name": {"before": "Northwind IT Services", "after": "Northwind"}
    }


def test_a_name_stands_on_one_line_and_hides_nothing(cast, at):
    values = {"name": "North\r\nwind\u202e " + "x" * 120}

    companies.change_company(company=cast.northwind, values=values, actor=cast.alice, at=at)

    name = Company.objects.get(pk=cast.northwind.pk).name
    assert (name[:20], len(name)) == ("North wind‹U+202E› x", 120)


def test_change_company_without_a_change_tells_nothing(cast, at):
    before = AuditEntry.objects.count()

    companies.change_company(company=cast.northwind, values={"time_zone": "UTC"}, actor=cast.alice, at=at)

    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("name", ["mona", "charlie"])
def test_change_company_asks_for_manage_company_there(cast, at, name):
    with pytest.raises(PermissionMissing):
        companies.change_company(company=cast.northwind, values={"name": "Mine"}, actor=getattr(cast, name), at=at)


def test_company_by_slug_finds_it_or_nothing(cast):
    assert queries.company_by_slug("northwind") == cast.northwind
    assert queries.company_by_slug("nowhere") is None


def test_member_by_email_finds_active_members_of_the_company(cast):
    assert queries.member_by_email(company=cast.northwind, email=" Bob@northwind.example ").user == cast.bob
    assert queries.member_by_email(company=cast.contoso, email=cast.bob.email) is None
    Membership.objects.filter(user=cast.bob).update(is_active=False)
    assert queries.member_by_email(company=cast.northwind, email=cast.bob.email) is None


def test_change_company_tells_that_the_address_changed_and_not_which(cast, at):
    values = {"contact_email": "help@northwind.example"}

    companies.change_company(company=cast.northwind, values=values, actor=cast.alice, at=at)

    assert AuditEntry.objects.latest("pk").details == {"contact_email": "changed"}
