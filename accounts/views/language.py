from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.domain import languages, sign_ins


@login_not_required
@require_POST
def choose_language(request: Any) -> HttpResponse:
    """Pages are in *language* from now on, in this browser and wherever the person signs in; then back to *next*."""
    language = request.POST.get("language", "")
    try:
        languages.check_language(language)
        if request.user.is_authenticated:
            sign_ins.choose_language(user=request.user, language=language, at=timezone.now())
    except languages.UnknownLanguage as error:
        raise Http404(str(error)) from error
    response = HttpResponseRedirect(_next_of(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=timedelta(seconds=settings.LANGUAGE_COOKIE_AGE),
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _next_of(request: Any) -> str:
    """Where the form stood, if that is an address of this portal."""
    address: str = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else "/"
