"""Reports of other tools: which of their columns holds what, tried on the first rows of a file before it is saved."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import Permission
from insights_portal.lib.field_notes import describe_fields
from summaries.domain.imports.report_mappings import (
    MAX_NAME_CHARS,
    UnableToSaveMapping,
    check_mapping,
    delete_mapping,
    mappings_of,
    preview,
    save_mapping,
)
from summaries.enums import DayOrder, DurationUnit
from summaries.sources.base import HEAD_BYTES, RecordingNotes
from summaries.sources.reports.mapped_csv import FIELDS, ColumnMapping, guess, headers_in
from summaries.sources.reports.tables import MAX_COLUMNS, rows
from summaries.views.access import MemberRequest, portal_page

PREVIEW_ROWS = 5
#: What the page carries of the file from one step to the next: headers and a few rows.
MAX_SAMPLE_CHARS = 200_000
_MAX_CELL_CHARS = 400


class ReportFileForm(forms.Form):
    report = forms.FileField(
        label=gettext_lazy("CSV report"),
        help_text=gettext_lazy(
            "With a first row that names the columns. Nothing is imported here, and nothing of it is stored."
        ),
        error_messages={
            "required": gettext_lazy("Choose a CSV file."),
            "empty": gettext_lazy("The file is empty. Choose another."),
        },
        widget=forms.ClearableFileInput(attrs={"aria-describedby": "id_report_help id_report_error"}),
    )


class MappingForm(forms.Form):
    """*headers*: the columns to choose from."""

    sample = forms.CharField(widget=forms.HiddenInput, max_length=MAX_SAMPLE_CHARS)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=MAX_NAME_CHARS,
        help_text=gettext_lazy("For example the tool's name."),
        required=False,
    )
    day_order = forms.ChoiceField(
        label=gettext_lazy("Dates such as 3/4/2026"), choices=DayOrder, initial=DayOrder.AUTOMATIC
    )
    duration_unit = forms.ChoiceField(
        label=gettext_lazy("A plain number as duration counts"), choices=DurationUnit, initial=DurationUnit.MINUTES
    )

    def __init__(self, *args: Any, headers: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *((header, header) for header in dict.fromkeys(headers) if header)]
        for field, (label, _headers) in FIELDS.items():
            self.fields[f"column_{field}"] = forms.ChoiceField(label=gettext(label), choices=choices, required=False)
        describe_fields(self)

    def columns(self) -> list[forms.BoundField]:
        return [self[f"column_{field}"] for field in FIELDS]

    def mapping(self, headers: tuple[str, ...]) -> ColumnMapping:
        said = self.cleaned_data
        return ColumnMapping(
            name=said["name"],
            headers=headers,
            columns={field: said[f"column_{field}"] for field in FIELDS},
            day_order=DayOrder(said["day_order"]),
            duration_unit=DurationUnit(said["duration_unit"]),
        )


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(Permission.MANAGE_INTEGRATIONS)
def formats(request: MemberRequest) -> HttpResponse:
    """The company's mappings, and a file to begin a new one with."""
    form = ReportFileForm(request.POST, request.FILES) if request.method == "POST" else ReportFileForm()
    if form.is_valid():
        sample = _sample_of(form.cleaned_data["report"].file)
        if sample:
            return _show(request, _guessed(sample), sample)
        form.add_error(
            "report", gettext("This is no CSV file with named columns. The first row must name at least two columns.")
        )
    context = {"form": form, "mappings": mappings_of(company=request.company)}
    return render(request, "summaries/report_formats.html", context, status=422 if form.errors else 200)


@require_POST
@portal_page(Permission.MANAGE_INTEGRATIONS)
def save(request: MemberRequest) -> HttpResponse:
    """Try the mapping on the sample, or save it."""
    sample = _sent_sample(request.POST.get("sample", ""))
    if sample is None:
        messages.error(request, gettext("The rows of the file did not come along. Choose the file again."))
        return redirect("summaries:report_formats")
    form = MappingForm(request.POST, headers=tuple(sample[0]))
    if form.is_valid():
        try:
            if request.POST.get("do") == "preview":
                check_mapping(form.mapping(tuple(sample[0])))
            else:
                stored = save_mapping(
                    company=request.company,
                    mapping=form.mapping(tuple(sample[0])),
                    actor=request.user,
                    at=timezone.now(),
                )
                messages.success(
                    request,
                    gettext("“%(name)s” was saved. Files with these headers are recognised now.")
                    % {"name": stored.name},
                )
                return redirect("summaries:report_formats")
        except UnableToSaveMapping as refusal:
            form.add_error(f"column_{refusal.field}" if refusal.field in FIELDS else refusal.field, str(refusal))
    return _show(request, form, sample, status=422 if form.errors else 200)


@require_POST
@portal_page(Permission.MANAGE_INTEGRATIONS)
def delete(request: MemberRequest, mapping_id: int) -> HttpResponse:
    name = delete_mapping(company=request.company, mapping_id=mapping_id, actor=request.user, at=timezone.now())
    messages.success(request, gettext("“%(name)s” was deleted. Sessions that it brought in stay.") % {"name": name})
    return redirect("summaries:report_formats")


def _show(request: MemberRequest, form: MappingForm, sample: list[list[str]], status: int = 200) -> HttpResponse:
    context = {"form": form, "preview": _preview(form, sample)}
    return render(request, "summaries/report_mapping.html", context, status=status)


def _preview(form: MappingForm, sample: list[list[str]]) -> list[Any]:
    headers = tuple(sample[0])
    if form.is_bound and not form.is_valid():
        return []
    columns = {field: str(form[f"column_{field}"].value() or "") for field in FIELDS}
    mapping = ColumnMapping(
        name="",
        headers=headers,
        columns={field: header for field, header in columns.items() if header},
        day_order=DayOrder(form["day_order"].value()),
        duration_unit=DurationUnit(form["duration_unit"].value()),
    )
    return preview(mapping=mapping, cells=sample[1:])


def _guessed(sample: list[list[str]]) -> MappingForm:
    headers = tuple(sample[0])
    initial = {f"column_{field}": header for field, header in guess(headers).items()}
    return MappingForm(headers=headers, initial={"sample": json.dumps(sample), **initial})


def _sample_of(stream: Any) -> list[list[str]]:
    """Headers and the first rows; empty for what is no CSV."""
    headers = headers_in(stream.read(HEAD_BYTES))
    if not headers:
        return []
    found: list[list[str]] = [list(headers)]
    for row in rows(stream, RecordingNotes()):
        found.append([row.cells.get(header, "")[:_MAX_CELL_CHARS] for header in headers])
        if len(found) > PREVIEW_ROWS:
            break
    return found


def _sent_sample(text: str) -> list[list[str]] | None:
    """The sample as the page sent it back; None for anything else."""
    try:
        sample = json.loads(text) if len(text) <= MAX_SAMPLE_CHARS else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(sample, list) or not 0 < len(sample) <= PREVIEW_ROWS + 1:
        return None
    if not all(isinstance(row, list) and len(row) <= MAX_COLUMNS for row in sample):
        return None
    return sample if sample[0] and all(isinstance(cell, str) for row in sample for cell in row) else None
