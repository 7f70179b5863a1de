"""Which entry of the navigation a page stands below, where its own address does not say so."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Company
from accounts.permissions import Permission
from accounts.tenancy import holds

_HOME, _REPORTS = "summaries:home", "summaries:reports"
_MEMBERS = "admin:accounts_membership_changelist"
_DEVICES = "admin:policies_device_changelist"
#: (how the page's name begins, the entry).
_ELSEWHERE = (
    ("summaries:import", _HOME),
    ("summaries:session_edit", _HOME),
    ("policies:import", _DEVICES),
    ("accounts:member_access", _MEMBERS),
    ("accounts:role_matrix", "admin:accounts_role_changelist"),
    ("admin:accounts_invitation", _MEMBERS),
)
#: Pages about the list that they are sent.
_OF_A_LIST = ("summaries:filter", "summaries:bulk", "summaries:sessions_export")


def entry_above(request: HttpRequest, company: Company, page: Mapping[str, Any]) -> str:
    """The address of the entry that the page belongs to; empty where the addresses tell it, or none is above.

    A session belongs to the list that holds it: the summaries when the reader may read its summary, else the reports.
    That is taken from what the page shows, *page*, so that nothing is asked of the database.
    """
    found = _name_above(request, page)
    if found == _HOME and not holds(request.user, Permission.VIEW_SUMMARIES, company.pk):
        found = _REPORTS
    return reverse(found) if found else ""


def _name_above(request: HttpRequest, page: Mapping[str, Any]) -> str:
    name = request.resolver_match.view_name if request.resolver_match else ""
    if name in _OF_A_LIST:
        asked = request.POST if request.method == "POST" else request.GET
        return _REPORTS if asked.get("list") == "reports" else _HOME
    for begins, entry in _ELSEWHERE:
        if name.startswith(begins):
            return entry
    if name.startswith("summaries:session"):
        return _HOME if page.get("summary") else _REPORTS
    return ""
