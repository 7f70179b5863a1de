"""The page of one session: Summary · Timeline · Report · Consent · Revisions, each with its own address."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.adapters import client_address
from accounts.enums import EngineName, SummaryLanguage
from accounts.permissions import Permission
from summaries.domain.correction.ratings import MAX_COMMENT, ratings_of
from summaries.domain.correction.restoring import newer_text
from summaries.domain.correction.shape import is_ai_written
from summaries.domain.generation.credit_use import has_credit
from summaries.domain.reading import queries, review
from summaries.domain.reading.states import StateView
from summaries.domain.reading.timeline import by_application, timeline_choices, timeline_page
from summaries.domain.redaction.report import redaction_report
from summaries.domain.reports.billing import billable_minutes, billing_rule_of
from summaries.domain.reports.notes import MAX_NOTES_CHARS, UnableToChangeNotes, change_notes
from summaries.enums import QualityFlag, SessionStatus
from summaries.models import SupportSession
from summaries.redaction.report import describe_counts
from summaries.sources.registry import label_of
from summaries.views.access import READ_REPORTS, MemberRequest, may, may_on, portal_page
from summaries.views.removal import keeping_context
from summaries.views.session_actions import may_with

#: (page, label, what one must be allowed to see it: a field of `May`).
TABS = (
    ("session", gettext_lazy("Summary"), ""),
    ("session_timeline", gettext_lazy("Timeline"), ""),
    ("session_report", gettext_lazy("Report"), ""),
    ("session_consent", gettext_lazy("Consent"), ""),
    ("session_revisions", gettext_lazy("Revisions"), "read"),
    ("session_send", gettext_lazy("Deliveries"), "send"),
    ("session_ask", gettext_lazy("Copilot"), "ask"),
)


@portal_page(*READ_REPORTS)
def summary(request: MemberRequest, number: int) -> HttpResponse:
    session = session_of(request, number)
    return render(request, "summaries/session_summary.html", summary_context(request, session) | tabs_of(session, 0))


@portal_page(*READ_REPORTS)
def timeline(request: MemberRequest, number: int) -> HttpResponse:
    session = session_of(request, number)
    kind, application = request.GET.get("kind", ""), request.GET.get("application", "")
    masked = request.GET.get("masked", "")
    page = timeline_page(
        session=session,
        kind=kind,
        application=application,
        masked=masked,
        at_number=number_in(request, "at"),
        before=number_in(request, "before"),
        after=number_in(request, "after"),
    )
    kinds, applications = timeline_choices(session=session)
    context = {
        "page": page,
        "groups": by_application(page.rows),
        "kinds": kinds,
        "applications": applications,
        "kind": kind,
        "application": application,
        "masked": masked if masked in session.redaction_counts else "",
        "masking_rules": redaction_report(session=session),
    }
    return render(request, "summaries/session_timeline.html", frame(request, session) | context | tabs_of(session, 1))


@portal_page(*READ_REPORTS)
def report(request: MemberRequest, number: int) -> HttpResponse:
    session = session_of(request, number)
    context = record_context(session) | keeping_context(request, session)
    context["redaction"] = redaction_report(session=session)
    context |= {
        "edits_notes": session.status == SessionStatus.ENDED and may_on(request, Permission.MODIFY_REPORTS, session),
        "max_notes": MAX_NOTES_CHARS,
        "billable": billable_minutes(session.duration, billing_rule_of(session.company))
        if session.duration is not None
        else None,
    }
    return render(request, "summaries/session_report.html", frame(request, session) | context | tabs_of(session, 2))


@require_POST
@portal_page(Permission.MODIFY_REPORTS)
def notes(request: MemberRequest, number: int) -> HttpResponse:
    session = session_of(request, number)
    try:
        change_notes(session=session, notes=request.POST.get("notes", ""), actor=request.user, at=timezone.now())
    except UnableToChangeNotes as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _("The notes of %(label)s were saved.") % {"label": session.label})
    return redirect("summaries:session_report", number)


def summary_context(request: MemberRequest, session: SupportSession) -> dict[str, Any]:
    """What the summary tab and the side panel both show; reading a text is kept in the audit log."""
    context = frame(request, session)
    found = queries.summary_of(session)
    if found is None or found.current is None or not context["may"].read:
        return context
    review.record_view(summary=found, actor=request.user, at=timezone.now(), address=client_address(request))
    text = queries.text_of(found.current)
    ratings = ratings_of(summary=found, viewer=request.user)
    return context | {
        "text": text,
        "masked": describe_counts(found.current.redaction),
        "is_ai_written": is_ai_written(text.content),
        "own_rating": next((each for each in ratings if each.member_id == request.user.pk), None),
        "ratings": [each for each in ratings if each.member_id != request.user.pk],
        "max_comment": MAX_COMMENT,
    }


def record_context(session: SupportSession) -> dict[str, Any]:
    """What was read of a session's recording, in words."""
    return {
        "quality": [QualityFlag(flag).label for flag in session.quality],
        "masked": describe_counts(session.redaction_counts),
        "source_label": label_of(session.source_format) if session.source_format else "",
    }


def session_of(request: MemberRequest, number: int) -> SupportSession:
    return queries.session_numbered(company=request.company, viewer=request.user, number=number)


def frame(request: MemberRequest, session: SupportSession) -> dict[str, Any]:
    """What stands around every tab: the session, its state and what the viewer may do with it."""
    found = queries.summary_of(session)
    state = queries.state_of_session(session)
    may_do = may_with(request, session, state)
    return {
        "session": session,
        "summary": found if may_do.read else None,
        "state": state,
        "state_address": _action_address(request, session, state),
        "may": may_do,
        "newer": newer_text(summary=found) if found and may_do.read else None,
        "languages": SummaryLanguage.choices,
        "engines": [(EngineName.BUILT_IN, "Built-in"), (EngineName.CLAUDE, "Claude")],
        "has_credit": may_do.generate and has_credit(session=session),
    }


def _action_address(request: MemberRequest, session: SupportSession, state: StateView) -> str:
    """Where the state's next action leads, for those who may follow; empty otherwise."""
    if state.action is None or not state.action.url_name or not may(request, state.action.permission):
        return ""
    try:
        return reverse(state.action.url_name, args=[session.number] if state.action.is_of_session else [])
    except NoReverseMatch:
        return ""


def tabs_of(session: SupportSession, current: int) -> dict[str, Any]:
    """(words, address, whether it is the open one, what the viewer must be able to do) of each tab."""
    return {
        "tabs": [
            (label, reverse(f"summaries:{name}", args=[session.number]), index == current, needs)
            for index, (name, label, needs) in enumerate(TABS)
        ]
    }


def number_in(request: HttpRequest, name: str) -> int:
    return _key(request.GET.get(name, ""))


def _key(value: str) -> int:
    """The number in *value*; 0 for anything that is none, or that no row can have."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0  # noqa: PLR2004 - fits a row
