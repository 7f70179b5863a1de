"""Recordings in by page: the form, and what was read."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.adapters import shown_names
from accounts.models import User
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing
from summaries.domain.imports.intake import bring_in, choosable_supporters
from summaries.domain.imports.recordings import ConsentMissing, ImportOrder, ImportResult, UnableToImport
from summaries.domain.imports.session_file_words import format_label, sentence_of
from summaries.domain.imports.session_files import file_of, file_under_way, sessions_in
from summaries.domain.reading import queries
from summaries.enums import Direction
from summaries.forms import MAX_FILES, ImportForm
from summaries.models import SessionFile
from summaries.sources.base import RecordingFile
from summaries.sources.pairing import pair_files
from summaries.views.access import MemberRequest, portal_page
from summaries.views.session import record_context


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(Permission.GENERATE_SUMMARIES)
def upload(request: MemberRequest) -> HttpResponse:
    """Import recordings. A script gets its answer as JSON, so that the chosen files stay chosen after an error."""
    supporters = _supporters(request)
    if request.method != "POST":
        return render(request, "summaries/import.html", {"form": _empty_form(request, supporters)})
    form = ImportForm(request.POST, request.FILES, supporters=supporters)
    results = _import_all(request, form) if form.is_valid() else []
    if results:
        for sentence in form.errors.get("recordings", []):
            messages.error(request, _("Not imported: %(sentence)s") % {"sentence": sentence})
        return _answer(request, redirect_to=_result_address(results))
    if _wants_json(request):
        return JsonResponse({"errors": form.errors.get_json_data()}, status=422)
    return render(request, "summaries/import.html", {"form": form}, status=422)


@portal_page(Permission.GENERATE_SUMMARIES)
def result(request: MemberRequest) -> HttpResponse:
    """What was read of the recordings just imported: `?s=12&s=13`, and `again=13` for one that was there already."""
    asked = request.GET.getlist("s")[:MAX_FILES]
    numbers = [int(number) for number in asked if number.isdecimal() and len(number) < 10]  # noqa: PLR2004 - fits a row
    again = request.GET.getlist("again")
    sessions = [
        queries.session_numbered(company=request.company, viewer=request.user, number=number) for number in numbers
    ]
    read = [
        {
            "session": session,
            "state": queries.state_of_session(session),
            "is_new": str(session.number) not in again,
            **record_context(session),
        }
        for session in sessions
    ]
    return render(request, "summaries/import_result.html", {"read": read, "files": _files_read(request)})


@portal_page(Permission.GENERATE_SUMMARIES)
def progress(request: MemberRequest) -> JsonResponse:
    """How far the file with many sessions is that this member is bringing in; an empty sentence for none."""
    file = file_under_way(company=request.company, viewer=request.user, at=timezone.now())
    return JsonResponse({"sentence": _("%(sentence)s so far") % {"sentence": sentence_of(file)} if file else ""})


def _files_read(request: MemberRequest) -> list[dict[str, Any]]:
    read = []
    for asked in request.GET.getlist("f")[:MAX_FILES]:
        try:
            file = file_of(company=request.company, viewer=request.user, public_id=UUID(asked))
        except ValueError as malformed:
            raise Http404(_("There is no such record here.")) from malformed
        sessions = sessions_in(file=file, viewer=request.user)
        read.append(
            {
                "file": file,
                "sentence": sentence_of(file),
                "format": format_label(file),
                "sessions": sessions,
                "more": file.created - len(sessions),
            }
        )
    return read


def _supporters(request: MemberRequest) -> QuerySet[User]:
    return choosable_supporters(company=request.company, actor=request.user, names=shown_names(request))


def _empty_form(request: MemberRequest, supporters: QuerySet[User]) -> ImportForm:
    return ImportForm(supporters=supporters, initial={"supporter": request.user.pk})


def _import_all(request: MemberRequest, form: ImportForm) -> list[ImportResult | SessionFile]:
    """Import each recording whole or not at all; what is refused becomes an error at the file field."""
    said: dict[str, Any] = form.cleaned_data
    recordings = pair_files([RecordingFile(stream=file.file, name=file.name) for file in said["recordings"]])
    results: list[ImportResult | SessionFile] = []
    for recording in recordings:
        order = ImportOrder(
            company=request.company,
            recording=recording,
            supporter=said["supporter"],
            consent_statement=said["consent_statement"],
            actor=request.user,
            at=timezone.now(),
            direction=Direction(said["direction"]),
            device_name=said["device_name"],
        )
        try:
            results.append(bring_in(order=order, names=shown_names(request)))
        except PermissionMissing as reason:
            form.add_error("supporter", str(reason))
            break
        except ConsentMissing as reason:
            form.add_error("consent_statement", str(reason))
            break
        except UnableToImport as reason:
            form.add_error("recordings", f"{recording.name}: {reason}" if len(recordings) > 1 else str(reason))
    return results


def _result_address(results: list[ImportResult | SessionFile]) -> str:
    single = [result for result in results if isinstance(result, ImportResult)]
    said = [f"s={result.session.number}" for result in single]
    said += [f"again={result.session.number}" for result in single if not result.created]
    said += [f"f={result.public_id}" for result in results if isinstance(result, SessionFile)]
    return f"{reverse('summaries:import_result')}?{'&'.join(said)}"


def _wants_json(request: MemberRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _answer(request: MemberRequest, *, redirect_to: str) -> HttpResponse:
    return JsonResponse({"redirect": redirect_to}) if _wants_json(request) else redirect(redirect_to)
