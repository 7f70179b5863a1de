"""The opened summary at the right of the list: a fragment for htmx, the whole page for everybody else."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from summaries.domain.reading import queries
from summaries.views.access import READ_REPORTS, MemberRequest, portal_page
from summaries.views.session import summary, summary_context


@vary_on_headers("HX-Request")
@portal_page(*READ_REPORTS)
def panel(request: MemberRequest, number: int) -> HttpResponse:
    if request.headers.get("HX-Request") != "true":
        return summary(request, number=number)
    session = queries.session_numbered(company=request.company, viewer=request.user, number=number)
    return render(request, "summaries/panel.html", summary_context(request, session))
