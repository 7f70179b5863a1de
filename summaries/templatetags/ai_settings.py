from typing import Any

from django import template
from django.urls import reverse

from accounts.permissions import Permission
from accounts.tenancy import holds
from summaries.models import SupportSession
from summaries.views.settings.setup import unfinished_setup

register = template.Library()


@register.inclusion_tag("settings/_setup_card.html", takes_context=True)
def setup_card(context: dict[str, Any]) -> dict[str, Any]:
    """The set-up list for those who can work through it, until it is finished or hidden."""
    request = context["request"]
    if not holds(request.user, Permission.MANAGE_COMPANY, request.company.pk):
        return {}
    found = unfinished_setup(request.company)
    return {} if found is None or found["setup"].is_hidden else {**found, "csrf_token": context.get("csrf_token")}


@register.simple_tag(takes_context=True)
def why_address(context: dict[str, Any], session: SupportSession) -> str:
    """Where every rule that was asked about *session* is shown, for those who may look; else nothing."""
    request = context["request"]
    if not holds(request.user, Permission.MANAGE_COMPANY, session.company_id):
        return ""
    return f"{reverse('summaries:ai_settings_tab', args=['check'])}?session={session.label}"
