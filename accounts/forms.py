from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.domain.ai_settings import TERMS_VERSION
from accounts.enums import ApiScope
from accounts.models import AISettings, ApiToken, Company, Membership, Role, User
from accounts.permissions import Permission
from accounts.scoped_admin import CompanyScopedForm


def _time_zones(empty: str | None = None) -> list[tuple[str, str]]:
    zones = [(name, name.replace("_", " ")) for name in sorted(available_timezones())]
    return [("", empty), *zones] if empty else zones


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(choices=lambda: _time_zones("The company's time zone"), required=False)

    class Meta:
        model = User
        fields = ["name", "time_zone"]


class CompanyForm(CompanyScopedForm):
    time_zone = forms.ChoiceField(choices=_time_zones, help_text="Decides where days and months begin.")

    class Meta:
        model = Company
        fields = ["name", "time_zone", "address", "contact_email", "billing_step_minutes"]


class RoleForm(CompanyScopedForm):
    permissions = forms.MultipleChoiceField(
        choices=Permission.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="A member's roles add up. You can grant what you hold yourself.",
    )

    class Meta:
        model = Role
        fields = ["name", "permissions"]


class MemberAddForm(CompanyScopedForm):
    email = forms.EmailField(label="E-mail address", help_text="The member signs in with it.")
    name = forms.CharField(max_length=150)
    password = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="For a new account. Empty: the member sets it with “Forgot password”.",
    )

    class Meta:
        model = Membership
        fields = ["email", "name", "password", "roles", "log_sessions"]
        widgets = {"roles": forms.CheckboxSelectMultiple}

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password)
        return password


class MemberChangeForm(CompanyScopedForm):
    new_password = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Empty: it stays as it is. A new password ends the member's open sign-ins.",
    )

    class Meta:
        model = Membership
        fields = ["roles", "log_sessions"]
        widgets = {"roles": forms.CheckboxSelectMultiple}

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance.user)
        return password


class ApiTokenForm(CompanyScopedForm):
    scopes = forms.MultipleChoiceField(
        choices=ApiScope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="What the token may do at most; the member's roles limit it further.",
    )

    class Meta:
        model = ApiToken
        fields = ["membership", "name", "scopes", "expires_at"]
        help_texts = {"expires_at": "At most a year from now."}


class AISettingsForm(CompanyScopedForm):
    accept_terms = forms.BooleanField(
        required=False, label=f"I accept the terms of AI features, version {TERMS_VERSION}, for the company"
    )
    engine_base_url = forms.URLField(
        required=False,
        label="Base URL",
        assume_scheme="https",
        help_text="Empty: the provider's own address. Otherwise your own server that speaks the same protocol.",
    )
    engine_key = forms.CharField(
        required=False,
        label="New key",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Stored encrypted and never shown again. Empty: the stored key stays.",
    )
    forget_engine_key = forms.BooleanField(required=False, label="Remove the stored key")

    class Meta:
        model = AISettings
        fields = [
            "is_active",
            "outgoing_enabled",
            "incoming_enabled",
            "engine",
            "engine_model",
            "engine_base_url",
            "language",
            "minimum_seconds",
        ]
