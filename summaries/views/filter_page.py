"""All filters of a list as one form, and the devices that a typed part of a name may mean."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.adapters import shown_names
from accounts.permissions import Permission
from summaries.domain.reading import filters as session_filters
from summaries.domain.reading.conditions import NO_SUMMARY
from summaries.domain.reading.filter_choices import devices_like, filter_choices
from summaries.domain.reading.filters import SessionFilters
from summaries.views.access import READ_REPORTS, MemberRequest, may, portal_page
from summaries.views.filtering import filters_of


@require_GET
@portal_page(*READ_REPORTS)
def filter_form(request: MemberRequest) -> HttpResponse:
    """All filters as one form that leads back to the list it was opened from; a fragment for htmx."""
    reads_summaries = may(request, Permission.VIEW_SUMMARIES)
    list_name = "reports" if request.GET.get("list") == "reports" or not reads_summaries else "home"
    choices = filter_choices(company=request.company, viewer=request.user, names=shown_names(request))
    filters = filters_of(request)
    context = {
        "filters": filters,
        "list_address": reverse(f"summaries:{list_name}"),
        "carried": _carried(request),
        "choices": choices,
        "reads_summaries": reads_summaries,
        "enums": {name: list(named.items()) for name, named in session_filters.CHOICES.items()}
        | {"state": _states(list_name, filters)},
        "periods": session_filters.PERIODS,
    }
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "summaries/_filter_form.html" if fragment else "summaries/filter_page.html", context)


def _states(list_name: str, filters: SessionFilters) -> list[tuple[str, Any]]:
    """On the list of summaries nothing is without one; it stands there only to be taken back."""
    left_out = NO_SUMMARY if list_name == "home" and NO_SUMMARY not in filters.state else ""
    return [(value, label) for value, label in session_filters.STATES.items() if value != left_out]


def _carried(request: MemberRequest) -> list[tuple[str, str]]:
    """What the form has no field for and the list keeps."""
    found = [(name, request.GET[name]) for name in ("view", "columns", "sort") if name in request.GET]
    return found + [pair for pair in session_filters.NAMELESS if pair[1] in request.GET.getlist(pair[0])]


@require_GET
@portal_page(*READ_REPORTS)
def devices(request: MemberRequest) -> HttpResponse:
    """What the field of the form, the last `device`, may mean: options for it."""
    part = request.GET.get("device", "").replace("\x00", "")[: session_filters.MAX_VALUE_CHARS]
    found = devices_like(company=request.company, viewer=request.user, part=part)
    return render(request, "summaries/_filter_devices.html", {"names": found})
