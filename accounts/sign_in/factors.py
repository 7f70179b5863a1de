from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator

from insights_portal.lib import crypto


class FactorAdapter(DefaultMFAAdapter):
    """Second factors as the portal keeps them: their secrets encrypted, under its own name."""

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises ValidationError, which the form that asked for a code shows."""
        try:
            return crypto.decrypt(encrypted_text)
        except crypto.UnableToDecrypt as error:
            raise self.validation_error("incorrect_code") from error

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return "Security key" if number == 1 else f"Security key {number}"

    def _get_site_name(self) -> str:
        return "Session Insights"
