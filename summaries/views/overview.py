"""The figures above the list of summaries: charts, totals and trend, under the list's own filters."""

from datetime import datetime, timedelta
from typing import Any

from summaries.domain.reading import insights
from summaries.domain.reading.filters import SessionFilters, Window


def overview_of(
    narrowed: Any, *, filters: SessionFilters, totals: insights.Totals, window: Window, at: datetime, zone: Any
) -> dict[str, Any]:
    """What the cards show. Each chart leaves its own filter out, so that the other bars stay beside the chosen one."""
    issue_types = insights.issue_type_bars(narrowed(without="issue_type"))
    applications = insights.application_bars(narrowed(without="application"))
    return {
        "issue_types": _bar_links(issue_types, filters, "issue_type"),
        "applications": _bar_links(applications, filters, "application"),
        "median": insights.median_length(narrowed(), ended=totals.ended),
        "trend": _trend(narrowed(), totals=totals, window=window, at=at, zone=zone),
    }


def _trend(sessions: Any, *, totals: insights.Totals, window: Window, at: datetime, zone: Any) -> Any:
    first = window.start or totals.first_at
    if not totals.sessions or first is None:
        return []
    last = window.end - timedelta(seconds=1) if window.end else at
    first_day, last_day = first.astimezone(zone).date(), last.astimezone(zone).date()
    return insights.trend(sessions, first_day=first_day, last_day=max(first_day, last_day), zone=zone)


def _bar_links(bars: list[insights.Bar], filters: SessionFilters, name: str) -> list[dict[str, Any]]:
    """Each bar with its address: it filters by itself, and a chosen one takes its filter away again."""
    chosen = filters.values_of(name)
    return [
        {
            "bar": bar,
            "is_chosen": bar.name in chosen,
            "address": (
                filters.without(name, bar.name) if bar.name in chosen else filters.changed(**{name: bar.name})
            ).address(),
        }
        for bar in bars
    ]
