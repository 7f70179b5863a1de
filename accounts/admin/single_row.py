"""Pages of what a company has exactly once."""
# ruff: noqa: ARG002 - the signatures are the framework's

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.scoped_admin import CompanyScopedAdmin
from insights_portal.admin_site import Card


class SingleRowAdmin(CompanyScopedAdmin):
    """A company has exactly one such row: its list is its page."""

    #: What the page is called, in the navigation too.
    heading: str | Promise
    overview_counts = False

    def overview_card(self, request: HttpRequest) -> Card | None:
        card = super().overview_card(request)
        return card and replace(card, title=str(self.heading))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied(_("Your roles do not include what this page needs. Ask an administrator for it."))
        return HttpResponseRedirect(self._address("change", self.get_queryset(request).get().pk))

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        context |= {"title": str(self.heading), "subtitle": None, "is_single": True}
        return super().render_change_form(request, context, *args, **kwargs)
