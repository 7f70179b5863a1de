"""System checks: the start fails when a company's rows can be reached past the seam, or a setting leads nowhere."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.scoped_admin import CompanyScopedAdmin
from accounts.scoped_api import CompanyScopedViewSet
from accounts.tenancy import CompanyOwned
from credits.payments import payment_provider


@register(Tags.security)
def check_tenancy_seam(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    owned = [model for model in apps.get_models() if issubclass(model, CompanyOwned)]
    return [
        *check_models(owned),
        *check_admins(admin.site._registry),
        *check_views(viewsets(get_resolver().url_patterns)),
    ]


@register
def check_payment_provider(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """PAYMENT_PROVIDER names a class that can be made."""
    try:
        payment_provider()
    except (ImportError, TypeError) as error:
        hint = "Name a class by its dotted path, as credits.payments describes it, or leave the setting empty."
        return [Error(f"PAYMENT_PROVIDER can't be used: {error}", hint=hint, id="portal.E006")]
    return []


@register(Tags.translation)
def check_translations(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Every catalogue is compiled as it stands; what is not is shown in English, or as it was."""
    return [
        Warning(
            f"The translations into {source.parent.parent.name} are not compiled.",
            hint="Run `make setup`, or `django-admin compilemessages` in the folder insights_portal.",
            id="portal.W007",
        )
        for folder in settings.LOCALE_PATHS
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po"))
        if not is_compiled(source)
    ]


def is_compiled(source: Path) -> bool:
    """Whether the compiled catalogue beside this one is there, and not older."""
    compiled = source.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime


def check_models(owned: Iterable[type[Any]]) -> list[CheckMessage]:
    """A company's model has `visible_to` on its default manager, and says what makes its rows visible."""
    messages: list[CheckMessage] = []
    for model in owned:
        queryset = type(model._default_manager.all())
        if not hasattr(queryset, "visible_to"):
            hint = "Set `objects` to the as_manager() of a CompanyQuerySet."
            messages.append(Error(f"{model.__name__} has no visible_to.", hint=hint, obj=model, id="portal.E001"))
        elif not queryset.visible_with and "visible_to" not in vars(queryset):
            hint = "Name the permissions in `visible_with`, or write `visible_to`."
            messages.append(Error(f"{model.__name__} is visible to nobody.", hint=hint, obj=model, id="portal.E002"))
    return messages


def check_admins(registry: dict[Any, Any]) -> list[CheckMessage]:
    """Every registered ModelAdmin goes through the seam, and its inlines too."""
    messages: list[CheckMessage] = []
    for model, model_admin in registry.items():
        if not isinstance(model_admin, CompanyScopedAdmin):
            hint = "Derive it from CompanyScopedAdmin, or unregister it: pages show a company's rows only."
            messages.append(Error(f"{model_admin} goes round the seam.", hint=hint, obj=model, id="portal.E003"))
        for inline in model_admin.inlines:
            if issubclass(inline.model, CompanyOwned):
                hint = "Inlines list and save rows past CompanyScopedAdmin."
                messages.append(
                    Error(f"{inline.__name__} goes round the seam.", hint=hint, obj=model, id="portal.E004")
                )
    return messages


def check_views(classes: Iterable[type[Any]]) -> list[CheckMessage]:
    """Every view of the API that reads rows derives from CompanyScopedViewSet, and brings no queryset of its own."""
    messages: list[CheckMessage] = []
    for view in classes:
        reads_rows = hasattr(view, "get_queryset")
        if reads_rows and (not issubclass(view, CompanyScopedViewSet) or view.queryset is not None):
            hint = "Derive it from CompanyScopedViewSet and name `queryset_model` instead of `queryset`."
            messages.append(Error(f"{view.__name__} goes round the seam.", hint=hint, obj=view, id="portal.E005"))
    return messages


def viewsets(patterns: Iterable[URLPattern | URLResolver]) -> set[type[Any]]:
    """The classes of the API's views behind these URL patterns."""
    found: set[type[Any]] = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found |= viewsets(pattern.url_patterns)
        else:
            view = getattr(pattern.callback, "cls", None)
            if view is not None:
                found.add(view)
    return found
