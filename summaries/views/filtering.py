"""What every list of sessions does with the filters of its address."""

from collections.abc import Mapping

from accounts.adapters import shown_names
from summaries.domain.reading.chips import Chip, chips, gone_from, supporter_names
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.reading.wishes import filters_for
from summaries.views.access import MemberRequest


def filters_of(request: MemberRequest) -> SessionFilters:
    """The filters of the address, as far as the member may ask so."""
    return filters_in(request, request.GET.urlencode())


def filters_in(request: MemberRequest, query: str) -> SessionFilters:
    """The filters of *query*, the text of an address that came in a form or a saved view."""
    names = shown_names(request)
    return filters_for(query=query, company=request.company, viewer=request.user, names=names)


def chips_of(request: MemberRequest, filters: SessionFilters, *, listed: Mapping[str, str] | None = None) -> list[Chip]:
    """The filters as chips. *listed* are the supporters of the rows found, {id: name}; None: nothing was found, and
    the chips say what is no longer there.
    """
    company, viewer = request.company, request.user
    known = listed or {}
    if any(value not in known for value in filters.supporter):
        known = supporter_names(filters=filters, company=company, viewer=viewer)
    gone = gone_from(filters=filters, company=company, viewer=viewer) if listed is None else frozenset()
    return chips(filters, supporters=known, gone=gone)
