"""One's own open sign-ins."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.adapters import client_address
from accounts.domain import open_sign_ins
from insights_portal.lib.fields import fits_a_key

#: What browsers call themselves; several name others besides, so the first that fits counts.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_of(agent: str) -> str:
    """What a person recognises a browser by: `Firefox on Windows`."""
    browser, system = (next((name for mark, name in known if mark in agent), "") for known in (_BROWSERS, _SYSTEMS))
    if not system:
        return browser or _("Unknown")
    return _("%(browser)s on %(system)s") % {"browser": browser or _("Another browser"), "system": system}


@require_safe
def sign_ins(request: Any) -> HttpResponse:
    rows = list(open_sign_ins.list_open(user=request.user, at=timezone.now()))
    for row in rows:
        row.is_current = row.session_key == request.session.session_key  # type: ignore[attr-defined]
        row.device = device_of(row.agent)  # type: ignore[attr-defined]
    return render(request, "accounts/sign_ins.html", {"rows": rows, "title": _("Open sign-ins")})


@require_POST
def end_sign_in(request: Any) -> HttpResponse:
    """End the sign-in whose id is `sign_in`; without one, all but the present."""
    now, address, wanted = timezone.now(), client_address(request), request.POST.get("sign_in", "")
    if not wanted:
        count = open_sign_ins.end_others(
            user=request.user, session_key=request.session.session_key, at=now, address=address
        )
        messages.success(
            request,
            ngettext("%(count)s other sign-in ended.", "%(count)s other sign-ins ended.", count) % {"count": count},
        )
        return redirect("accounts:sign_ins")
    try:
        ended = open_sign_ins.end_one(
            user=request.user, sign_in_id=int(wanted) if fits_a_key(wanted) else 0, at=now, address=address
        )
    except open_sign_ins.NoSuchSignIn as error:
        messages.info(request, str(error))
        return redirect("accounts:sign_ins")
    if ended == request.session.session_key:
        logout(request)
        return redirect("account_login")
    messages.success(request, _("The sign-in was ended."))
    return redirect("accounts:sign_ins")
