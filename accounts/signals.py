"""Sign-ins reach the audit log, however they were made."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.adapters import attempted_account, client_address
from accounts.domain import sign_ins


@receiver(user_logged_in)
def tell_sign_in(request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    sign_ins.record_sign_in(user=user, at=timezone.now(), address=client_address(request))


@receiver(user_logged_out)
def tell_sign_out(request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    if user is not None:
        sign_ins.record_sign_out(user=user, at=timezone.now(), address=client_address(request))


@receiver(user_login_failed)
def tell_failed_sign_in(credentials: dict[str, Any], request: HttpRequest | None = None, **_kwargs: Any) -> None:
    if request is not None:
        email = attempted_account(request, credentials)
        sign_ins.record_failed_sign_in(email=email, at=timezone.now(), address=client_address(request))
