"""What every list of sessions does with the filters of its address."""

from dataclasses import replace

from accounts.adapters import shown_names
from summaries.domain.reading import queries
from summaries.domain.reading.filters import SessionFilters, read_filters
from summaries.views.access import MemberRequest


def filters_of(request: MemberRequest, *, may_read_summaries: bool) -> SessionFilters:
    """The filters of the address. In works-council mode nobody is filtered by whom the viewer does not see by name."""
    filters = read_filters(request.GET.dict(), may_read_summaries=may_read_summaries)
    if filters.supporter.isdigit() and not shown_names(request).is_shown(int(filters.supporter)):
        return replace(filters, supporter="")
    return filters


def name_of_filtered(request: MemberRequest, filters: SessionFilters) -> str:
    """The name of the supporter by whom is filtered, for the chip; empty where it is nobody or oneself."""
    if not filters.supporter.isdigit():
        return ""
    user_id = int(filters.supporter)
    return queries.supporter_name(company=request.company, viewer=request.user, user_id=user_id) or "unknown"
