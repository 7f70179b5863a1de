"""May a summary's text leave the portal? A company can demand that a person has approved it first.

Everything that hands a text to the outside asks here: report, exports, schedules, the API for tokens, tickets.
"""

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import AISettings
from summaries.enums import ReviewState
from summaries.models import Summary


class NotReleased(Exception):
    """The company demands approval, and nobody has approved this text yet; the sentence says what to do."""


def may_leave(*, summary: Summary | None, approval_required: bool) -> bool:
    """Whether what stands in *summary* now may leave. Where there is no text, nothing is held back."""
    if not approval_required or summary is None or summary.current_id is None:
        return True
    return summary.review == ReviewState.APPROVED


def require_release(*, summary: Summary | None, approval_required: bool) -> None:
    """Raise NotReleased unless `may_leave`."""
    if not may_leave(summary=summary, approval_required=approval_required):
        raise NotReleased(
            _(
                "Your company wants summaries approved before they leave the portal, and this one is not approved yet. "
                "Have it approved, then try again."
            )
        )


def approval_required_by(*, company_id: int) -> bool:
    """What the company has set: the second argument of `may_leave`. One query; ask it once for many summaries."""
    return AISettings.objects.filter(company=company_id, approval_required=True).exists()


def held_back(*, approval_required: bool, path: str = "summary__") -> Q:
    """The rows whose text may not leave, for counts and whole exports.

    *path* leads from the rows to their summary: "" for rows of Summary, "summary__" for sessions.
    """
    other_states = [state for state in ReviewState if state != ReviewState.APPROVED]
    unapproved = Q(**{f"{path}current__isnull": False, f"{path}review__in": other_states})
    return unapproved if approval_required else Q(pk__in=[])
