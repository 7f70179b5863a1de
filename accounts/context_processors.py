from typing import Any

from django.http import HttpRequest

from accounts.permissions import Permission
from accounts.tenancy import grants_of


def portal(request: HttpRequest) -> dict[str, Any]:
    """What the shell of every page needs.

    `company` is the current one or None; `companies` those that the member works in; `may` maps
    each permission's codename to whether the member holds it here: `{% if may.manage_users %}`.
    """
    company = getattr(request, "company", None)
    user = getattr(request, "user", None)
    if company is None or user is None or not user.is_authenticated:
        return {"company": None, "companies": [], "may": {}}
    held = grants_of(user).get(company.pk, set())
    return {
        "company": company,
        "companies": request.companies,  # type: ignore[attr-defined]
        "may": {codename: codename in held for codename in Permission.values},
    }
