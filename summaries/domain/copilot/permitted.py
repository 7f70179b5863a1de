"""Whether questions about a session may be answered: by the decision that holds for its summary, read once more."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.enums import EngineName
from accounts.models import AISettings
from policies.enums import Verdict
from summaries.domain.eligibility.decisions import decision_for
from summaries.domain.generation.token_use import tokens_left
from summaries.enums import SessionStatus
from summaries.models import SupportSession
from summaries.models.sessions import HIDDEN


def why_not(*, session: SupportSession) -> str:
    """Why no question about *session* is answered now, in words; empty when it is.

    A running session is decided anew, as before each batch that is captured; of one that has ended the decision stands.
    """
    if not AISettings.objects.get(company=session.company_id).is_active:
        return _("AI features are switched off. An administrator can activate them in AI settings.")
    # A report that was deleted at this very moment takes its log along into the trash.
    if session.log_deleted_at is not None or session.status in HIDDEN:
        return _("The session log was deleted, and without it nothing can be answered.")
    verdict, reason = Verdict(session.verdict), str(session.get_reason_display())
    if session.status == SessionStatus.OPEN and verdict == Verdict.YES:
        decision = decision_for(session=session)
        verdict, reason = decision.verdict, str(decision.reason.label)
    if verdict != Verdict.YES:
        return _("Questions about this session are not answered: %(reason)s.") % {"reason": reason}
    if not session.interaction_count:
        return _("Nothing is recorded of this session yet. Ask when there is.")
    return ""


def why_not_by(*, engine: str, session: SupportSession, at: datetime) -> str:
    """Why *engine* answers no more for now: the company has used the tokens of its day; else empty."""
    if engine == EngineName.CLAUDE and tokens_left(company=session.company, at=at) == 0:
        return _(
            "The engine's tokens for today are used up. Ask again tomorrow, or have the built-in engine look for "
            "passages."
        )
    return ""
