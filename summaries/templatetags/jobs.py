"""What templates ask about jobs: whether one deletes or leaves a file, and the figure of the top bar."""

from typing import Any

from django import template

from summaries.domain.jobs.kinds import JobKind
from summaries.domain.jobs.reading import JobFigures, figures_of

register = template.Library()


@register.filter
def has_destructive(kinds: list[JobKind]) -> bool:
    return any(kind.is_destructive for kind in kinds)


@register.filter
def has_file(kinds: list[JobKind]) -> bool:
    return any(kind.needs_file for kind in kinds)


@register.filter
def codes(kinds: list[JobKind]) -> str:
    return " ".join(kind.code for kind in kinds)


@register.simple_tag(takes_context=True)
def job_figures(context: dict[str, Any]) -> JobFigures | None:
    """Own jobs that run or ended unseen. One query, and none for members who asked for no job in this sign-in."""
    request = context.get("request")
    company = getattr(request, "company", None)
    if request is None or company is None or not request.session.get("has_jobs"):
        return None
    figures = figures_of(company=company, viewer=request.user)
    if not (figures.under_way or figures.unseen):
        del request.session["has_jobs"]
        return None
    return figures
