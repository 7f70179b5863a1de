import re
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.db.models import CharField, QuerySet
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.engine_settings import BUILT_IN, CLAUDE, OWN_SERVER
from accounts.enums import SummaryLanguage
from accounts.models import AISettings, UserGroup
from insights_portal.lib.field_notes import describe_fields
from insights_portal.lib.fields import RowsField
from policies.enums import GroupMode
from policies.models import DeviceGroup

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

MAX_DAYS = 36_500
MAX_SECONDS = 86_400


class SettingsForm(forms.Form):
    """One tab. *version*: what the page showed, so that nobody overwrites what they have not seen."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        describe_fields(self)

    def show_again(self, **values: str) -> None:
        """Show the form as it was sent, but for *values*: what stands there now, after the reader was told of it."""
        sent = cast("QueryDict", self.data).copy()
        for name, value in values.items():
            sent[name] = value
        self.data = sent


def _text_of_model(name: str, **kwargs: Any) -> forms.CharField:
    """A text field with the label, length and help that the model declares."""
    field = cast("CharField[str, str]", AISettings._meta.get_field(name))
    label = kwargs.pop("label", capfirst(field.verbose_name))
    kwargs = {"help_text": field.help_text, "required": False, **kwargs}
    return forms.CharField(label=label, max_length=field.max_length, **kwargs)


class ActivationForm(SettingsForm):
    accept = forms.BooleanField(required=False, label=gettext_lazy("I accept these terms for the company"))
    terms_version = forms.CharField(required=False, widget=forms.HiddenInput)


class OutgoingForm(SettingsForm):
    outgoing_enabled = forms.BooleanField(required=False, label=gettext_lazy("Summaries for outgoing connections"))
    consent_seconds = forms.IntegerField(
        label=gettext_lazy("Time to answer, in seconds"),
        min_value=15,
        max_value=MAX_SECONDS,
        help_text=gettext_lazy("No answer within it means no. The support session goes on either way."),
    )
    consent_purpose = _text_of_model("consent_purpose", widget=forms.Textarea(attrs={"rows": 3}))
    consent_processor = _text_of_model("consent_processor")
    consent_contact = _text_of_model("consent_contact")

    def clean_consent_contact(self) -> str:
        contact: str = self.cleaned_data["consent_contact"]
        if contact:
            try:
                (EmailValidator() if "@" in contact else URLValidator(schemes=["http", "https"]))(contact)
            except ValidationError as error:
                raise ValidationError(
                    _("Enter an e-mail address, or a web address that begins with https://.")
                ) from error
        return contact


class IncomingForm(SettingsForm):
    incoming_enabled = forms.BooleanField(required=False, label=gettext_lazy("Summaries for incoming connections"))
    incoming_basis = _text_of_model(
        "incoming_basis",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example the works agreement or the contract that allows it, with its date."),
    )
    basis_confirmed = forms.BooleanField(
        required=False,
        label=gettext_lazy("I confirm that the company may summarise incoming connections on this legal basis"),
    )
    incoming_notice = _text_of_model("incoming_notice", widget=forms.Textarea(attrs={"rows": 3}))


#: The one word that container networks call a host by: `http://ollama:11434`.
_HOST_OF_ONE_WORD = re.compile(r"^(https?://[a-z0-9-]+)(?=[:/]|$)", re.IGNORECASE)


def _check_server_address(address: str) -> None:
    URLValidator(schemes=["http", "https"])(_HOST_OF_ONE_WORD.sub(r"\1.internal", address))


class _ServerAddressField(forms.URLField):
    default_validators = [_check_server_address]


class EngineForm(SettingsForm):
    choice = forms.ChoiceField(
        label=gettext_lazy("Engine"),
        choices=[
            (BUILT_IN, gettext_lazy("Built-in")),
            (CLAUDE, "Claude"),
            (OWN_SERVER, gettext_lazy("Your own server")),
        ],
        widget=forms.RadioSelect,
    )
    base_url = _ServerAddressField(
        required=False,
        label=gettext_lazy("Base URL of your own server"),
        assume_scheme="https",
        max_length=200,
        help_text=gettext_lazy(
            "A server that speaks the Anthropic Messages API, for example Ollama, vLLM, llama.cpp or LiteLLM."
        ),
    )
    model = forms.CharField(
        required=False,
        max_length=120,
        label=gettext_lazy("Model"),
        help_text=gettext_lazy("Empty: the one that this installation names."),
    )
    key = forms.CharField(
        required=False,
        max_length=1000,
        label=gettext_lazy("New key"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Stored encrypted and never shown again. Empty: the stored key stays."),
    )
    forget_key = forms.BooleanField(required=False, label=gettext_lazy("Remove the stored key"))


class LanguageForm(SettingsForm):
    language = forms.ChoiceField(
        label=gettext_lazy("Default language"), choices=SummaryLanguage, widget=forms.RadioSelect
    )


class ConditionsForm(SettingsForm):
    minimum_seconds = forms.IntegerField(
        label=gettext_lazy("Minimum duration, in seconds"),
        min_value=0,
        max_value=MAX_SECONDS,
        help_text=gettext_lazy("Shorter sessions are not summarised. 0: no minimum."),
    )
    user_groups_mode = forms.ChoiceField(label=gettext_lazy("Supporters"), choices=GroupMode, widget=forms.RadioSelect)
    user_groups = RowsField(
        None, required=False, label=gettext_lazy("User groups"), widget=forms.CheckboxSelectMultiple
    )
    device_groups_mode = forms.ChoiceField(label=gettext_lazy("Devices"), choices=GroupMode, widget=forms.RadioSelect)
    device_groups = RowsField(
        None, required=False, label=gettext_lazy("Device groups"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, user_groups: QuerySet[UserGroup], device_groups: QuerySet[DeviceGroup], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer("user_groups", user_groups)
        self._offer("device_groups", device_groups)

    def _offer(self, name: str, groups: QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, RowsField)  # noqa: S101 - declared above
        field.queryset = groups

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name, missing in (
            ("user_groups", _("Choose at least one user group, or “All”.")),
            ("device_groups", _("Choose at least one device group, or “All”.")),
        ):
            mode = values.get(f"{name}_mode")
            if mode in (GroupMode.ONLY, GroupMode.EXCEPT) and name in values and not values[name]:
                self.add_error(name, missing)
        return values


def _days(label: "StrPromise") -> forms.IntegerField:
    return forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_DAYS,
        label=label,
        help_text=gettext_lazy("Counted from the end of the session. Empty: kept for good."),
    )


class RetentionForm(SettingsForm):
    keep_logs_days = _days(gettext_lazy("Session logs, in days"))
    keep_summaries_days = _days(gettext_lazy("Summaries, in days"))
    keep_consents_days = _days(gettext_lazy("Consents, in days"))


class ReviewForm(SettingsForm):
    approval_required = forms.BooleanField(
        required=False, label=gettext_lazy("Approval is required before a summary leaves the portal")
    )


class TicketsForm(SettingsForm):
    ticket_address = _text_of_model(
        "ticket_address", validators=[EmailValidator(gettext_lazy("Enter one e-mail address."))]
    )
    ticket_subject = _text_of_model("ticket_subject")
    ticket_link = _text_of_model("ticket_link")


class CheckForm(forms.Form):
    """The number of a session, as people write it."""

    session = forms.RegexField(
        r"^\s*[Ss]?-?\s*\d{1,9}\s*$",
        label=gettext_lazy("Session"),
        error_messages={"invalid": gettext_lazy("Enter the number of a session, for example S-1042.")},
        widget=forms.TextInput(attrs={"placeholder": "S-1042", "aria-describedby": "id_session_error"}),
    )

    def clean_session(self) -> int:
        return int("".join(character for character in self.cleaned_data["session"] if character.isdecimal()))
