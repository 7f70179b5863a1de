from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import Permission
from summaries.views.access import MemberRequest, portal_page
from summaries.views.settings import (
    activation,
    check,
    conditions,
    engine,
    incoming,
    language,
    outgoing,
    redaction,
    retention,
    review,
    tickets,
)
from summaries.views.settings.setup import show_setup

_TABS: dict[str, Callable[[MemberRequest], HttpResponse]] = {
    "activation": activation.page,
    "outgoing": outgoing.page,
    "incoming": incoming.page,
    "engine": engine.page,
    "language": language.page,
    "conditions": conditions.page,
    "review": review.page,
    "tickets": tickets.page,
    "redaction": redaction.page,
    "retention": retention.page,
    "check": check.page,
}


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(Permission.MANAGE_COMPANY)
def ai_settings(request: MemberRequest, tab: str = "activation") -> HttpResponse:
    if tab not in _TABS:
        raise Http404(_("There is no such page."))
    return _TABS[tab](request)


setup = require_POST(portal_page(Permission.MANAGE_COMPANY)(show_setup))
