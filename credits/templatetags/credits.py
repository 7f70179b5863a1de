"""What the templates of the credits pages need beyond the portal's own tags."""

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.tenancy import holds
from credits.enums import EntryKind

register = template.Library()

#: How a line of the ledger looks; its word says the same.
_TONES = {EntryKind.GRANT: "good", EntryKind.CHARGE: "plain", EntryKind.EXPIRE: "warn", EntryKind.ADJUST: "warn"}

#: (name of the page, label, the permissions of which one opens it)
TABS: tuple[tuple[str, Any, tuple[Permission, ...]], ...] = (
    ("credits:overview", _("Overview"), (Permission.MANAGE_CREDITS, Permission.MANAGE_COMPANY)),
    ("credits:ledger", _("Ledger"), (Permission.MANAGE_CREDITS,)),
    ("credits:use", _("Use"), (Permission.MANAGE_CREDITS,)),
    ("credits:orders", _("Orders"), (Permission.MANAGE_CREDITS,)),
)


@register.simple_tag(takes_context=True)
def credits_tabs(context: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """(label, address, is current) of the pages that the member may open; a page below a tab keeps it current."""
    request = context["request"]
    found = []
    for name, label, any_of in TABS:
        if not any(holds(request.user, permission, request.company.pk) for permission in any_of):
            continue
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        is_below = name != TABS[0][0] and request.path.startswith(address)
        found.append((str(label), address, request.path == address or is_below))
    return found


@register.filter
def tone_of(kind: str) -> str:
    return _TONES.get(EntryKind(kind), "plain")


@register.filter
def signed(amount: int) -> str:
    """A number with its sign; nothing is plain 0."""
    return f"{amount:+,}".replace("-", "−") if amount else "0"
