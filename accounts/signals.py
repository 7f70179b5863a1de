"""Sign-ins, and what people change about them, reach the audit log however they were made."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.adapters import SIGN_ON_KEY, attempted_account, client_address
from accounts.domain import open_sign_ins, second_factors, sign_ins
from accounts.sign_in.middleware import SEEN_KEY, SIGNED_IN_KEY

_METHODS = {
    "password": "password",
    "single_sign_on": "single sign-on",
    "totp": "authenticator app",
    "webauthn": "security key",
    "recovery_codes": "recovery code",
}


def _method(request: HttpRequest, user: Any) -> str:
    """How the person showed who they are, in words."""
    records = get_authentication_records(request, user)
    used = [_METHODS.get(record.get("type") or record["method"], record["method"]) for record in records]
    return " and ".join(dict.fromkeys(used))


@receiver(user_logged_in)
def tell_sign_in(request: Any, user: Any, **_kwargs: Any) -> None:
    now, address, method = timezone.now(), client_address(request), _method(request, user)
    company = getattr(request, "sign_on_company", None)
    request.session[SIGNED_IN_KEY] = request.session[SEEN_KEY] = now.timestamp()
    request.session.pop(SIGN_ON_KEY, None)
    if company is not None:
        request.session[SIGN_ON_KEY] = company.pk
    sign_ins.record_sign_in(user=user, at=now, address=address, method=method, company=company)
    _note_session(request, user, method, company)


def _note_session(request: Any, user: Any, method: str, company: Any) -> None:
    open_sign_ins.open_sign_in(
        user=user,
        session_key=request.session.session_key,
        method=method,
        company=company,
        address=client_address(request),
        agent=request.META.get("HTTP_USER_AGENT", ""),
        at=timezone.now(),
    )


@receiver(user_logged_out)
def tell_sign_out(request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    if user is not None:
        company_id = request.session.get(SIGN_ON_KEY)
        sign_ins.record_sign_out(user=user, at=timezone.now(), address=client_address(request), company_id=company_id)
        open_sign_ins.close_sign_in(session_key=request.session.session_key or "")


@receiver(user_login_failed)
def tell_failed_sign_in(credentials: dict[str, Any], request: HttpRequest | None = None, **_kwargs: Any) -> None:
    if request is not None:
        email = attempted_account(request, credentials)
        sign_ins.record_failed_sign_in(email=email, at=timezone.now(), address=client_address(request))


@receiver([password_changed, password_reset])
def end_other_sign_ins(request: Any, user: Any, **_kwargs: Any) -> None:
    """A new password ends the sign-ins made with the old one; the present one got another session key."""
    open_sign_ins.end_others(
        user=user, session_key=request.session.session_key or "", at=timezone.now(), address=client_address(request)
    )
    if request.user.is_authenticated:
        _note_session(request, user, _method(request, user), None)


@receiver(authentication_failed)
def tell_wrong_code(request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    at, address = timezone.now(), client_address(request)
    sign_ins.record_failed_sign_in(email=user.email, at=at, address=address, method="second factor")


def _tell_factor(request: HttpRequest, user: Any, authenticator: Any, verb: str) -> None:
    second_factors.record_factor_change(
        user=user, verb=verb, kind=authenticator.type, at=timezone.now(), address=client_address(request)
    )


@receiver(authenticator_added)
def tell_factor_added(request: HttpRequest, user: Any, authenticator: Any, **_kwargs: Any) -> None:
    _tell_factor(request, user, authenticator, "mfa_added")
    if second_factors.is_only_factor(user=user, kind=authenticator.type):
        # Whoever knows the password alone may be signed in elsewhere, where no factor was asked for.
        open_sign_ins.end_others(
            user=user, session_key=request.session.session_key or "", at=timezone.now(), address=client_address(request)
        )


@receiver(authenticator_removed)
def tell_factor_removed(request: HttpRequest, user: Any, authenticator: Any, **_kwargs: Any) -> None:
    _tell_factor(request, user, authenticator, "mfa_removed")


@receiver(authenticator_reset)
def tell_codes_renewed(request: HttpRequest, user: Any, authenticator: Any, **_kwargs: Any) -> None:
    _tell_factor(request, user, authenticator, "mfa_codes_renewed")
