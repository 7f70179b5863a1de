"""The overview: the figures above the list of summaries, a page with all of them, and each chart as a table."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.adapters import shown_name, shown_names
from accounts.permissions import Permission
from summaries.domain.reading import filters as session_filters
from summaries.domain.reading import queries
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.reading.insights import Share
from summaries.domain.reading.overview import Extent, Overview, Question, look_over, outcome_shares, users_of
from summaries.views.access import MemberRequest, portal_page
from summaries.views.filtering import chips_of, filters_of

#: As many bars a card above the list shows, and one of the overview; the table has all.
BARS, OVERVIEW_BARS = 6, 10
#: In works-council mode fewer supporters than these are not told apart.
FEWEST_SUPPORTERS = 5
#: Whole months with the current one, beside the periods of the lists.
MONTHS = (12, 36)
#: {name in the address: (heading, the filter that a row sets)}
TABLES = {
    "issue-types": (gettext_lazy("Issue types"), "issue_type"),
    "applications": (gettext_lazy("Applications"), "application"),
    "outcomes": (gettext_lazy("Outcomes"), "outcome"),
    "supporters": (gettext_lazy("Supporters"), "supporter"),
    "over-time": (gettext_lazy("Over time"), ""),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar and the address that it leads to, empty where nothing can be filtered by it; *length* in percent of the
    longest.
    """

    share: Share
    length: int
    is_chosen: bool
    address: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The longest bars, and how many more the table has."""

    bars: list[Bar]
    more: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. *address* is empty where nothing can be filtered by it."""

    share: Share
    address: str


def cards_of(found: Overview, filters: SessionFilters) -> dict[str, Any]:
    """What the cards above the list show."""
    return {
        "totals": found.totals,
        "issue_types": chart_of(found.issue_types, filters, "issue_type"),
        "applications": chart_of(found.applications, filters, "application"),
        "median": found.median,
        "trend": found.trend,
    }


def chart_of(
    shares: list[Share],
    filters: SessionFilters,
    name: str,
    *,
    most: int = BARS,
    may_filter: Callable[[Share], bool] = lambda _: True,
) -> Chart:
    """Each bar filters by itself; a chosen one takes its filter away again."""
    chosen = filters.values_of(name)
    shown = [share for share in shares[:most] if share.count]
    longest = max((share.count for share in shown), default=1)
    bars = []
    for share in shown:
        is_chosen = share.key in chosen
        after = filters.without(name, share.key) if is_chosen else filters.changed(**{name: share.key})
        address = after.address() if may_filter(share) else ""
        bars.append(Bar(share, round(share.count * 100 / longest), is_chosen, address))
    return Chart(bars, sum(1 for share in shares if share.count) - len(bars))


@portal_page(Permission.VIEW_SUMMARIES)
def overview(request: MemberRequest) -> HttpResponse:
    """All charts for one stretch of time, beside the stretch before."""
    filters = filters_of(request)
    found, context = _looked_over(request, filters)
    supporters = _supporters(request, found)
    context |= {
        "issue_types": chart_of(found.issue_types, filters, "issue_type", most=OVERVIEW_BARS),
        "applications": chart_of(found.applications, filters, "application", most=OVERVIEW_BARS),
        "outcomes": chart_of(outcome_shares(found.totals), filters, "outcome"),
        "supporters": chart_of(
            supporters or [],
            filters,
            "supporter",
            most=OVERVIEW_BARS,
            may_filter=lambda share: _is_shown(request, share),
        ),
        "are_supporters_ranked": not shown_names(request).is_on,
        "has_too_few_supporters": supporters is None,
        "chips": chips_of(request, filters),
    }
    return render(request, "summaries/overview.html", context)


@portal_page(Permission.VIEW_SUMMARIES)
def table(request: MemberRequest, table: str) -> HttpResponse:
    """One chart with every row: numbers, shares and the stretch before."""
    if table not in TABLES:
        raise Http404(_("There is no such table."))
    heading, filtered = TABLES[table]
    filters = filters_of(request)
    # The rows are all there are, whichever of them is chosen elsewhere.
    filters = filters.changed(**{filtered: ""}) if filtered else filters
    found, context = _looked_over(request, filters)
    shares = {
        "issue-types": found.issue_types,
        "applications": found.applications,
        "outcomes": outcome_shares(found.totals),
        "supporters": _supporters(request, found),
    }.get(table, [])
    context |= {
        "table": table,
        "heading": heading,
        "rows": [Row(share, _row_address(request, filters, filtered, share)) for share in shares or []],
        "has_too_few_supporters": shares is None,
        "chips": chips_of(request, filters),
    }
    return render(request, "summaries/overview_table.html", context)


def _looked_over(request: MemberRequest, filters: SessionFilters) -> tuple[Overview, dict[str, Any]]:
    """The figures, and what both pages show of them."""
    at, zone = timezone.now(), ZoneInfo(request.company.time_zone)
    window = session_filters.window_of(filters, at=at, zone=zone)
    question = Question(
        company=request.company,
        viewer=request.user,
        filters=filters,
        window=window,
        sessions=queries.summarised_of(company=request.company, viewer=request.user),
        extent=Extent.ALL,
    )
    found = look_over(question, at=at)
    return found, {
        "filters": filters,
        "periods": periods_of(filters, today=at.astimezone(zone).date()),
        "list_address": reverse("summaries:home"),
        "totals": found.totals,
        "median": found.median,
        "trend": found.trend,
        "compares": window.before() is not None,
        "zone": request.company.time_zone,
    }


def periods_of(filters: SessionFilters, *, today: date) -> list[tuple[str, str, bool]]:
    """(label, address, is it chosen) of the periods of the lists, and of whole months."""
    found = [
        (str(label), filters.address(period=period, since="", until=""), period == filters.period)
        for period, label in session_filters.PERIODS.items()
    ]
    whole = []
    for months in MONTHS:
        count = today.year * 12 + today.month - months
        since = date(count // 12, count % 12 + 1, 1).isoformat()
        label = _("Last %(months)d months") % {"months": months}
        chosen = (filters.since, filters.until) == (since, "")
        whole.append((label, filters.address(period="all", since=since, until=""), chosen))
    is_whole = any(chosen for *_, chosen in whole)
    found = [(label, address, chosen and not filters.since and not is_whole) for label, address, chosen in found]
    return [*found[:-1], *whole, found[-1]]


def _supporters(request: MemberRequest, found: Overview) -> list[Share] | None:
    """The supporters as the viewer may call them. In works-council mode by name, and None where they are too few."""
    names = shown_names(request)
    users = users_of(found.supporters)
    shares = [replace(share, name=shown_name(request, users[share.key])) for share in found.supporters]
    if not names.is_on:
        return shares
    return sorted(shares, key=lambda share: share.name) if len(shares) >= FEWEST_SUPPORTERS else None


def _row_address(request: MemberRequest, filters: SessionFilters, name: str, share: Share) -> str:
    """Where the sessions of a row are listed; nobody is filtered by whom the viewer does not see by name."""
    if not share.count or (name == "supporter" and not _is_shown(request, share)):
        return ""
    return reverse("summaries:home") + filters.changed(**{name: share.key}).address()


def _is_shown(request: MemberRequest, supporter: Share) -> bool:
    return shown_names(request).is_shown(int(supporter.key))
