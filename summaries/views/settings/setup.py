"""The set-up list as pages show it: each step with the page where it is taken."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Company
from summaries.domain.eligibility import setup as domain
from summaries.domain.eligibility.setup import Setup, Step
from summaries.views.access import MemberRequest

_PAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "terms": ("summaries:ai_settings", ()),
    "switches": ("summaries:ai_settings_tab", ("outgoing",)),
    "members": ("admin:accounts_membership_changelist", ()),
    "devices": ("admin:policies_device_changelist", ()),
    "engine": ("summaries:ai_settings_tab", ("engine",)),
    "session": ("summaries:import", ()),
    "summary": ("summaries:home", ()),
}


def linked_steps(setup: Setup) -> list[tuple[Step, str, str]]:
    """(step, its page, its number); an optional step has no number of its own."""
    numbers = {step.code: str(number) for number, step in enumerate(setup.wanted, start=1)}
    return [(step, _address(step), numbers.get(step.code, "+")) for step in setup.steps]


def _address(step: Step) -> str:
    name, args = _PAGES[step.code]
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def show_setup(request: MemberRequest) -> HttpResponse:
    """Leave the list out of the home page, or show it there again. The form sends `show`, 0 or 1."""
    shown = request.POST.get("show") == "1"
    domain.show_setup(company=request.company, shown=shown, actor=request.user, at=timezone.now())
    if shown:
        messages.success(request, _("The set-up list is on the home page again."))
    else:
        messages.success(request, _("The set-up list is hidden here. You find it under AI settings."))
    return redirect("summaries:home")


def unfinished_setup(company: Company) -> dict[str, Any] | None:
    """The list as templates show it; None once it is finished."""
    setup = domain.setup_of(company=company)
    return None if setup.is_finished else {"setup": setup, "setup_steps": linked_steps(setup)}
