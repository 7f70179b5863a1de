from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.adapters import client_address
from accounts.domain import sign_ins
from accounts.forms import ProfileForm
from accounts.middleware import SESSION_KEY


@require_POST
def switch_company(request: Any) -> HttpResponse:
    """Work in another company of one's own. The form sends `company`, its id."""
    chosen = request.POST.get("company", "")
    # Whoever came through a company's single sign-on works in that one only.
    is_key = chosen in {str(company.pk) for company in request.companies}
    try:
        company = sign_ins.switch_company(
            user=request.user,
            company_id=int(chosen) if is_key else 0,
            at=timezone.now(),
            address=client_address(request),
        )
    except sign_ins.NotAMember as error:
        raise Http404("There is no such company here.") from error
    request.session[SESSION_KEY] = company.pk
    messages.success(request, _("You work in %(company)s now.") % {"company": company})
    return redirect("summaries:home")


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: Any) -> HttpResponse:
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        sign_ins.change_profile(user=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Your profile was saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form, "title": _("Profile")})


def closed(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Pages of the sign-in library that this portal does not offer: addresses are the administrators' to change."""
    raise Http404("There is no such page.")
