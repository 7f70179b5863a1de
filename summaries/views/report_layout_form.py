"""The form of the report layout: choices, lengths, and what of it a preview can use before it is saved."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import BillingRounding
from insights_portal.lib.pdf import Paper
from summaries.domain.reports.layouts import (
    BILLING,
    LAYOUT,
    MAX_MINIMUM,
    MAX_STEP,
    SECTIONS,
    UnableToSaveLayout,
    check_layout,
)
from summaries.enums import Accent
from summaries.models import ReportLayout
from summaries.views.settings.forms import SettingsForm

#: Sent with every form, so that a box that is not ticked means off and not “not asked”.
_IS_WHOLE = "whole"


def _longest(name: str) -> int:
    return int(getattr(ReportLayout._meta.get_field(name), "max_length", 0) or 0)


class LayoutForm(SettingsForm):
    whole = forms.CharField(initial="1", required=False, widget=forms.HiddenInput)
    letterhead = forms.CharField(
        label=_("Lines of the letterhead"),
        required=False,
        max_length=_longest("letterhead"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Under the company's name. Empty: the company's address and e-mail address."),
    )
    logo_text = forms.CharField(
        label=_("Logo in words"),
        required=False,
        max_length=_longest("logo_text"),
        help_text=_("Read aloud in place of the logo. Empty: the company's name."),
    )
    accent = forms.ChoiceField(label=_("Accent colour"), choices=Accent, widget=forms.RadioSelect)
    footer = forms.CharField(label=_("Foot of each page"), required=False, max_length=_longest("footer"))
    number_format = forms.CharField(
        label=_("Number of a report"),
        max_length=_longest("number_format"),
        help_text=_("{session} is S-1042, {number} is 1042; {year} and {month} are those of the session's end."),
        error_messages={"required": _("Name {session} or {number}, so that no two reports have the same number.")},
    )
    paper = forms.ChoiceField(label=_("Paper"), choices=Paper, widget=forms.RadioSelect)
    shows_open_points = forms.BooleanField(label=_("Open points"), required=False)
    shows_applications = forms.BooleanField(label=_("Applications and their times"), required=False)
    shows_commands = forms.BooleanField(label=_("Commands that were typed"), required=False)
    shows_evidence = forms.BooleanField(label=_("Numbers of the interactions that show a sentence"), required=False)
    shows_notes = forms.BooleanField(label=_("Notes of the supporter"), required=False)
    shows_signatures = forms.BooleanField(label=_("Lines to sign on"), required=False)
    billing_rounding = forms.ChoiceField(label=_("Billable time is rounded"), choices=BillingRounding)
    billing_step_minutes = forms.IntegerField(label=_("Step, in minutes"), min_value=1, max_value=MAX_STEP)
    billing_minimum_minutes = forms.IntegerField(
        label=_("Shortest billable time, in minutes"),
        min_value=0,
        max_value=MAX_MINIMUM,
        help_text=_("A shorter session counts as long as this. 0: as long as it was."),
    )

    @property
    def sections(self) -> list[Any]:
        return [self[name] for name in SECTIONS]

    def values(self) -> dict[str, Any]:
        """LAYOUT and BILLING as entered, line ends as they are stored."""
        return {name: self._stored(name) for name in (*LAYOUT, *BILLING)}

    def usable(self) -> dict[str, Any]:
        """Of a form that is still being filled in, the fields that could be saved so."""
        self.is_valid()
        if not self.data.get(_IS_WHOLE):
            return {}
        found = {name: self._stored(name) for name in (*LAYOUT, *BILLING) if name in self.cleaned_data}
        for name in ("letterhead", "number_format"):
            plain = {"letterhead": "", "number_format": "{session}"}
            if name in found:
                try:
                    check_layout(values=plain | {name: found[name]})
                except UnableToSaveLayout:
                    del found[name]
        return found

    def sent(self) -> list[tuple[str, str]]:
        """(field, text) as it came, for an address."""
        names = (_IS_WHOLE, *LAYOUT, *BILLING)
        return [(name, self.data.get(name, "")[:500]) for name in names]

    def _stored(self, name: str) -> Any:
        value = self.cleaned_data[name]
        return value.replace("\r\n", "\n") if isinstance(value, str) else value
