"""Edit user information: settings of the members chosen in the list."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain.grants import UnableToGrant
from accounts.domain.groups import UnableToSaveGroup
from accounts.domain.member_settings import Result, change_many, chosen
from accounts.forms import MemberSettingsForm
from accounts.scoped_admin import COUNT_CAP
from insights_portal.lib.fields import fits_a_key


def show(model_admin: Any, request: Any, *, ids: Sequence[int], filters: str, form: Any = None) -> HttpResponse:
    """The page that asks what to change of the members with these ids. *filters* lead back to the list as it was."""
    counted = chosen(company=request.company, membership_ids=ids)
    if not counted.ids:
        messages.warning(request, _("None of the chosen is a member any more. Choose members and try again."))
        return _back(filters)
    shown = {
        **model_admin.admin_site.each_context(request),
        "title": _("Edit user information"),
        "opts": model_admin.opts,
        "chosen": counted,
        "ids": ",".join(map(str, ids)),
        "filters": filters,
        "list_address": _list_address(filters),
        "form": form or MemberSettingsForm(chosen=counted, company=request.company),
    }
    return TemplateResponse(request, "accounts/members_edit.html", shown)


def edit(model_admin: Any, request: Any) -> HttpResponse:
    """Take what `show` asked for: one domain call, and a message that says what it changed."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied(_("Your roles do not include what this page needs. Ask an administrator for it."))
    filters = request.POST.get("filters", "")
    if request.method != "POST":
        return _back(filters)
    ids = _sent_ids(request.POST.get("members", ""))
    counted = chosen(company=request.company, membership_ids=ids)
    form = MemberSettingsForm(request.POST, chosen=counted, company=request.company)
    if not form.is_valid():
        return show(model_admin, request, ids=ids, filters=filters, form=form)
    try:
        result = change_many(
            company=request.company,
            membership_ids=ids,
            settings=form.settings,
            actor=request.user,
            at=timezone.now(),
        )
    except (UnableToGrant, UnableToSaveGroup) as error:
        form.add_error(None, str(error))
        return show(model_admin, request, ids=ids, filters=filters, form=form)
    messages.success(request, _told(result))
    return _back(filters)


def _sent_ids(sent: str) -> list[int]:
    keys = sent.split(",")
    if len(keys) > COUNT_CAP or not all(fits_a_key(key) for key in keys):
        raise BadRequest(_("The selection can’t be read. Go back to the list and select again."))
    return [int(key) for key in keys]


def _told(result: Result) -> str:
    parts = [
        ngettext("%(count)s member changed.", "%(count)s members changed.", result.changed) % {"count": result.changed}
    ]
    if result.unchanged:
        parts.append(
            ngettext(
                "%(count)s member had these settings already.",
                "%(count)s members had these settings already.",
                result.unchanged,
            )
            % {"count": result.unchanged}
        )
    if result.skipped:
        parts.append(
            ngettext(
                "%(count)s person was skipped, because they are no longer a member.",
                "%(count)s people were skipped, because they are no longer members.",
                result.skipped,
            )
            % {"count": result.skipped}
        )
    return " ".join(parts)


def _list_address(filters: str) -> str:
    address = reverse("admin:accounts_membership_changelist")
    return f"{address}?{filters}" if filters else address


def _back(filters: str) -> HttpResponse:
    return HttpResponseRedirect(_list_address(filters))
