"""The page behind the link of an invitation. Showing it changes nothing; only the button accepts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.adapters import SIGN_ON_KEY
from accounts.domain import invitations
from accounts.forms import AcceptForm
from accounts.middleware import SESSION_KEY
from accounts.models import Invitation


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: Any, token: str) -> HttpResponse:
    try:
        found = invitations.open_invitation(token=token, at=timezone.now())
        if request.user.is_authenticated:
            return _answer_of_member(request, found, token)
        if invitations.has_account(invitation=found):
            return render(request, "accounts/invitation_sign_in.html", {"invitation": found})
        return _answer_of_new_person(request, found, token)
    except invitations.UnusableInvitation as error:
        return render(request, "accounts/invitation_unusable.html", {"sentence": str(error)}, status=410)


def _answer_of_member(request: Any, found: Invitation, token: str) -> HttpResponse:
    is_theirs = request.user.email == found.email
    # Whoever came through a company's own sign-on is known by that company's word alone, which counts there only.
    needs_password = request.session.get(SIGN_ON_KEY, found.company_id) != found.company_id
    if request.method != "POST" or not is_theirs or needs_password:
        shown = {"invitation": found, "is_theirs": is_theirs, "needs_password": needs_password}
        return render(request, "accounts/invitation_accept.html", shown)
    membership = invitations.accept_as_member(token=token, user=request.user, at=timezone.now())
    request.session[SESSION_KEY] = membership.company_id
    messages.success(request, _("You are a member of %(company)s now.") % {"company": membership.company})
    return redirect("summaries:home")


def _answer_of_new_person(request: Any, found: Invitation, token: str) -> HttpResponse:
    form = AcceptForm(request.POST if request.method == "POST" else None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            invitations.accept_as_new(token=token, at=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error("password", error)
        else:
            messages.success(
                request,
                _("You are a member of %(company)s now. Sign in with your new password.") % {"company": found.company},
            )
            return redirect("account_login")
    return render(request, "accounts/invitation_new.html", {"invitation": found, "form": form})
