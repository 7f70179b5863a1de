"""Forms of signing in. Codes: few guesses for one account from one address, and no code works twice."""

import hashlib
from typing import Any
from urllib.parse import urlsplit

from allauth.core import context, ratelimit
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.adapters import client_address
from accounts.domain.single_sign_on import CHANGEABLE
from accounts.models import SingleSignOn
from accounts.scoped_admin import CompanyScopedForm
from insights_portal.lib.http import is_allowed_host

#: Longer than a code of the app is valid, in seconds: the library forgets a used one after one step.
_CODE_LIFE = 180


class LimitedCode:
    """A form with a field `code` for *user*."""

    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields  # type: ignore[attr-defined]
        fields["code"].label = gettext_lazy("Code")
        fields["code"].widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}

    def clean_code(self) -> str:
        limit = {"action": "second_factor", "key": f"{self.user.pk}:{client_address(context.request)}"}
        if not ratelimit.consume(context.request, **limit):
            raise ValidationError(_("Too many wrong codes. Wait a quarter of an hour, then try again."))
        code: str = super().clean_code()  # type: ignore[misc]
        digest = hashlib.sha256("".join(code.split()).encode()).hexdigest()
        if not cache.add(f"second-factor-used:{self.user.pk}:{digest}", True, _CODE_LIFE):
            raise ValidationError(_("This code was used already. Wait for the next one."))
        ratelimit.clear(context.request, **limit)
        return code


class CodeForm(LimitedCode, AuthenticateForm):
    """Signs in."""


class ConfirmationCodeForm(LimitedCode, ReauthenticateForm):
    """Confirms who one is."""


class ActivateAppForm(LimitedCode, ActivateTOTPForm):
    """Shows that the authenticator app was set up right."""


def _address(label: Any, help_text: Any) -> forms.URLField:
    widget = forms.URLInput(attrs={"class": "vLargeTextField"})
    return forms.URLField(
        required=False, max_length=200, label=label, help_text=help_text, assume_scheme="https", widget=widget
    )


class SingleSignOnForm(CompanyScopedForm):
    client_secret = forms.CharField(
        required=False,
        strip=True,
        max_length=500,
        label=gettext_lazy("New client secret"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Stored encrypted and never shown again. Empty: the stored one stays."),
    )
    issuer_url = _address(
        gettext_lazy("Issuer"),
        gettext_lazy("The provider's address, as its description names it; begins with https://."),
    )
    idp_sign_on_url = _address(gettext_lazy("Sign-on address of the provider"), gettext_lazy("Begins with https://."))

    class Meta:
        model = SingleSignOn
        fields = CHANGEABLE
        labels = {"client_id": gettext_lazy("Client ID")}

    def clean_issuer_url(self) -> str:
        return self._safe("issuer_url")

    def clean_idp_sign_on_url(self) -> str:
        return self._safe("idp_sign_on_url")

    def _safe(self, name: str) -> str:
        address: str = self.cleaned_data[name]
        parts = urlsplit(address)
        if address and parts.scheme != "https" and not is_allowed_host(parts.hostname or ""):
            raise ValidationError(_("The address must begin with https://."))
        if parts.username or parts.password or parts.fragment:
            raise ValidationError(_("The address holds more than a place. Leave user names and # parts out."))
        return address
