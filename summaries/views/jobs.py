"""A member's background jobs: the list, one with its progress, and what can be done about it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from accounts.reauthentication import ask_again, is_recent, recently_authenticated
from summaries.domain.jobs import files, reading, requests
from summaries.domain.jobs.registry import KINDS
from summaries.enums import SessionList
from summaries.models import Job
from summaries.views.access import MemberRequest, portal_page
from summaries.views.bulk import remember_jobs

#: (the job is younger than so many seconds, seconds until the page looks again).
LOOKS = ((30, 1), (300, 3), (3600, 10))
SELDOM = 30


@require_GET
@portal_page(*Permission)
def jobs(request: MemberRequest) -> HttpResponse:
    found = reading.newest_jobs(company=request.company, viewer=request.user)
    at = timezone.now()
    rows = [(job, _label(job), _did(job), files.has_file(job=job, at=at)) for job in found]
    unseen = {job.pk for job in found if job.is_over and job.seen_at is None}
    reading.mark_seen(jobs=found, at=at)
    return render(request, "summaries/job_list.html", {"rows": rows, "unseen": unseen, "shown": reading.LISTED})


@require_GET
@portal_page(*Permission)
def job(request: MemberRequest, public_id: UUID) -> HttpResponse:
    found = _job(request, public_id)
    reading.mark_seen(jobs=[found], at=timezone.now())
    context = _context(found) | {
        "problems": reading.problems_of(job=found),
        "problems_shown": reading.PROBLEMS_SHOWN,
        "list_address": _list_address(found),
        "undo_address": _undo_address(found),
    }
    return render(request, "summaries/job.html", context)


@require_GET
@portal_page(*Permission)
def progress(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """How far it is, as a fragment that asks again; once it is over, the whole page is shown anew."""
    found = _job(request, public_id)
    answer = render(request, "summaries/_job_progress.html", _context(found))
    if found.is_over:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@portal_page(*Permission)
def cancel(request: MemberRequest, public_id: UUID) -> HttpResponse:
    found = _job(request, public_id)
    requests.cancel(job=found, actor=request.user, at=timezone.now())
    messages.info(request, _("The job stops before its next session. What was done stays done."))
    return redirect("summaries:job", public_id)


@require_POST
@portal_page(*Permission)
def retry(request: MemberRequest, public_id: UUID) -> HttpResponse:
    found = _job(request, public_id)
    kind = KINDS.get(found.kind)
    if kind is not None and kind.asks_again and not is_recent(request):
        return ask_again(request)
    try:
        again = requests.retry(job=found, actor=request.user, at=timezone.now())
    except requests.UnableToStart as reason:
        messages.error(request, str(reason))
        return redirect("summaries:job", public_id)
    remember_jobs(request)
    return redirect("summaries:job", again.public_id)


@require_GET
@portal_page(*Permission)
@recently_authenticated
def file(request: MemberRequest, public_id: UUID) -> Any:
    """The file, as an attachment: a browser never shows it as a page of the portal."""
    found = _job(request, public_id)
    try:
        path = files.download(job=found, actor=request.user, at=timezone.now())
    except files.FileGone as reason:
        messages.error(request, str(reason))
        return redirect("summaries:job", public_id)
    answer: HttpResponseBase = FileResponse(
        path.open("rb"), as_attachment=True, filename=found.file_name, content_type=found.content_type
    )
    return answer


def _job(request: MemberRequest, public_id: UUID) -> Job:
    return reading.job_of(company=request.company, viewer=request.user, public_id=public_id)


def _context(found: Job) -> dict[str, Any]:
    at = timezone.now()
    age = (at - found.asked_at).total_seconds()
    kind = KINDS.get(found.kind)
    return {
        "job": found,
        "label": _label(found),
        "did": _did(found),
        "wait": next((wait for younger_than, wait in LOOKS if age < younger_than), SELDOM),
        "has_file": files.has_file(job=found, at=at),
        "has_had_file": bool(found.file_name),
        "may_retry": kind is not None and found.is_over and requests.retryable(job=found).exists(),
    }


def _label(found: Job) -> str:
    kind = KINDS.get(found.kind)
    return str(kind.label) if kind else found.kind


def _did(found: Job) -> str:
    kind = KINDS.get(found.kind)
    return kind.did(found.done) if kind else str(found.done)


def _list_address(found: Job) -> str:
    name = "summaries:home" if found.list_name == SessionList.HOME else "summaries:reports"
    return f"{reverse(name)}?{found.query}" if found.query else reverse(name)


def _undo_address(found: Job) -> str:
    """Where what this job deleted can be brought back; empty where nothing can be, or nothing was deleted."""
    kind = KINDS.get(found.kind)
    if kind is None or not kind.undo_page or not found.done:
        return ""
    return reverse(kind.undo_page)
