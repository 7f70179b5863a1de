"""Signing in with one's company: to its provider and back."""

import time
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.adapters import SIGN_ON_KEY, client_address
from accounts.domain import sign_ins
from accounts.domain import single_sign_on as domain
from accounts.domain.single_sign_on import UnableToSignOn
from accounts.enums import SignOnKind
from accounts.models import SingleSignOn
from accounts.sign_in import oidc, saml
from insights_portal.lib import crypto

#: In the session: what a sign-in that was begun is recognised by. One at a time, used once.
_BEGUN = "single_sign_on_begun"
#: Seconds within which the person comes back from the provider, and from our own address for its answer.
_PATIENCE, _HANDOVER = 600, 120
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def explained(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that says why nobody was signed in."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except UnableToSignOn as error:
            return render(request, "account/single_sign_on_refused.html", {"error": error}, status=403)

    return checked


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_on(request: HttpRequest) -> HttpResponse:
    """Ask for the company's short name (`company`), then lead to its provider. No company is ever listed."""
    slug = request.POST.get("company", "") or request.GET.get("company", "")
    page = {"company_slug": slug, "next": request.POST.get("next", request.GET.get("next", ""))}
    if request.method != "POST":
        return render(request, "account/single_sign_on.html", page)
    if not ratelimit.consume(request, action="single_sign_on"):
        page["error"] = "Too many attempts. Wait a minute, then try again."
        return render(request, "account/single_sign_on.html", page, status=429)
    try:
        return _lead(request, domain.offered_by(slug=slug), page["next"], fresh_since=None)
    except UnableToSignOn as error:
        return render(request, "account/single_sign_on.html", page | {"error": str(error)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@explained
def sign_on_again(request: Any) -> HttpResponse:
    """Confirm who one is with the provider that one came from."""
    if SIGN_ON_KEY not in request.session or request.company is None:
        raise Http404("There is no such page.")
    next_page = request.POST.get("next", request.GET.get("next", ""))
    if request.method != "POST":
        return render(request, "account/single_sign_on_again.html", {"next": next_page})
    offered = domain.offered_by(slug=request.company.slug)
    return _lead(request, offered, next_page, fresh_since=int(time.time()))


def _lead(request: HttpRequest, offered: SingleSignOn, next_page: str, *, fresh_since: int | None) -> HttpResponse:
    """Remember the attempt and show the way. A form may not lead to a foreign address (CSP), a page of ours may."""
    begun: dict[str, Any] = {"company": offered.company_id, "at": time.time(), "next": next_page, "fresh": fresh_since}
    if offered.kind == SignOnKind.OIDC:
        attempt = oidc.Attempt.begin(fresh_since=fresh_since)
        address = oidc.authorisation_address(offered, attempt, _absolute(request, "sign_on_callback", offered))
        begun["attempt"] = asdict(attempt)
    else:
        address, begun["request_id"] = saml.sign_on_address(
            offered, _addresses(request, offered), fresh=fresh_since is not None
        )
    request.session[_BEGUN] = begun
    return render(request, "account/single_sign_on_leave.html", {"address": address, "offered_by": offered.company})


@login_not_required
@never_cache
@require_GET
@explained
def callback(request: HttpRequest, slug: str) -> HttpResponse:
    """Back from an OIDC provider."""
    offered, begun = _resume(request, slug, SignOnKind.OIDC)
    attempt = oidc.Attempt(**begun["attempt"])
    if not constant_time_compare(request.GET.get("state", ""), attempt.state):
        raise UnableToSignOn(_("This answer belongs to another sign-in. Start again from the sign-in page."))
    if "code" not in request.GET:
        raise UnableToSignOn(_("Your company's provider did not sign you in. Try again, or ask your administrator."))
    address = _absolute(request, "sign_on_callback", offered)
    found = oidc.vouched(offered, attempt, request.GET["code"], address)
    return _finish(request, offered, found, begun)


@csrf_exempt
@login_not_required
@require_POST
@explained
def acs(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a SAML response. It comes from another site, so the browser keeps our cookies back: what it says is checked
    here, and handed over, sealed, to a page of ours that sees the session.
    """
    encoded = request.POST.get("SAMLResponse", "")
    offered = domain.offered_by(slug=slug)
    if offered.kind != SignOnKind.SAML or not encoded or len(encoded) > saml.MAX_RESPONSE:
        raise UnableToSignOn(_("This is no answer of a provider. Start from the sign-in page."))
    assertion = saml.read_response(offered, _addresses(request, offered), encoded)
    sealed = crypto.encrypt(signing.dumps({"company": offered.company_id, **asdict(assertion)}, salt="saml"))
    return redirect(f"{reverse('accounts:sign_on_finish', args=[slug])}?answer={sealed}")


@login_not_required
@never_cache
@require_GET
@explained
def finish(request: HttpRequest, slug: str) -> HttpResponse:
    """Believe a handed-over SAML answer once, in the browser that asked for it."""
    offered, begun = _resume(request, slug, SignOnKind.SAML)
    assertion = _opened(request.GET.get("answer", ""), offered)
    saml.check_answer(assertion, request_id=begun["request_id"], fresh_since=begun["fresh"], at=timezone.now())
    if not _is_first_use(offered, assertion):
        raise UnableToSignOn(_("This answer was used already. Start again from the sign-in page."))
    return _finish(request, offered, assertion, begun)


@login_not_required
@require_GET
def metadata(request: HttpRequest, slug: str) -> HttpResponse:
    """What a SAML provider needs to know about the portal."""
    found = domain.described_for_provider(slug=slug)
    if found is None:
        raise Http404("There is no such page.")
    return HttpResponse(
        saml.description(found, _addresses(request, found)), content_type="application/samlmetadata+xml"
    )


def _resume(request: HttpRequest, slug: str, kind: SignOnKind) -> tuple[SingleSignOn, dict[str, Any]]:
    """The attempt of this browser at this company; it can't be resumed again."""
    begun = request.session.pop(_BEGUN, None)
    offered = domain.offered_by(slug=slug)
    is_ours = begun is not None and begun["company"] == offered.company_id and offered.kind == kind
    if not is_ours or ("attempt" in begun) != (kind == SignOnKind.OIDC):
        raise UnableToSignOn(
            _("No sign-in was begun here. Start from the portal's sign-in page, not from the provider's.")
        )
    if time.time() - begun["at"] > _PATIENCE:
        raise UnableToSignOn(_("The sign-in took too long. Start again from the sign-in page."))
    return offered, begun


def _is_first_use(offered: SingleSignOn, assertion: saml.Assertion) -> bool:
    valid_for = max(_PATIENCE, assertion.expires_at - int(time.time()))
    return bool(cache.add(f"saml-used:{offered.company_id}:{assertion.id}", True, valid_for))


def _opened(sealed: str, offered: SingleSignOn) -> saml.Assertion:
    try:
        handed = signing.loads(crypto.decrypt(sealed), salt="saml", max_age=_HANDOVER)
    except (crypto.UnableToDecrypt, signing.BadSignature) as error:
        raise UnableToSignOn(_("The provider's answer came too late. Start again from the sign-in page.")) from error
    if handed.pop("company") != offered.company_id:
        raise UnableToSignOn(_("This answer is for another company. Start again from the sign-in page."))
    return saml.Assertion(**handed)


def _finish(
    request: Any, offered: SingleSignOn, found: oidc.Vouched | saml.Assertion, begun: dict[str, Any]
) -> HttpResponse:
    try:
        person = domain.person_of(sign_on=offered, email=found.email)
    except UnableToSignOn:
        sign_ins.record_refused_sign_on(sign_on=offered, at=timezone.now(), address=client_address(request))
        raise
    if begun["fresh"] is not None:
        if request.user != person or request.session.get(SIGN_ON_KEY) != offered.company_id:
            raise UnableToSignOn(_("Your provider signed somebody else in. Nothing was confirmed."))
        record_authentication(request, person, method="single_sign_on", reauthenticated=True)
    else:
        logout(request)
        # The provider may have known the browser for hours: only when it last asked who they are confirms anything.
        asked_at = min(float(found.authenticated_at), time.time())
        record_authentication(request, person, method="single_sign_on", at=asked_at)
        request.sign_on_company = offered.company
        login(request, person, backend=_BACKEND)
    is_safe = get_adapter(request).is_safe_url(begun["next"])
    return redirect(begun["next"] if begun["next"] and is_safe else "summaries:home")


def _absolute(request: HttpRequest, page: str, offered: SingleSignOn) -> str:
    return request.build_absolute_uri(reverse(f"accounts:{page}", args=[offered.company.slug]))


def _addresses(request: HttpRequest, offered: SingleSignOn) -> saml.Addresses:
    return saml.Addresses(
        acs=_absolute(request, "sign_on_acs", offered), metadata=_absolute(request, "sign_on_metadata", offered)
    )
