"""Puts the facts of one session before the eligibility table and stores what it says."""

from accounts.models import AISettings, Membership
from policies.domain.eligibility import Decision, EligibilityFacts, decide
from policies.enums import AccessControl, ConsentAnswer
from summaries.enums import Direction
from summaries.models import ConsentEntry, SupportSession


def facts_of(*, session: SupportSession, duration_seconds: int | None) -> EligibilityFacts:
    """Read the values that the decision depends on, as they stand now."""
    ai_settings = AISettings.objects.get(company=session.company_id)
    logged = Membership.objects.filter(
        company=session.company_id, user=session.supporter_id, is_active=True, log_sessions=True
    ).exists()
    device = session.device
    return EligibilityFacts(
        ai_active=ai_settings.is_active,
        terms_accepted=ai_settings.terms_accepted_at is not None,
        minimum_seconds=ai_settings.minimum_seconds,
        duration_seconds=duration_seconds,
        excluded_by_group=False,
        is_incoming=session.direction != Direction.OUTGOING,
        is_outgoing=session.direction != Direction.INCOMING,
        incoming_enabled=ai_settings.incoming_enabled,
        device_managed=device is not None and device.is_managed,
        # Policies that enable reports on managed devices come with their own models; none stands yet.
        policy_reports_insights=False,
        policy_enforced=False,
        locally_off=False,
        outgoing_enabled=ai_settings.outgoing_enabled,
        supporter_logged=logged,
        access_control=AccessControl(device.access_control) if device else AccessControl.AFTER_CONFIRMATION,
        consent=latest_answer(session=session),
    )


def latest_answer(*, session: SupportSession) -> ConsentAnswer | None:
    newest = ConsentEntry.objects.filter(session=session).order_by("-at", "-pk").values_list("answer", flat=True)
    answer = newest.first()
    return ConsentAnswer(answer) if answer else None


def decision_for(*, session: SupportSession) -> Decision:
    """Decide by what stands now, and store nothing."""
    duration = session.duration
    return decide(facts_of(session=session, duration_seconds=int(duration.total_seconds()) if duration else None))


def decide_session(*, session: SupportSession) -> Decision:
    """Decide, and keep the verdict and its reason on the session."""
    decision = decision_for(session=session)
    session.verdict, session.reason = decision.verdict, decision.reason
    session.save(update_fields=["verdict", "reason"])
    return decision
