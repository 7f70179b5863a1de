"""The navigation's figures of a whole company, from its sums, in one statement: every page asks for them."""

from typing import NamedTuple

from accounts.models import Company
from insights_portal.lib.statements import planned_cursor
from summaries.enums import ReviewState, SummaryState
from summaries.models.rollups import Facet, Grain
from summaries.models.sessions import HIDDEN

# The company behind a SELECT: with one that the planner knows, it would plan the statement anew each time, which takes
# four times as long as running it.
_CHANGED = "SELECT session_id FROM summaries_sessionchange WHERE company_id = (SELECT CAST(%s AS bigint))"
_STATEMENT = f"""
SELECT sums.to_review - counted.to_review + now.to_review, sums.failed - counted.failed + now.failed
FROM summaries_rollupstate state
CROSS JOIN (
    SELECT COALESCE(SUM(to_review), 0) AS to_review, COALESCE(SUM(failed), 0) AS failed FROM summaries_sessionrollup
    WHERE company_id = (SELECT CAST(%s AS bigint)) AND facet = {Facet.SUMMARIES:d} AND grain = {Grain.MONTH:d}
) sums
CROSS JOIN (
    SELECT COUNT(CASE WHEN is_to_review THEN 1 END) AS to_review, COUNT(CASE WHEN has_failed THEN 1 END) AS failed
    FROM summaries_countedsession WHERE session_id IN ({_CHANGED})
) counted
CROSS JOIN (
    SELECT COUNT(CASE WHEN summary.state = '{SummaryState.READY}' AND summary.review = '{ReviewState.AI_GENERATED}'
        THEN 1 END) AS to_review, COUNT(CASE WHEN summary.state = '{SummaryState.FAILED}' THEN 1 END) AS failed
    FROM summaries_summary summary JOIN summaries_supportsession session ON session.id = summary.session_id
    WHERE session.company_id = (SELECT CAST(%s AS bigint))
        AND session.status NOT IN ({", ".join(f"'{status}'" for status in HIDDEN)})
        AND session.id IN ({_CHANGED})
) now
WHERE state.company_id = (SELECT CAST(%s AS bigint)) AND state.is_complete
"""  # noqa: S608 - our own names


class ToDo(NamedTuple):
    to_review: int
    failed: int


def to_do(*, company: Company) -> ToDo | None:
    """How many summaries of *company* wait to be reviewed and how many failed. None while it is counted anew."""
    with planned_cursor() as cursor:
        cursor.execute(_STATEMENT, [company.pk] * 5)
        row = cursor.fetchone()
    return ToDo(*map(int, row)) if row else None
