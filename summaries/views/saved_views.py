"""Saving the list at hand as a view, and the page on which views are renamed, shared and deleted."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing
from summaries.domain.views import saving
from summaries.domain.views.queries import view_or_404, views_of
from summaries.domain.views.saving import NotYourView, UnableToSaveView
from summaries.enums import SessionList
from summaries.models import SavedView
from summaries.views.access import READ_REPORTS, MemberRequest, may, portal_page
from summaries.views.filtering import filters_in


@require_GET
@portal_page(*READ_REPORTS)
def views(request: MemberRequest) -> HttpResponse:
    """One's own views and the shared ones, with what can be done to them."""
    offered = views_of(company=request.company, viewer=request.user, with_owners=True)
    context = {
        "own_views": [each for each in offered if each.is_own],
        "shared_views": [each for each in offered if not each.is_own],
        "most": saving.MAX_VIEWS,
    }
    return render(request, "summaries/views.html", context)


@require_POST
@portal_page(*READ_REPORTS)
def save_new(request: MemberRequest) -> HttpResponse:
    """Keep the list whose filters the form carries as `query` under a new name."""
    list_name = _list_of(request)
    filters = filters_in(request, request.POST.get("query", ""))
    name = request.POST.get("name", "")
    try:
        view = saving.save_view(
            company=request.company,
            actor=request.user,
            list_name=list_name,
            name=name,
            filters=filters,
            is_shared="is_shared" in request.POST,
            at=timezone.now(),
        )
        if "is_default" in request.POST:
            saving.begin_with(view=view, member=request.user)
    except UnableToSaveView as error:
        messages.error(request, str(error))
        # The list as it was, with the form open again and the name in it.
        return redirect(f"{_address(list_name)}{filters.stem()}{urlencode({'save_as': name[:200]})}")
    messages.success(request, _("The view “%(name)s” was saved.") % {"name": view.name})
    return redirect(_address_of(view))


@require_POST
@portal_page(*READ_REPORTS)
def save(request: MemberRequest, view_id: int) -> HttpResponse:
    """Keep the list whose filters the form carries in the view that it began with."""
    view = view_or_404(company=request.company, viewer=request.user, view_id=view_id)
    filters = filters_in(request, request.POST.get("query", ""))
    try:
        saving.change_view(view=view, actor=request.user, at=timezone.now(), filters=filters)
    except (UnableToSaveView, NotYourView) as error:
        messages.error(request, str(error))
        return redirect(f"{_address(view.list_name)}{filters.address()}")
    messages.success(request, _("The view “%(name)s” was saved.") % {"name": view.name})
    return redirect(_address_of(view))


@require_POST
@portal_page(*READ_REPORTS)
def change(request: MemberRequest, view_id: int) -> HttpResponse:
    """Rename a view, and share it or not."""
    view = view_or_404(company=request.company, viewer=request.user, view_id=view_id)
    wish: dict[str, Any] = {"name": request.POST.get("name", ""), "is_shared": "is_shared" in request.POST}
    try:
        changed = saving.change_view(view=view, actor=request.user, at=timezone.now(), **wish)
    except (UnableToSaveView, NotYourView) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The view “%(name)s” was saved.") % {"name": changed.name})
    return redirect("summaries:views")


@require_POST
@portal_page(*READ_REPORTS)
def delete(request: MemberRequest, view_id: int) -> HttpResponse:
    view = view_or_404(company=request.company, viewer=request.user, view_id=view_id)
    try:
        saving.delete_view(view=view, actor=request.user, at=timezone.now())
    except (UnableToSaveView, NotYourView) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The view “%(name)s” was deleted.") % {"name": view.name})
    return redirect("summaries:views")


@require_POST
@portal_page(*READ_REPORTS)
def begin_with(request: MemberRequest, view_id: int) -> HttpResponse:
    """Let the member's list begin with the view, or with `begin=plainly` without any."""
    view = view_or_404(company=request.company, viewer=request.user, view_id=view_id)
    if request.POST.get("begin") == "plainly":
        saving.begin_plainly(company=request.company, member=request.user, list_name=view.list_name)
        messages.success(request, _("Your list begins without a view now."))
        return redirect("summaries:views")
    try:
        saving.begin_with(view=view, member=request.user)
    except UnableToSaveView as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your list begins with “%(name)s” now.") % {"name": view.name})
    return redirect("summaries:views")


def _list_of(request: MemberRequest) -> SessionList:
    """The list of the form. Raises PermissionMissing for that of summaries without reading them."""
    is_reports = request.POST.get("list") == SessionList.REPORTS.lower()
    if not is_reports and not may(request, Permission.VIEW_SUMMARIES):
        raise PermissionMissing(_("Your roles do not let you read summaries. Ask an administrator."))
    return SessionList.REPORTS if is_reports else SessionList.HOME


def _address(list_name: str) -> str:
    return reverse(f"summaries:{list_name.lower()}")


def _address_of(view: SavedView) -> str:
    return f"{_address(view.list_name)}?view={view.pk}"
