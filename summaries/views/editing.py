"""The page on which a summary is corrected."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from summaries.content import SummaryContent, content_from_json
from summaries.domain.correction.current import ChangedMeanwhile, NoText
from summaries.domain.correction.editing import correct, labels_of
from summaries.domain.correction.shape import MAX_APPLICATION, MAX_TEXT, MAX_TITLE, UnableToCorrect, tidied
from summaries.domain.reading import queries
from summaries.domain.reading.reach import require_on
from summaries.enums import Outcome
from summaries.models import Summary, SummaryRevision, SupportSession
from summaries.views.access import MemberRequest, portal_page
from summaries.views.edit_form import Entry, SummaryForm, form_of, form_sent
from summaries.views.revisions import changes_between
from summaries.views.session import session_of

UNPROCESSABLE, CONFLICT = 422, 409
SECTIONS = (
    ("problem", gettext_lazy("Problem"), gettext_lazy("Add a statement")),
    ("cause", gettext_lazy("Cause"), gettext_lazy("Add a statement")),
    ("steps", gettext_lazy("Steps"), gettext_lazy("Add a step")),
    ("outcome_statements", gettext_lazy("Outcome"), gettext_lazy("Add a statement")),
    ("open_points", gettext_lazy("Open points"), gettext_lazy("Add an open point")),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the page. *errors*: {field: what to change}."""

    name: str
    place: int
    entry: Entry
    errors: dict[str, str]
    has_focus: bool


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(Permission.EDIT_SUMMARIES)
def edit(request: MemberRequest, number: int) -> HttpResponse:
    session = session_of(request, number)
    require_on(user=request.user, permission=Permission.VIEW_SUMMARIES, session=session)
    require_on(user=request.user, permission=Permission.EDIT_SUMMARIES, session=session)
    found = queries.summary_of(session)
    if found is None or found.current is None:
        messages.error(request, _("There is no text to correct yet."))
        return redirect("summaries:session", number)
    base = content_from_json(found.current.content)
    if request.method != "POST":
        return _page(request, session, base, form_of(base, seen=found.current.number))
    form = form_sent(request.POST)
    if form.act(request.POST.get("do", "")):
        return _page(request, session, base, form)
    return _save(request, session, found, form)


def _save(request: MemberRequest, session: SupportSession, found: Summary, form: SummaryForm) -> HttpResponse:
    form.drop_empty()
    current: SummaryRevision = found.current  # type: ignore[assignment]
    base = content_from_json(current.content)
    wanted = form.content(base)
    try:
        revision = correct(summary=found, seen=form.seen, content=wanted, actor=request.user, at=timezone.now())
    except UnableToCorrect as refused:
        form.errors = refused.errors
        return _page(request, session, base, form, status=UNPROCESSABLE)
    except ChangedMeanwhile as reason:
        return _both(request, session, form, reason)
    except NoText as reason:
        messages.error(request, str(reason))
        return redirect("summaries:session", session.number)
    messages.success(
        request,
        _("Your correction was saved as revision %(number)s. The texts before it are kept.")
        % {"number": revision.number},
    )
    return redirect("summaries:session", session.number)


def _both(request: MemberRequest, session: SupportSession, form: SummaryForm, reason: ChangedMeanwhile) -> HttpResponse:
    """Two people at once: show what saving would change in the other one's text, and let the member save anew."""
    again = queries.session_numbered(company=request.company, viewer=request.user, number=session.number)
    found = queries.summary_of(again)
    theirs: SummaryRevision = found.current  # type: ignore[union-attr, assignment]
    base = content_from_json(theirs.content)
    form.seen = theirs.number
    context = {"theirs": theirs, "told": str(reason), "changes": changes_between(base, tidied(form.content(base)))}
    return _page(request, session, base, form, status=CONFLICT, **context)


def _page(
    request: MemberRequest,
    session: SupportSession,
    base: SummaryContent,
    form: SummaryForm,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    issue_types, applications = labels_of(company_id=session.company_id)
    context |= {
        "session": session,
        "form": form,
        "sections": [
            (name, label, add, _rows(form, name), form.errors.get(name, ""), form.focus == name)
            for name, label, add in SECTIONS
        ],
        "outcomes": Outcome.choices,
        "labels": (
            _label_choice("issue_types", _("Issue types"), issue_types, form),
            _label_choice("applications", _("Applications"), applications, form),
        ),
        "blank": Entry(by_person=True),
        "known_applications": applications,
        "max_title": max(MAX_TITLE, len(base.title)),
        "max_text": MAX_TEXT,
        "max_application": MAX_APPLICATION,
        "language": base.language,
    }
    return render(request, "summaries/session_edit.html", context, status=status)


def _label_choice(
    name: str, legend: str, known: list[str], form: SummaryForm
) -> tuple[str, str, tuple[str, ...], list[str], str]:
    """Field, legend, the labels that the form carries, the company's others, and what is wrong."""
    chosen: tuple[str, ...] = getattr(form, name)
    return name, legend, chosen, [each for each in known if each not in chosen], form.errors.get(name, "")


def _rows(form: SummaryForm, section: str) -> list[Row]:
    rows = []
    for place, entry in enumerate(form.entries[section]):
        name = f"{section}.{place}"
        errors = {"text": form.errors.get(name, "")} | {
            part: form.errors.get(f"{name}.{part}", "") for part in ("time", "application", "commands")
        }
        rows.append(Row(name, place, entry, errors, form.focus == name))
    return rows
