"""Puts the facts of one session before the eligibility table and stores what it says."""

from dataclasses import dataclass

from policies.domain.eligibility import Decision, EligibilityFacts, decide_recorded
from policies.enums import AccessControl, ConsentAnswer, Reason, Verdict
from summaries.domain.eligibility.decision_facts import (
    Answer,
    CompanySide,
    DeviceSide,
    SupporterSide,
    assemble,
    company_side,
    device_sides,
    supporter_sides,
)
from summaries.models import ConsentEntry, ConsentRequest, SupportSession


@dataclass(frozen=True, slots=True)
class SessionSides:
    """Whose decisions bear on one session."""

    company: CompanySide
    device: DeviceSide
    supporter: SupporterSide
    answer: Answer


def sides_of(*, session: SupportSession) -> SessionSides:
    """Read what bears on the session, as it stands now. Five queries without conditions by group, at most seven."""
    device_ids = {session.device_id} if session.device_id else set()
    supporters = supporter_sides(company_id=session.company_id, user_ids=[session.supporter_id])
    return SessionSides(
        company=company_side(company_id=session.company_id),
        device=device_sides(device_ids=device_ids).get(session.device_id or 0, DeviceSide()),
        supporter=supporters.get(session.supporter_id, SupporterSide()),
        answer=_latest(session),
    )


def facts_of(*, session: SupportSession, sides: SessionSides) -> EligibilityFacts:
    """What the table looks at; the duration only once the session has ended. Pure."""
    duration = session.duration
    return assemble(
        company=sides.company,
        device=sides.device,
        supporter=sides.supporter,
        answer=sides.answer,
        direction=session.direction,
        duration_seconds=int(duration.total_seconds()) if duration is not None else None,
    )


def latest_answer(*, session: SupportSession) -> ConsentAnswer | None:
    return _latest(session).consent


def _latest(session: SupportSession) -> Answer:
    # By the order of the ledger, not by its times: two servers' clocks differ, and a no must not sort before a yes.
    newest = ConsentEntry.objects.filter(session=session).order_by("-pk").values_list("answer", "next_time")
    row = newest.first()
    if row is None or (row[0] == ConsentAnswer.TIMEOUT and _is_asked_again(session)):
        return Answer()
    return Answer(ConsentAnswer(row[0]), AccessControl(row[1]) if row[1] else None)


def _is_asked_again(session: SupportSession) -> bool:
    """After a question that nobody answered in time, a new one is open."""
    return ConsentRequest.objects.filter(session=session, answer="").exists()


def decision_for(*, session: SupportSession) -> Decision:
    """Decide by what stands now, and store nothing."""
    return decide_recorded(facts_of(session=session, sides=sides_of(session=session)))


def decide_session(*, session: SupportSession) -> Decision:
    """Decide, and keep the verdict and its reason on the session. For its opening and for an answer about it."""
    return _keep(session, decision_for(session=session))


def reconsider(*, session: SupportSession) -> Decision:
    """Decide anew without such an event: settings may have changed since.

    A NO stands: what a switch allows later is not captured after the fact, and nothing was captured under it.
    """
    stored = Decision(Verdict(session.verdict), Reason(session.reason))
    if stored.verdict == Verdict.NO:
        return stored
    decision = decision_for(session=session)
    if decision != stored:
        # Only over what was read: an answer that came in meanwhile has the last word.
        rows = SupportSession.objects.filter(pk=session.pk, verdict=stored.verdict, reason=stored.reason)
        rows.update(verdict=decision.verdict, reason=decision.reason)
        session.refresh_from_db(fields=["verdict", "reason"])
    return Decision(Verdict(session.verdict), Reason(session.reason))


def _keep(session: SupportSession, decision: Decision) -> Decision:
    session.verdict, session.reason = decision.verdict, decision.reason
    session.save(update_fields=["verdict", "reason"])
    return decision
