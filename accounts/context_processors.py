from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.domain import sign_ins
from accounts.permissions import Permission
from accounts.tenancy import grants_of


def portal(request: HttpRequest) -> dict[str, Any]:
    """What the shell of every page needs.

    `company` is the current one or None; `companies` (read only if a template asks) those to switch between; `may` maps
    each permission's codename to whether the member holds it here: `{% if may.manage_users %}`.
    """
    company = getattr(request, "company", None)
    user = getattr(request, "user", None)
    if company is None or user is None or not user.is_authenticated:
        return {"company": None, "companies": [], "may": {}}
    held = grants_of(user).get(company.pk, set())
    return {
        "company": company,
        "companies": SimpleLazyObject(lambda: sign_ins.companies_of(user=user)),
        "may": {codename: codename in held for codename in Permission.values},
    }
