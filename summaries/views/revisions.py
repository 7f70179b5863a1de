"""Every text of a summary: who wrote it and when, what differs between any two, and back to an earlier one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import Permission
from summaries.content import SummaryContent, content_from_json
from summaries.domain.correction.comparison import FieldChanges, compare
from summaries.domain.correction.current import ChangedMeanwhile, NoText
from summaries.domain.correction.restoring import UnableToRestore, restore
from summaries.domain.correction.shape import is_ai_written
from summaries.domain.reading import queries
from summaries.domain.reading.reach import require_on
from summaries.models import SummaryRevision
from summaries.views.access import MemberRequest, portal_page
from summaries.views.deciding import key_of
from summaries.views.session import frame, number_in, session_of, tabs_of

_TAB = 4


@portal_page(Permission.VIEW_SUMMARIES)
def revisions(request: MemberRequest, number: int) -> HttpResponse:
    session = session_of(request, number)
    require_on(user=request.user, permission=Permission.VIEW_SUMMARIES, session=session)
    found = queries.revisions_of(session=session, viewer=request.user)
    shown = _numbered(found, number_in(request, "revision"))
    text = queries.text_of(shown) if shown else None
    context = {"revisions": found, "text": text, "is_ai_written": bool(text and is_ai_written(text.content))}
    page = frame(request, session) | context | _difference(request, found) | tabs_of(session, _TAB)
    return render(request, "summaries/session_revisions.html", page)


@require_POST
@portal_page(Permission.EDIT_SUMMARIES)
def restored(request: MemberRequest, number: int) -> HttpResponse:
    """Let another text of the summary count."""
    session = session_of(request, number)
    found = queries.summary_of(session)
    if found is None:
        messages.error(request, _("There is no summary any more. Open the session again."))
        return redirect("summaries:session", number)
    chosen = key_of(request, "revision")
    try:
        now = restore(summary=found, number=chosen, seen=key_of(request, "seen"), actor=request.user, at=timezone.now())
    except ChangedMeanwhile as reason:
        messages.error(request, f"{reason} {_('Look at it, then choose again.')}")
    except (NoText, UnableToRestore) as reason:
        messages.error(request, str(reason))
    else:
        messages.success(
            request,
            _("Revision %(chosen)s counts again, as revision %(now)s.") % {"chosen": chosen, "now": now.number}
            if now.number != chosen
            else _("Revision %(now)s counts now.") % {"now": now.number},
        )
    return redirect("summaries:session_revisions", number)


def outcome_of(content: SummaryContent) -> str:
    return str(content.outcome.label)


def changes_between(before: SummaryContent, after: SummaryContent) -> tuple[FieldChanges, ...]:
    return compare(before=before, after=after, outcome_of=outcome_of)


def _difference(request: MemberRequest, found: list[SummaryRevision]) -> dict[str, Any]:
    """The two revisions that the address names and what differs; none where it names one or none of them."""
    before, after = (_numbered(found, number_in(request, name)) for name in ("from", "to"))
    if before is None or after is None:
        return {"before": before, "after": after}
    changes = changes_between(content_from_json(before.content), content_from_json(after.content))
    return {"before": before, "after": after, "changes": changes, "is_compared": True}


def _numbered(found: list[SummaryRevision], number: int) -> SummaryRevision | None:
    return next((each for each in found if each.number == number), None)
