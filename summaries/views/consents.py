"""The consent ledger of a company, for whoever reads its reports."""

import csv
from collections.abc import Iterator
from datetime import date
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from accounts.adapters import shown_name
from policies.enums import ConsentAnswer
from summaries.domain.consent import ledger as consent_ledger
from summaries.domain.consent.ledger import LedgerFilter
from summaries.views.access import READ_REPORTS, MemberRequest, portal_page


@portal_page(*READ_REPORTS)
def ledger(request: MemberRequest) -> HttpResponse:
    narrowed = _filter(request)
    entries = consent_ledger.entries_of(company=request.company, viewer=request.user, narrowed=narrowed)
    page = consent_ledger.page_of(entries, before=request.GET.get("before", ""))
    query = urlencode({name: value for name in _FIELDS if (value := request.GET.get(name, ""))})
    context = {
        "page": page,
        "answers": [(value, label, value == narrowed.answer) for value, label in ConsentAnswer.choices],
        "narrowed": narrowed,
        "is_narrowed": narrowed != LedgerFilter(),
        "query": query,
        "is_first_page": not request.GET.get("before"),
    }
    return render(request, "summaries/consent_list.html", context)


@portal_page(*READ_REPORTS)
def download(request: MemberRequest) -> Any:
    """All entries that the filter finds, as CSV."""
    entries = consent_ledger.entries_of(company=request.company, viewer=request.user, narrowed=_filter(request))
    response = StreamingHttpResponse(_lines(request, entries), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="consents.csv"'
    return response


_FIELDS = ("answer", "first", "last")


class _Echo:
    """What csv writes to: hands each line on."""

    def write(self, line: str) -> str:
        return line


def _lines(request: MemberRequest, entries: Any) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # Each member once: that a revealed name was seen is kept in the audit log.
    name_of = cache(partial(shown_name, request))
    for row in consent_ledger.table_of(entries, name_of=name_of):
        line: Any = writer.writerow(row)  # what _Echo hands on
        yield line


def _filter(request: HttpRequest) -> LedgerFilter:
    answer = request.GET.get("answer", "")
    return LedgerFilter(
        answer if answer in ConsentAnswer.values else "",
        _day(request.GET.get("first", "")),
        _day(request.GET.get("last", "")),
    )


def _day(text: str) -> date | None:
    """A day as the form writes it; anything else is no day."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1 < found.year < date.max.year else None
