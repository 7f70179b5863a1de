"""What people enter about devices, groups and policies. The rules are the domain's; here they meet their field."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.scoped_admin import CompanyScopedForm
from policies.domain.assignment import UnableToAssign, check_attachable
from policies.models import Device, DeviceGroup, Policy


class DeviceForm(CompanyScopedForm):
    class Meta:
        model = Device
        fields = ["name", "operating_system", "customer", "group", "is_managed", "policy", "access_control"]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        # Without *Assign policies* the field is not there, and the stored policy stays.
        policy = values.get("policy", self.instance.policy)
        if policy is not None and not values.get("is_managed"):
            try:
                check_attachable(unmanaged=[values.get("name") or _("the device")])
            except UnableToAssign as error:
                self.add_error("policy" if "policy" in self.fields else "is_managed", str(error))
        return values


class PolicyForm(CompanyScopedForm):
    class Meta:
        model = Policy
        fields = ["name", "reports_enabled", "insights_enabled", "is_enforced"]
        labels = {
            "reports_enabled": gettext_lazy("1. Enable reports"),
            "insights_enabled": gettext_lazy("2. Session Insights"),
            "is_enforced": gettext_lazy("Enforce"),
        }
        help_texts = {
            "reports_enabled": gettext_lazy("First switch: connections to the device are reported."),
            "insights_enabled": gettext_lazy(
                "Second switch, needs the first: incoming sessions are captured and summarised."
            ),
            "is_enforced": gettext_lazy("The device's own user cannot turn it off locally."),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("insights_enabled") and not values.get("reports_enabled"):
            self.add_error(
                "insights_enabled", _("Session Insights needs the first switch. Switch “Enable reports” on too.")
            )
        return values


class PolicyChoiceForm(forms.Form):
    """Which policy to put on the chosen rows."""

    policy = forms.ModelChoiceField(
        Policy.objects.none(),
        required=False,
        label=gettext_lazy("Policy"),
        empty_label=gettext_lazy("No policy"),
        help_text=gettext_lazy("It replaces what they have now."),
    )

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].queryset = rows  # type: ignore[attr-defined]


class GroupChoiceForm(forms.Form):
    """Which group to put the chosen devices into."""

    group = forms.ModelChoiceField(
        DeviceGroup.objects.none(),
        required=False,
        label=gettext_lazy("Device group"),
        empty_label=gettext_lazy("No group"),
        help_text=gettext_lazy("They leave the group that they are in now."),
    )

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = rows  # type: ignore[attr-defined]


class DeviceListForm(forms.Form):
    """A CSV file of devices."""

    devices = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV in UTF-8, with commas, semicolons or tabs, up to 50,000 devices and 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
