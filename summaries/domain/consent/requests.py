"""The question to the remote user: asked by a one-time link, answered once, over when its time is."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import AISettings, User
from accounts.permissions import Permission
from policies.domain.eligibility import decide
from policies.enums import AccessControl, ConsentAnswer, Reason, Verdict
from policies.models import Device
from summaries.domain.consent.entries import Said, enter, is_refused_by_remote_user, is_withdrawn, lock_session
from summaries.domain.consent.links import InvalidLink, LinkKind, digests_of, issue_link, withdrawal_link_for
from summaries.domain.consent.wording import Wording, wording_of
from summaries.domain.eligibility.decision_facts import Answer
from summaries.domain.eligibility.decisions import decide_session, facts_of, sides_of
from summaries.domain.reading.reach import require_on
from summaries.enums import SessionStatus
from summaries.models import ConsentRequest, SupportSession

#: Who presses the button twice is led to the withdrawal page twice; later the consent link no longer leads there.
REPEATED_WITHIN = timedelta(seconds=60)
#: Questions that one sweep closes.
SWEPT = 500


class UnableToAsk(Exception):
    """There is nothing to ask of this session; the sentence is the reason."""


class WordingChanged(Exception):
    """The company changed its wording between reading and answering."""


class Stage(StrEnum):
    ASKING = "asking"
    ALLOWED = "allowed"
    REFUSED = "refused"
    OVER = "over"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Answered:
    """What stands after an answer. *withdrawal_link* only for who has just allowed access."""

    stage: Stage
    withdrawal_link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteAnswer:
    """What the remote user's form says. *seen_version* names the wording that was on their screen."""

    answer: ConsentAnswer
    language: str
    seen_version: str
    next_time: AccessControl | None = None
    address: str | None = None


@transaction.atomic
def request_consent(*, session: SupportSession, actor: User, at: datetime) -> tuple[ConsentRequest, str]:
    """Ask the remote user: returns the question and its link, which is kept nowhere.

    A question that is still open is closed by it, as not answered. Raises PermissionMissing, UnableToAsk.
    """
    require_on(user=actor, permission=Permission.GENERATE_SUMMARIES, session=session)
    lock_session(session=session)
    _check_askable(session)
    before = _open_question(session)
    if before is not None:
        _time_out(session=session, request=before, why="It was replaced by a new link.", at=at)
    issued = issue_link(kind=LinkKind.ASK)
    seconds = AISettings.objects.values_list("consent_seconds", flat=True).get(company=session.company_id)
    request: ConsentRequest = ConsentRequest.objects.create(
        company=session.company,
        session=session,
        digest=issued.digest,
        requested_by=actor,
        requested_at=at,
        expires_at=at + timedelta(seconds=seconds),
    )
    decide_session(session=session)
    audit.record(company=session.company, actor=actor, action="consent.requested", at=at, target=session)
    return request, issued.link


def _check_askable(session: SupportSession) -> None:
    if session.status != SessionStatus.OPEN:
        raise UnableToAsk(_("The session is not running. Consent is asked for while it runs."))
    if session.reason not in (Reason.WAITING_FOR_CONSENT, Reason.CONSENT_TIMEOUT):
        raise UnableToAsk(_("There is nothing to ask: %(reason)s.") % {"reason": session.get_reason_display()})
    if is_refused_by_remote_user(session=session):
        raise UnableToAsk(_("There is nothing to ask: the remote user refused. Ask again in a new session."))
    unanswered = replace(sides_of(session=session), answer=Answer())
    decision = decide(facts_of(session=session, sides=unanswered))
    if decision.verdict != Verdict.WAIT:
        raise UnableToAsk(_("There is nothing to ask: %(label)s.") % {"label": decision.reason.label})


def request_of(*, link: str) -> ConsentRequest:
    """The question that *link* leads to, with what its page shows. Raises InvalidLink."""
    found = ConsentRequest.objects.select_related("session__company", "session__supporter", "session__device")
    request = found.filter(digest__in=digests_of(link=link, kind=LinkKind.ASK)).first()
    if request is None:
        raise InvalidLink(_("This link is not valid."))
    return request  # type: ignore[no-any-return]


def stage_of(*, request: ConsentRequest, at: datetime) -> Stage:
    """Where the question stands at this moment, whether or not a sweep has come by."""
    if not request.answer:
        return Stage.ASKING if at < request.expires_at else Stage.OVER
    if request.answer == ConsentAnswer.GIVEN:
        return Stage.WITHDRAWN if is_withdrawn(session=request.session) else Stage.ALLOWED
    return Stage.REFUSED if request.answer == ConsentAnswer.REFUSED else Stage.OVER


def note_opened(*, request: ConsentRequest, at: datetime) -> None:
    """Keep when the page was first fetched; it proves no reader, but that the link arrived."""
    ConsentRequest.objects.filter(pk=request.pk, opened_at=None, answer="").update(opened_at=at)


def answer_request(*, link: str, said: RemoteAnswer, at: datetime) -> Answered:
    """Take the remote user's answer, once; what comes after it changes nothing. Raises InvalidLink, WordingChanged."""
    request = request_of(link=link)
    if stage_of(request=request, at=at) == Stage.ASKING:
        wording = wording_of(session=request.session, language=said.language)
        if said.seen_version != wording.version:
            raise WordingChanged(wording.words.changed)
        _take(request=request, link=link, said=said, wording=wording, at=at)
        request.refresh_from_db(fields=["answer", "answered_at", "withdrawal_digest"])
    stage = stage_of(request=request, at=at)
    is_fresh = request.answered_at is not None and at - request.answered_at <= REPEATED_WITHIN
    if stage == Stage.ALLOWED and said.answer == ConsentAnswer.GIVEN and is_fresh and request.withdrawal_digest:
        return Answered(stage, withdrawal_link_for(link=link).link)
    return Answered(stage)


@transaction.atomic
def _take(*, request: ConsentRequest, link: str, said: RemoteAnswer, wording: Wording, at: datetime) -> None:
    """One conditional UPDATE decides which of two answers that come at once is the answer."""
    session = request.session
    lock_session(session=session)
    withdrawal = withdrawal_link_for(link=link) if said.answer == ConsentAnswer.GIVEN else None
    taken = ConsentRequest.objects.filter(pk=request.pk, answer="", expires_at__gt=at).update(
        answer=said.answer, answered_at=at, withdrawal_digest=withdrawal.digest if withdrawal else ""
    )
    if not taken:
        return
    device = session.device
    next_time = said.next_time if device else None
    entry = Said(
        answer=said.answer,
        statement=wording.as_text(),
        request=request,
        wording_version=wording.version,
        language=wording.language,
        next_time=next_time,
        address=said.address,
    )
    enter(session=session, said=entry, at=at)
    if device is not None and next_time is not None:
        _set_next_time(device=device, rule=next_time, address=said.address, at=at)


def _set_next_time(*, device: Device, rule: AccessControl, address: str | None, at: datetime) -> None:
    if not Device.objects.filter(pk=device.pk).exclude(access_control=rule).update(access_control=rule):
        return
    details = {"access_control": {"before": device.access_control, "after": str(rule)}, "by": "remote user"}
    audit.record(
        company=device.company, action="device.changed", at=at, target=device, address=address, details=details
    )


def settle_open(*, session: SupportSession, said: Said, at: datetime) -> ConsentRequest | None:
    """An answer that a member states answers the open question, too. Returns that; None when none is open."""
    request = _open_question(session)
    if request is not None:
        request.answer, request.answered_at = said.answer, at
        request.save(update_fields=["answer", "answered_at"])
    return request


@transaction.atomic
def close_at_end(*, session: SupportSession, at: datetime) -> bool:
    """No answer means no: enter that for a session that ends while it waits for one. False when it waits for none."""
    lock_session(session=session)
    request = _open_question(session)
    if request is None and session.reason != Reason.WAITING_FOR_CONSENT:
        return False
    _time_out(session=session, request=request, why="The session ended before an answer.", at=at)
    return True


def _open_question(session: SupportSession) -> ConsentRequest | None:
    return ConsentRequest.objects.filter(session=session, answer="").first()


def _time_out(*, session: SupportSession, request: ConsentRequest | None, why: str, at: datetime) -> None:
    statement = f"No answer. {why}"
    if request is not None:
        request.answer, request.answered_at = ConsentAnswer.TIMEOUT, at
        request.save(update_fields=["answer", "answered_at"])
        statement += " The page was opened." if request.opened_at else " The page was never opened."
    enter(session=session, said=Said(answer=ConsentAnswer.TIMEOUT, statement=statement, request=request), at=at)


def time_out(*, at: datetime, session: SupportSession | None = None) -> int:
    """Close the questions whose time is over: all of them, or that of one session. Returns how many."""
    over = ConsentRequest.objects.filter(answer="", expires_at__lte=at)
    if session is not None:
        over = over.filter(session=session)
    closed = 0
    for request in over.select_related("session__company", "session__device").order_by("expires_at")[:SWEPT]:
        closed += _close_expired(request=request, at=at)
    return closed


@transaction.atomic
def _close_expired(*, request: ConsentRequest, at: datetime) -> bool:
    lock_session(session=request.session)
    request.refresh_from_db()
    if request.answer:
        return False
    seconds = int((request.expires_at - request.requested_at).total_seconds())
    why = f"The time to answer, {seconds} seconds, was over."
    _time_out(session=request.session, request=request, why=why, at=at)
    return True
