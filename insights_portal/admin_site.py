"""The portal's one admin site."""
# ruff: noqa: ARG002 - the signatures are the framework's

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, gettext_lazy, gettext_noop

#: Django's pages that this site leaves out: sign-in is allauth's, and the short cut by content type knows no company.
_LEFT_OUT = {"login", "password_change_done", "view_on_site"}
#: Libraries that register pages of their own. They know no company, and whoever may add a schedule can run anything.
_LIBRARIES = {"account", "auth", "axes", "django_q", "guardian", "mfa"}
#: Said by Django's forms; in the catalogues of the portal, so that each language has one word for saving.
_SAID_BY_DJANGO = (gettext_noop("Save and add another"), gettext_noop("Save and continue editing"))


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to configure, as the overview shows it. *count* is None for what a company has once."""

    group: str
    title: str
    url: str
    help: str
    count: int | None


class PortalAdminSite(AdminSite):
    """Every member of a company may enter; what they see is the ModelAdmins' to say."""

    site_header = site_title = "Session Insights"
    index_title = gettext_lazy("Company")
    index_template = "accounts/overview.html"
    enable_nav_sidebar = False
    empty_value_display = "–"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        #: Asked for the set-up list of the request's company, as the template shows it; None: nothing to show.
        self.setup_of: Callable[[HttpRequest], dict[str, Any] | None] = lambda _: None

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models = model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        ours = [model for model in models if model._meta.app_label not in _LIBRARIES]
        super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and getattr(request, "company", None) is not None

    def get_urls(self) -> list[Any]:
        urls = [url for url in super().get_urls() if getattr(url, "name", None) not in _LEFT_OUT]
        for url in urls:
            view: Any = url.callback
            if hasattr(view, "login_url"):
                # Visitors go to the portal's sign-in, not to the framework's.
                view.login_url = settings.LOGIN_URL
        return urls

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Refuse whoever may not enter with a 403; visitors were sent to the sign-in before (middleware)."""
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                raise PermissionDenied(gettext("You are not a member of any company. Ask an administrator to add you."))
            return inner(request, *args, **kwargs)  # type: ignore[no-any-return]

        return checked

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """What can be configured for the company, in groups, and what is not set up yet."""
        groups = self._groups(request)
        if not groups:
            raise PermissionDenied(
                gettext("Your roles do not include anything to configure here. Ask an administrator for it.")
            )
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "groups": groups,
            **(self.setup_of(request) or {}),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.index_template or "", context)

    def _groups(self, request: HttpRequest) -> list[tuple[str, list[Card]]]:
        groups: dict[str, list[Card]] = {}
        for model_admin in self._registry.values():
            card = model_admin.overview_card(request)  # type: ignore[attr-defined]
            if card is not None:
                groups.setdefault(card.group, []).append(card)
        return sorted(groups.items())

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """The list of apps is no part of our pages, and costs permission checks on each."""
        return {
            "site_title": self.site_title,
            "site_header": self.site_header,
            "site_url": self._home(),
            "has_permission": self.has_permission(request),
            "available_apps": [],
            "is_popup": False,
            "is_nav_sidebar_enabled": False,
            "log_entries": [],
        }

    def _home(self) -> str:
        try:
            return reverse("summaries:home")
        except NoReverseMatch:
            return "/"

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect(f"{self.name}:index")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_change_password")
