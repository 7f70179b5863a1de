"""The timeline of one session: its interactions in order, page by page, and what they can be narrowed to."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Q, QuerySet

from policies.enums import Verdict
from summaries.domain.reading.queries import Page
from summaries.enums import Kind
from summaries.models import Interaction, SupportSession

TIMELINE_ROWS = 200


@dataclass(frozen=True, slots=True)
class ApplicationGroup:
    """Interactions in a row that happened in the same application."""

    application: str
    interactions: list[Interaction]


def timeline_page(
    *,
    session: SupportSession,
    kind: str = "",
    application: str = "",
    masked: str = "",
    at_number: int = 0,
    before: int = 0,
    after: int = 0,
) -> Page:
    """A page of the session's interactions in order: after or before a number, or the one that holds *at_number*.

    *masked*: the code of a rule; only what it masked a part of.
    """
    rows = log_of(session=session)
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    if application:
        rows = rows.filter(application=application)
    if masked in session.redaction_counts:
        rows = rows.filter(Q(text__contains=f"[{masked}-") | Q(title__contains=f"[{masked}-"))
    if before:
        found = list(rows.filter(number__lt=before).order_by("-number")[: TIMELINE_ROWS + 1])
        page = found[:TIMELINE_ROWS][::-1]
        has_earlier, has_later = len(found) > TIMELINE_ROWS, True
    else:
        first_after = after or max(at_number - 1, 0) // TIMELINE_ROWS * TIMELINE_ROWS
        found = list(rows.filter(number__gt=first_after).order_by("number")[: TIMELINE_ROWS + 1])
        page = found[:TIMELINE_ROWS]
        has_earlier, has_later = first_after > 0, len(found) > TIMELINE_ROWS
    if not page:
        return Page([])
    return Page(page, str(page[-1].number) if has_later else "", str(page[0].number) if has_earlier else "")


def log_of(*, session: SupportSession) -> QuerySet[Interaction]:
    """What is shown of a session's log: nothing where it may not be kept, though a legal hold may still keep it."""
    rows: QuerySet[Interaction] = Interaction.objects.in_logs().filter(session=session)
    return rows.none() if session.verdict == Verdict.NO else rows


def by_application(interactions: Iterable[Interaction]) -> list[ApplicationGroup]:
    """The interactions as runs of one application each, in their order."""
    return [
        ApplicationGroup(application, list(run))
        for application, run in groupby(interactions, key=lambda interaction: interaction.application)
    ]


def timeline_choices(*, session: SupportSession) -> tuple[list[tuple[str, str, int]], list[str]]:
    """What a timeline can be filtered by: kinds with label and count, applications."""
    rows = log_of(session=session).order_by()
    kinds = rows.values_list("kind").annotate(count=Count("pk")).order_by("kind")
    applications = rows.exclude(application="").values_list("application", flat=True).distinct()
    return [(kind, str(Kind(kind).label), count) for kind, count in kinds], sorted(applications)
