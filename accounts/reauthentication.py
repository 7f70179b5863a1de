"""Before what can't be taken back, a member confirms who they are: with the password, a second factor, or single
sign-on. A confirmation, like a sign-in, holds for `REAUTHENTICATION_SECONDS`.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

ASKED = _("Please confirm that it is you. Nothing was changed yet: you come back to this page and send it again.")


def is_recent(request: HttpRequest) -> bool:
    """Whether the member signed in, or confirmed who they are, within the last `REAUTHENTICATION_SECONDS`."""
    records = get_authentication_records(request, request.user)
    newest: float = max((record.get("at", 0.0) for record in records), default=0.0)
    longest: float = settings.REAUTHENTICATION_SECONDS
    return time.time() - newest < longest


def recently_authenticated(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a request through to *view* only after a recent sign-in or confirmation, by whatever method it comes.

    Apply it to the view that does the thing: the POST of a form, the download of an export.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if is_recent(request) else ask_again(request)

    return checked


def recently_authenticated_to_send(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Like `recently_authenticated`, for a view that shows a form and takes it: whoever only reads is not asked."""
    asked = recently_authenticated(view)

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return (asked if request.method == "POST" else view)(request, *args, **kwargs)

    return checked


def ask_again(request: HttpRequest) -> HttpResponse:
    """Send the member to the confirmation and back to the page that they came from; nothing of a form is kept."""
    if request.method not in ("GET", "HEAD"):
        messages.warning(request, ASKED)
    address = f"{reverse('account_reauthenticate')}?{urlencode({'next': _page_of(request)})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _page_of(request: HttpRequest) -> str:
    """The page to return to. A form is often sent to an address that shows no page: the page it stood on does."""
    here = request.get_full_path()
    if request.method in ("GET", "HEAD") and not request.headers.get("HX-Request"):
        return here
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return came_from if is_ours else here
