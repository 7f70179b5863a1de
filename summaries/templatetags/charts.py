"""Lines of charts, and changes in words: what the overview's templates need."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django import template
from django.utils.translation import gettext as _

from insights_portal.lib.numbers import grouped
from summaries.domain.reading.trend import TrendPoint

register = template.Library()

WIDTH, HEIGHT, MARGIN = 300, 44, 3


@dataclass(frozen=True, slots=True)
class Lines:
    """The points of SVG polylines. *before* is empty where there is nothing to compare with."""

    now: str
    before: str
    highest: int


@dataclass(frozen=True, slots=True)
class TimeLine:
    """The points of an SVG polyline of durations, and the longest of them."""

    now: str
    highest: timedelta


@register.simple_tag
def trend_lines(points: Sequence[TrendPoint]) -> Lines:
    """The sessions over time and those of the stretch before, under one scale."""
    counts = [point.count for point in points]
    before = [point.previous for point in points if point.previous is not None]
    before = before if any(before) else []
    highest = max([*counts, *before], default=0)
    return Lines(_line(counts, highest), _line(before, highest), highest)


@register.simple_tag
def hour_lines(points: Sequence[TrendPoint]) -> TimeLine:
    """The remote time of each part of the stretch."""
    seconds = [int(point.length.total_seconds()) for point in points]
    return TimeLine(
        _line(seconds, max(seconds, default=0)), max((point.length for point in points), default=timedelta())
    )


@register.filter
def change(now: float, before: float | None) -> str:
    """How much *now* is beyond *before*, in words. Nothing without anything to compare with."""
    if before is None:
        return ""
    if now == before:
        return _("as before")
    if not before:
        return _("none before")
    percent = round((now - before) * 100 / before)
    if now > before:
        return _("▲ %(percent)s %% more") % {"percent": grouped(max(percent, 1))}
    return _("▼ %(percent)s %% fewer") % {"percent": grouped(max(-percent, 1))}


@register.filter
def share_of(count: int, whole: int) -> str:
    """*count* in percent of *whole*, which may be nothing."""
    return f"{count * 100 / whole:.0f} %" if whole else "–"


def _line(values: Sequence[int], highest: int) -> str:
    step = WIDTH / max(len(values) - 1, 1)
    room = HEIGHT - 2 * MARGIN
    return " ".join(
        f"{index * step:.1f},{HEIGHT - MARGIN - value / (highest or 1) * room:.1f}"
        for index, value in enumerate(values)
    )
