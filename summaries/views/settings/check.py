"""Why is this session (not) summarised? Every row of the eligibility table, for one session."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from summaries.domain.eligibility.explanation import explain
from summaries.domain.reading import queries
from summaries.views.access import MemberRequest
from summaries.views.settings.forms import CheckForm
from summaries.views.settings.frame import render_tab, settings_of

TAB = "check"


def page(request: MemberRequest) -> HttpResponse:
    form = CheckForm(request.GET if "session" in request.GET else None)
    context: dict[str, Any] = {"form": form, "session": None, "explanation": None}
    if form.is_bound and form.is_valid():
        try:
            session = queries.session_numbered(
                company=request.company, viewer=request.user, number=form.cleaned_data["session"]
            )
        except Http404:
            form.add_error("session", _("There is no such session. Check the number in the connection reports."))
        else:
            context |= {"session": session, "explanation": explain(session=session, at=timezone.now())}
    return render_tab(request, TAB, settings_of(request), context)
