"""What a month's credits were used for, by member, policy and device group; and the same rows as a file."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accounts.adapters import shown_names
from accounts.permissions import Permission
from accounts.views.pages import MemberRequest, portal_page
from credits.domain import use
from credits.domain.history import month_use, read_month
from credits.domain.ledger_filters import LedgerFilter
from credits.domain.use import Split, Use, UseRow
from credits.views.files import csv_answer, name_once


@portal_page(Permission.MANAGE_CREDITS)
def page(request: MemberRequest) -> HttpResponse:
    found = _use(request)
    context = {
        "use": found,
        "history": month_use(company=request.company, month=found.month, at=timezone.now()),
        "splits": [
            (split, [(row, _ledger_query(request, found, split, row)) for row in split.rows]) for split in found.splits
        ],
    }
    return render(request, "credits/use.html", context)


@portal_page(Permission.MANAGE_CREDITS)
def download(request: MemberRequest) -> HttpResponseBase:
    found = _use(request)
    return csv_answer(request, name=f"credit-use-{found.month:%Y-%m}", table=use.table_of(found))


def _use(request: MemberRequest) -> Use:
    month = read_month(request.GET.get("month", ""), company=request.company, at=timezone.now())
    return use.use_of(company=request.company, month=month, name_of=name_once(request))


def _ledger_query(request: MemberRequest, found: Use, split: Split, row: UseRow) -> str:
    """The ledger's filter for one row; nothing for a member whom the viewer does not see by name."""
    if split.by == "member" and row.key and not shown_names(request).is_shown(int(row.key)):
        return ""
    filtered = {split.by: row.key} if row.key else {"without": split.by}
    return LedgerFilter(used_in=f"{found.month:%Y-%m}").query(**filtered)
