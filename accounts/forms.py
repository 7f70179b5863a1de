from functools import partial
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import groups, members
from accounts.domain.member_settings import Chosen, Settings
from accounts.domain.permission_groups import PERMISSION_GROUPS
from accounts.domain.role_limits import limit_choices, limits_of
from accounts.domain.time_zones import time_zones
from accounts.domain.webhook_events import choosable_events
from accounts.enums import ApiScope
from accounts.limits import limit_models
from accounts.models import ApiToken, Company, Invitation, Membership, Role, User, UserGroup
from accounts.scoped_admin import CompanyScopedForm
from accounts.tenancy import CompanyOwned
from insights_portal.lib.fields import RowsField
from insights_portal.lib.widgets import GroupedChoices, RowChoices

_PERMISSION_HELPS = {
    permission.value: text for group in PERMISSION_GROUPS for permission, text in group.permissions.items()
}


def _time_zones(empty: str | None = None) -> list[tuple[str, str]]:
    zones = [(name, name.replace("_", " ")) for name in time_zones()]
    return [("", empty), *zones] if empty else zones


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=lambda: [("", _("The browser’s language")), *settings.LANGUAGES],
        required=False,
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=lambda: _time_zones(_("The company's time zone")), required=False
    )

    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "has_key_shortcuts"]


class CompanyForm(CompanyScopedForm):
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=_time_zones,
        help_text=gettext_lazy("Decides where days and months begin."),
    )

    class Meta:
        model = Company
        fields = ["name", "time_zone", "address", "contact_email", "requires_mfa"]


class RoleForm(CompanyScopedForm):
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("Permissions"),
        choices=[
            (group.title, [(permission.value, permission.label) for permission in group.permissions])
            for group in PERMISSION_GROUPS
        ],
        widget=GroupedChoices(helps=_PERMISSION_HELPS),
        required=False,
        help_text=gettext_lazy("A member's roles add up. You can grant what you hold yourself."),
    )

    class Meta:
        model = Role
        fields = ["name", "permissions"]

    @classmethod
    def limited(cls, company: Company) -> type["RoleForm"]:
        """The form with a field for each kind of group that a role can be limited to."""
        rows = limit_choices(company=company)
        fields = {f"limit_{model._meta.model_name}": _limit_field(model, rows[model]) for model in limit_models}
        return cast(type[RoleForm], type("RoleForm", (cls,), fields))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group in limits_of(role=self.instance) if self.instance.pk else []:
            self.initial.setdefault(f"limit_{group._meta.model_name}", []).append(group.pk)

    @property
    def limits(self) -> list[CompanyOwned]:
        """The chosen groups of every kind."""
        return [group for model in limit_models for group in self.cleaned_data[f"limit_{model._meta.model_name}"]]


def _limit_field(model: type[CompanyOwned], rows: Any) -> RowsField:
    label = _("Limit to %(groups)s") % {"groups": model._meta.verbose_name_plural}
    return RowsField(queryset=rows, required=False, widget=RowChoices, label=label)


class MemberForm(CompanyScopedForm):
    user_groups = RowsField(
        label=gettext_lazy("User groups"),
        queryset=UserGroup.objects.none(),
        required=False,
        widget=RowChoices,
        help_text=gettext_lazy("Groups limit what roles reach, and whose sessions are summarised."),
    )
    new_password = forms.CharField(
        label=gettext_lazy("New password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Empty: it stays as it is. A new password ends the member's open sign-ins."),
    )

    class Meta:
        model = Membership
        fields = ["roles", "log_sessions"]
        widgets = {"roles": RowChoices}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "user_groups" in self.fields:
            self.fields["user_groups"].queryset = groups.choosable(company=self.company)  # type: ignore[attr-defined]
            self.initial["user_groups"] = self.instance.user_groups.all()

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance.user)
        return password


class InvitationForm(CompanyScopedForm):
    class Meta:
        model = Invitation
        fields = ["email", "name", "roles", "user_groups", "log_sessions"]
        widgets = {"roles": RowChoices, "user_groups": RowChoices}
        help_texts = {
            "email": gettext_lazy("The link goes there, and the member signs in with it."),
            "name": gettext_lazy("For the greeting. The person can correct it."),
            "roles": gettext_lazy("You can grant what you hold yourself."),
            "log_sessions": gettext_lazy("Without it this member's outgoing sessions are not summarised."),
        }

    def validate_constraints(self) -> None:
        """An open invitation is the domain's to find: it knows which ones have expired."""


class _MembersField(RowsField):
    def label_from_instance(self, obj: Any) -> str:
        return members.called(obj)


class UserGroupForm(CompanyScopedForm):
    members = _MembersField(
        label=gettext_lazy("Members"),
        queryset=Membership.objects.none(),
        required=False,
        widget=RowChoices,
        help_text=gettext_lazy(
            "Who leaves the company stays in the group until you take them out: roles limited to it still reach "
            "their sessions."
        ),
    )

    class Meta:
        model = UserGroup
        fields = ["name", "members"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "members" in self.fields:
            group = self.instance if self.instance.pk else None
            self.fields["members"].queryset = members.choosable(company=self.company, group=group)  # type: ignore[attr-defined]


class MemberSettingsForm(forms.Form):
    """What to change of the chosen members; each choice says how many of them it changes."""

    LEAVE = ""

    log_sessions = forms.ChoiceField(
        required=False, widget=forms.RadioSelect, label=gettext_lazy("Log sessions for connection reporting")
    )
    join = forms.ModelChoiceField(
        queryset=UserGroup.objects.none(), required=False, label=gettext_lazy("Add to user group")
    )
    leave = forms.ModelChoiceField(
        queryset=UserGroup.objects.none(), required=False, label=gettext_lazy("Remove from user group")
    )

    def __init__(self, *args: Any, chosen: Chosen, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        total = len(chosen.ids)
        self.fields["log_sessions"].choices = [  # type: ignore[attr-defined]
            (
                self.LEAVE,
                _("Leave as it is (on for %(on)s, off for %(off)s)") % {"on": chosen.logged, "off": chosen.unlogged},
            ),
            ("on", _("On: changes %(count)s of %(total)s") % {"count": chosen.unlogged, "total": total}),
            (
                "off",
                _("Off: changes %(count)s of %(total)s. Their outgoing sessions are no longer summarised")
                % {"count": chosen.logged, "total": total},
            ),
        ]
        inside = {group.pk: count for group, count in chosen.in_groups}
        patterns = {
            "join": _("%(group)s: adds %(count)s of %(total)s"),
            "leave": _("%(group)s: removes %(count)s of %(total)s"),
        }
        for name, pattern in patterns.items():
            field: Any = self.fields[name]
            field.queryset = groups.choosable(company=company)
            counts = {key: total - count if name == "join" else count for key, count in inside.items()}
            field.empty_label = _("No group")
            field.label_from_instance = partial(_counted, counts, pattern, total)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not any(values.get(name) for name in ("log_sessions", "join", "leave")) and not self.errors:
            raise forms.ValidationError(_("Nothing is to be changed yet. Choose at least one setting."))
        if values.get("join") and values.get("join") == values.get("leave"):
            raise forms.ValidationError(_("The same group cannot be joined and left. Choose one of the two."))
        return values

    @property
    def settings(self) -> Settings:
        values = self.cleaned_data
        logging = {"on": True, "off": False}.get(values["log_sessions"])
        return Settings(log_sessions=logging, join=values["join"], leave=values["leave"])


def _counted(counts: dict[int, int], pattern: str, total: int, group: UserGroup) -> str:
    return pattern % {"group": group, "count": counts.get(group.pk, 0), "total": total}


class AcceptForm(forms.Form):
    """A new person's answer to an invitation."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters. A few words that only you would put together are best."),
    )


class ApiTokenForm(CompanyScopedForm):
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"),
        choices=ApiScope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What the token may do at most; the member's roles limit it further."),
    )

    class Meta:
        model = ApiToken
        fields = ["membership", "name", "scopes", "expires_at"]
        labels = {"membership": gettext_lazy("Member")}
        help_texts = {"expires_at": gettext_lazy("At most a year from now.")}


class WebhookEndpointForm(forms.Form):
    #: No URLField: what an address may be is the domain's to say, once for every caller.
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://desk.example.com/hooks"}),
        help_text=gettext_lazy(
            "Where messages are posted to. It must begin with https:// and be reached from the internet."
        ),
    )
    description = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("How the portal calls it; empty: by its address."),
    )
    event_types = forms.MultipleChoiceField(
        label=gettext_lazy("Event types"), choices=choosable_events, required=False, widget=forms.CheckboxSelectMultiple
    )
