from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from insights_portal.lib.field_notes import describe_fields
from summaries.enums import Direction

MAX_FILES = 50


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class ManyFilesField(forms.FileField):
    """One or more uploaded files, as a list."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        if len(files) > MAX_FILES:
            raise forms.ValidationError(_("Choose at most %(max_files)s files at a time.") % {"max_files": MAX_FILES})
        return [super(ManyFilesField, self).clean(file, initial) for file in files or [None]]


class ImportForm(forms.Form):
    """What the importer says about recordings. *supporters*: whose sessions this member may import."""

    recordings = ManyFilesField(
        label=gettext_lazy("Recording files"),
        help_text=gettext_lazy(
            "Recordings of one session: asciinema, script with its timing file, tlog, MeshCentral, "
            "Guacamole, Teleport, Steps Recorder, ActivityWatch, WebVTT, SRT, plain chat, events as JSON "
            "Lines or CSV. Files with many: TeamViewer connection reports, MeshCentral event log, "
            "Zendesk, Intercom, Rocket.Chat, or any report as CSV. Choose a typescript and its timing "
            "file together."
        ),
        allow_empty_file=True,
        error_messages={
            "required": gettext_lazy("Choose a recording file."),
            "missing": gettext_lazy("Choose a recording file."),
        },
    )
    supporter: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Supporter"),
        empty_label=None,
        help_text=gettext_lazy("In a file with many sessions: of those whose own supporter is no member."),
        error_messages={"required": gettext_lazy("Choose the supporter.")},
    )
    device_name = forms.CharField(
        label=gettext_lazy("Device"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Empty: as the recording names it."),
    )
    direction = forms.ChoiceField(label=gettext_lazy("Direction"), choices=Direction, initial=Direction.OUTGOING)
    consent_statement = forms.CharField(
        label=gettext_lazy("Statement of consent"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "How the remote user agreed, for example “agreed by phone at 10:02”. Goes into the consent "
            "ledger. A report that only lists connections needs none: nothing is captured."
        ),
    )

    def __init__(self, *args: Any, supporters: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["supporter"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - declared above
        choice.queryset = supporters
        describe_fields(self)
