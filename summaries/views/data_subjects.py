"""Finding a person, the copy of their data, and its erasure."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.domain.administrators import LastAdministrator
from accounts.domain.former_members import UnableToForget
from accounts.permissions import Permission
from accounts.reauthentication import recently_authenticated, recently_authenticated_to_send
from insights_portal.lib.numbers import grouped
from summaries.domain.keeping import data_subjects, erasure, holds
from summaries.domain.keeping.data_subject_export import export
from summaries.domain.keeping.data_subjects import MAX_NAME_CHARS, NoSuchSubject, Subject
from summaries.domain.reading.filter_choices import MAX_CHOICES
from summaries.views.access import MemberRequest, portal_page

#: Sessions that one request erases: a few seconds. The page says how many are left.
ERASED_AT_ONCE = 200
REFUSALS = (erasure.UnableToErase, holds.UnderLegalHold, LastAdministrator, UnableToForget)


@require_safe
@portal_page(Permission.MANAGE_COMPANY)
def find(request: MemberRequest) -> HttpResponse:
    """Look a person up, and show how much is kept of them."""
    kind, key = _asked(request)
    subject, problem = None, ""
    if kind:
        try:
            subject = _subject(request)
        except NoSuchSubject as nobody:
            problem = str(nobody)
    context = {
        "kind": kind,
        "key": key,
        "subject": subject,
        "problem": problem,
        "holdings": data_subjects.holdings(subject=subject) if subject else None,
        "members": data_subjects.choosable_members(company=request.company),
        "devices": data_subjects.choosable_devices(company=request.company, at_most=MAX_CHOICES),
        "max_name": MAX_NAME_CHARS,
    }
    return render(request, "summaries/data_subjects.html", context)


@require_POST
@recently_authenticated
@portal_page(Permission.MANAGE_COMPANY)
def download(request: MemberRequest) -> HttpResponse:
    """The copy of the person's data, written while it is sent."""
    try:
        subject = _subject(request)
    except NoSuchSubject as nobody:
        messages.error(request, str(nobody))
        return redirect("summaries:data_subjects")
    at = timezone.now()
    parts = export(subject=subject, actor=request.user, at=at)
    # No name in the file name: it would stand in every list of downloads.
    name = f"personal-data-{at:%Y-%m-%d}-{subject.reference[:8]}.zip"
    response: Any = StreamingHttpResponse(parts, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response  # type: ignore[no-any-return]


@require_http_methods(["GET", "HEAD", "POST"])
@recently_authenticated_to_send
@portal_page(Permission.MANAGE_COMPANY)
def erase(request: MemberRequest) -> HttpResponse:
    """Say what goes and what stays; erase once the name was typed."""
    try:
        subject = _subject(request)
    except NoSuchSubject as nobody:
        messages.error(request, str(nobody))
        return redirect("summaries:data_subjects")
    problem = ""
    if request.method == "POST":
        if data_subjects.typeable(request.POST.get("confirmation", "")) == subject.typed:
            return _erase(request, subject)
        problem = _("Type exactly what stands here: %(typed)s") % {"typed": subject.typed}
    context = {
        "subject": subject,
        "holdings": data_subjects.holdings(subject=subject),
        "problem": problem,
        "refusal": _refusal(request, subject),
    }
    return render(request, "summaries/data_subject_erase.html", context, status=422 if problem else 200)


def _erase(request: MemberRequest, subject: Subject) -> HttpResponse:
    try:
        report = erasure.erase(subject=subject, actor=request.user, at=timezone.now(), at_most=ERASED_AT_ONCE)
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return redirect(_address("summaries:data_subject_erase", subject))
    if report.left:
        messages.warning(
            request,
            ngettext(
                "%(sessions)s session is erased; %(left)s are left. Erase again to go on.",
                "%(sessions)s sessions are erased; %(left)s are left. Erase again to go on.",
                report.sessions,
            )
            % {"sessions": grouped(report.sessions), "left": grouped(report.left)},
        )
        return redirect(_address("summaries:data_subject_erase", subject))
    messages.success(request, _said(subject, account_stays=report.account_stays))
    return redirect("summaries:data_subjects")


def _said(subject: Subject, *, account_stays: bool) -> str:
    if account_stays:
        return _(
            "%(label)s is no longer a member, and nothing ties the account to this company. The account "
            "itself stays, because it belongs to another company too."
        ) % {"label": subject.label}
    return _("The data of %(label)s was erased. This cannot be undone.") % {"label": subject.label}


def _refusal(request: MemberRequest, subject: Subject) -> str:
    try:
        erasure.check(subject=subject, actor=request.user)
    except REFUSALS as refusal:
        return str(refusal)
    return ""


def _asked(request: HttpRequest) -> tuple[str, str]:
    """Kind and key of the person; the form has a field of its own for each kind."""
    said = request.POST if request.method == "POST" else request.GET
    kind = said.get("kind", "")
    return kind, said.get("key") or said.get(kind, "")


def _subject(request: MemberRequest) -> Subject:
    kind, key = _asked(request)
    found = data_subjects.find(company=request.company, kind=kind, key=key, actor=request.user)
    data_subjects.check_named(subject=found, actor=request.user, at=timezone.now())
    return found


def _address(name: str, subject: Subject) -> str:
    return f"{reverse(name)}?{urlencode({'kind': subject.kind, 'key': subject.key})}"
