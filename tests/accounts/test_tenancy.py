from accounts.permissions import Permission
from accounts.tenancy import company_ids_with


def test_a_role_reaches_its_own_company_and_no_other(cast):
    assert company_ids_with(cast.alice, Permission.VIEW_ALL_REPORTS) == [cast.northwind.pk]
    assert company_ids_with(cast.bob, Permission.VIEW_ALL_REPORTS) == []
    assert company_ids_with(cast.bob, Permission.VIEW_OWN_REPORTS) == [cast.northwind.pk]
    assert company_ids_with(cast.charlie, Permission.VIEW_ALL_REPORTS) == [cast.contoso.pk]
