"""Works-council mode: its switch, and the requests for names that one member makes and another decides."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.adapters import shown_names
from accounts.domain import disclosures
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing, holds
from insights_portal.lib.fields import fits_a_key

_READERS = (Permission.VIEW_EVENT_LOGS, Permission.MANAGE_COMPANY)
_STATES = {
    "open": gettext_lazy("Waits for another member"),
    "expired": gettext_lazy("Nobody decided in time"),
    "declined": gettext_lazy("Declined"),
    "confirmed": gettext_lazy("Confirmed"),
    "shown": gettext_lazy("Name shown to both"),
    "ended": gettext_lazy("Shown for a day, now hidden again"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def disclosure_list(request: Any) -> HttpResponse:
    """The open and past requests; a POST asks for a name (`supporter`: the pseudonym, `reason`)."""
    _require_reader(request)
    refusal = ""
    if request.method == "POST":
        try:
            disclosures.request_name(
                company=request.company,
                pseudonym=request.POST.get("supporter", ""),
                actor=request.user,
                reason=request.POST.get("reason", ""),
                at=timezone.now(),
            )
        except disclosures.UnableToDisclose as error:
            refusal = str(error)
        else:
            messages.success(request, _("Your request waits for another member, who finds it on this page."))
            return redirect("accounts:disclosures")
    return render(request, "accounts/disclosure_list.html", _context(request, refusal), status=422 if refusal else 200)


@require_POST
def decide_disclosure(request: Any, key: str) -> HttpResponse:
    """`decision`: confirm or decline."""
    _require_reader(request)
    pk = int(key) if fits_a_key(key) else 0
    found = disclosures.find_disclosure(company=request.company, viewer=request.user, pk=pk)
    is_confirmed = request.POST.get("decision") == "confirm"
    try:
        (disclosures.confirm if is_confirmed else disclosures.decline)(
            disclosure=found, actor=request.user, at=timezone.now()
        )
    except disclosures.UnableToDisclose as error:
        messages.error(request, str(error))
    except PermissionMissing as missing:
        raise PermissionDenied(str(missing)) from missing
    else:
        messages.success(request, _("The request is confirmed.") if is_confirmed else _("The request is declined."))
    return redirect("accounts:disclosures")


@require_POST
def works_council(request: Any) -> HttpResponse:
    """Switch the mode on, or ask to switch it off (`reason`): the latter takes a second administrator."""
    _require_reader(request)
    try:
        if request.company.works_council_mode:
            disclosures.request_switch_off(
                company=request.company,
                actor=request.user,
                reason=request.POST.get("reason", ""),
                at=timezone.now(),
            )
            messages.success(request, _("Works-council mode stays on until another administrator confirms."))
        else:
            disclosures.switch_on(company=request.company, actor=request.user, at=timezone.now())
            messages.success(request, _("Works-council mode is on: supporters appear under pseudonyms."))
    except disclosures.UnableToDisclose as error:
        messages.error(request, str(error))
    except PermissionMissing as missing:
        raise PermissionDenied(str(missing)) from missing
    return redirect("accounts:disclosures")


def _context(request: Any, refusal: str) -> dict[str, Any]:
    names = shown_names(request)
    views = disclosures.list_disclosures(company=request.company, viewer=request.user, names=names, at=timezone.now())
    for each in views:
        if each.name:
            disclosures.record_view(
                company=request.company,
                viewer=request.user,
                subject_id=each.disclosure.subject_id,  # type: ignore[arg-type]
                at=timezone.now(),
            )
    hidden = [name for pk, name in names.pseudonyms.items() if not names.is_shown(pk)]
    asked = request.POST.get("supporter") or request.GET.get("supporter", "")
    return {
        "title": _("Works-council mode"),
        "is_on": request.company.works_council_mode,
        "may_switch": holds(request.user, Permission.MANAGE_COMPANY, request.company.pk),
        "rows": [(each, _STATES[each.state]) for each in views],
        "pseudonyms": sorted(hidden),
        "asked": asked,
        "reason": request.POST.get("reason", ""),
        "refusal": refusal,
        "most_reason": disclosures.LONGEST_REASON,
    }


def _require_reader(request: Any) -> None:
    if request.company is None or not any(holds(request.user, each, request.company.pk) for each in _READERS):
        raise PermissionDenied(_("Your roles do not include “View event logs”. Ask an administrator for it."))
