"""Last month's sessions under the settings on the screen, saved or not."""

from dataclasses import dataclass

from django.utils import timezone

from policies.enums import Reason
from summaries.domain.eligibility.preview import PreviewResult, SettingsDraft, preview
from summaries.views.access import MemberRequest

DAYS = 30
#: Reasons that let a session be summarised.
_YES = (Reason.INCOMING_POLICY, Reason.OUTGOING_ALLOWED, Reason.OUTGOING_CONSENTED)


@dataclass(frozen=True, slots=True)
class ReasonLine:
    label: str
    count: int
    #: Of all sessions, in percent.
    share: float
    is_yes: bool


@dataclass(frozen=True, slots=True)
class Preview:
    result: PreviewResult
    lines: list[ReasonLine]
    days: int = DAYS


def preview_of(request: MemberRequest, draft: SettingsDraft | None = None) -> Preview:
    result = preview(company=request.company, at=timezone.now(), days=DAYS, overrides=draft)
    lines = [
        ReasonLine(str(reason.label), count, 100 * count / result.total, reason in _YES)
        for reason, count in result.by_reason.items()
    ]
    return Preview(result, lines)
