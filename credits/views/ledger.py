"""The ledger: every entry with the balance after it, filtered by the address, and the same rows as a file."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accounts.adapters import shown_names
from accounts.permissions import Permission
from accounts.views.pages import MemberRequest, portal_page
from credits.domain import ledger_queries
from credits.domain.ledger_filters import LedgerFilter, chips, read_filter
from credits.enums import EntryKind
from credits.views.files import csv_answer, name_once
from insights_portal.lib.periods import month_start


@portal_page(Permission.MANAGE_CREDITS)
def page(request: MemberRequest) -> HttpResponse:
    company, narrowed = request.company, _filter(request)
    entries = ledger_queries.entries_of(company=company, viewer=request.user, narrowed=narrowed)
    names = ledger_queries.words_for(company=company, narrowed=narrowed, name_of=name_once(request))
    context: dict[str, Any] = {
        "page": ledger_queries.page_of(company=company, entries=entries, before=request.GET.get("before", "")),
        "found": entries.count(),
        "narrowed": narrowed,
        "query": narrowed.query(),
        "chips": chips(narrowed, names=names),
        "kinds": EntryKind.choices,
        "is_first_page": not request.GET.get("before"),
        "latest_month": f"{month_start(timezone.now(), zone=company.time_zone):%Y-%m}",
    }
    return render(request, "credits/ledger.html", context)


@portal_page(Permission.MANAGE_CREDITS)
def download(request: MemberRequest) -> HttpResponseBase:
    """All rows that the filters leave, in the order of the pages."""
    entries = ledger_queries.entries_of(company=request.company, viewer=request.user, narrowed=_filter(request))
    table = ledger_queries.table_of(company=request.company, entries=entries, name_of=name_once(request))
    return csv_answer(request, name="credit-ledger", table=table)


def _filter(request: MemberRequest) -> LedgerFilter:
    """The filters of the address. In works-council mode nobody is filtered by whom the viewer does not see by name."""
    narrowed = read_filter(request.GET.dict())
    if narrowed.member and not shown_names(request).is_shown(int(narrowed.member)):
        return replace(narrowed, member="")
    return narrowed
