"""What the viewer may do with the summary of a session: asked in one place, for the panel and every tab."""

from dataclasses import dataclass, field

from accounts.permissions import Permission
from policies.enums import Verdict
from summaries.domain.reading.queries import summary_of
from summaries.domain.reading.release import approval_required_by, may_leave
from summaries.domain.reading.states import StateView
from summaries.enums import ReviewState, SessionStatus, SummaryState
from summaries.models import Summary, SupportSession
from summaries.views.access import MemberRequest, may_on
from summaries.views.removal import DELETIONS, Deletion

#: What is deleted beside the summary; the whole report is deleted on its own tab.
DELETED_HERE = ("summary", "log")


@dataclass(frozen=True, slots=True, kw_only=True)
class May:
    """*rate* and *copy* go with reading. *leave*: the company lets the text as it stands leave the portal.

    *send*: may see what was sent of it, and send it once it may leave.
    """

    read: bool = False
    ask: bool = False
    leave: bool = True
    copy: bool = False
    rate: bool = False
    edit: bool = False
    review: bool = False
    approve: bool = False
    export: bool = False
    send: bool = False
    generate: bool = False
    delete: list[Deletion] = field(default_factory=list)


def may_with(request: MemberRequest, session: SupportSession, state: StateView) -> May:
    """One query, beside those that ask for the member's roles."""
    found = summary_of(session)
    is_over = session.verdict == Verdict.YES and session.status == SessionStatus.ENDED
    reads = may_on(request, Permission.VIEW_SUMMARIES, session)
    text = found if reads and found is not None and found.current_id is not None else None
    leaves = text is None or may_leave(
        summary=text, approval_required=approval_required_by(company_id=session.company_id)
    )
    takes_out = text is not None and may_on(request, Permission.EXPORT_SUMMARIES, session)
    return May(
        read=reads,
        ask=may_on(request, Permission.ASK_COPILOT, session),
        leave=leaves,
        copy=text is not None and leaves,
        rate=text is not None and is_over,
        edit=text is not None and is_over and may_on(request, Permission.EDIT_SUMMARIES, session),
        review=_is(text, ReviewState.AI_GENERATED) and may_on(request, Permission.EDIT_SUMMARIES, session),
        approve=_is(text, ReviewState.AI_GENERATED, ReviewState.REVIEWED)
        and may_on(request, Permission.APPROVE_SUMMARIES, session),
        export=takes_out and leaves,
        send=takes_out,
        generate=is_over
        and session.log_deleted_at is None
        and not state.is_moving
        and may_on(request, Permission.GENERATE_SUMMARIES, session),
        delete=_deletions(request, session),
    )


def _is(text: Summary | None, *states: ReviewState) -> bool:
    """Whether a person can decide on the text: it is finished, and in one of these states of review."""
    return text is not None and text.state == SummaryState.READY and text.review in states


def _deletions(request: MemberRequest, session: SupportSession) -> list[Deletion]:
    if session.status != SessionStatus.ENDED:
        return []
    offered = [DELETIONS[code] for code in DELETED_HERE]
    return [each for each in offered if each.is_there(session) and may_on(request, each.permission, session)]
