"""Sessions that a client reports while they run: open, consent, append interactions, end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from accounts.domain import audit
from accounts.models import Company, Membership, User
from insights_portal.lib.numbers import grouped
from policies.domain.eligibility import Decision
from policies.enums import ConsentAnswer, Reason, Verdict
from policies.models import Device
from summaries.domain.consent.entries import (
    Said,
    enter,
    forget_captured,
    is_refused_by_remote_user,
    is_withdrawn,
    lock_session,
)
from summaries.domain.consent.requests import close_at_end, settle_open
from summaries.domain.consent.withdrawal import record_withdrawal, state_withdrawal
from summaries.domain.eligibility.decisions import decide_session, decision_for, reconsider
from summaries.domain.generation import requests as generation
from summaries.domain.interaction_rows import add_rows, clean, mask_texts, merge_counts, rows_of
from summaries.domain.reading.search import text_for
from summaries.domain.redaction.rules import redactor_of
from summaries.domain.webhook_notices import tell_of_end
from summaries.enums import Direction, SessionStatus
from summaries.models import ConsentEntry, SupportSession
from summaries.sources.base import CapturedInteraction

#: Another client may append to the same session at the same moment; so often the batch is masked anew.
APPEND_TRIES = 5


class UnableToOpen(Exception):
    """The session can't be opened; the sentence says what to change."""


class CaptureRefused(Exception):
    """Interactions are not accepted: the session may not be captured, or not yet, or has ended."""


class UnableToAppend(Exception):
    """The batch doesn't fit: a gap in the sequence, or more interactions than a session holds."""


@dataclass(frozen=True, slots=True)
class SequencedInteraction:
    """An interaction with the client's own number: 1, 2, 3 … without gaps."""

    sequence: int
    interaction: CapturedInteraction


@dataclass(frozen=True, slots=True)
class AppendResult:
    accepted: int
    duplicates: int
    next_sequence: int


def next_number(*, company: Company) -> int:
    """Take the company's next session number. Call inside a transaction: the company's row is the lock."""
    Company.objects.filter(pk=company.pk).update(next_session_number=F("next_session_number") + 1)
    taken: int = Company.objects.values_list("next_session_number", flat=True).get(pk=company.pk)
    return taken - 1


def find_device(*, company: Company, name: str) -> Device | None:
    return Device.objects.filter(company=company, name__iexact=name.strip()[:120]).first()


def device_named(*, company: Company, name: str, operating_system: str = "", customer: str = "") -> Device | None:
    """The company's device of that name, made when it is new; None for an empty name.

    Call inside a transaction that has locked the company's row: two sessions may name the same new device at once.
    """
    name = name.strip()[:120]
    if not name:
        return None
    device = find_device(company=company, name=name)
    if device is None:
        device = Device.objects.create(
            company=company, name=name, operating_system=operating_system[:120], customer=customer[:120]
        )
    return device


def check_supporter(*, company: Company, supporter: User) -> None:
    """Raise UnableToOpen unless *supporter* is an active member of the company."""
    if not Membership.objects.filter(company=company, user=supporter, is_active=True).exists():
        raise UnableToOpen(
            gettext("The supporter is not a member of this company. Name the e-mail address of a member.")
        )


@transaction.atomic
def open_session(
    *,
    company: Company,
    supporter: User,
    actor: User,
    at: datetime,
    direction: Direction = Direction.OUTGOING,
    device_name: str = "",
    remote_user: str = "",
    started_at: datetime | None = None,
    notes: str = "",
    ticket: str = "",
) -> SupportSession:
    """Start a support session and decide whether it may be captured. Raises UnableToOpen."""
    check_supporter(company=company, supporter=supporter)
    session = SupportSession(
        company=company,
        number=next_number(company=company),
        direction=direction,
        supporter=supporter,
        device=device_named(company=company, name=device_name),
        remote_user=remote_user,
        started_at=started_at or at,
        ticket=ticket,
    )
    redactor = redactor_of(session=session)
    (session.notes,) = mask_texts(redactor, [clean(notes)])
    session.redaction_counts, session.redaction_memory = redactor.report().counts, redactor.memory()
    session.search_text = text_for(session=session)
    session.save()
    decide_session(session=session)
    audit.record(company=company, actor=actor, action="session.opened", at=at, target=session)
    return session


@transaction.atomic
def record_consent(
    *, session: SupportSession, answer: ConsentAnswer, statement: str, actor: User, at: datetime
) -> ConsentEntry:
    """Enter an answer that a member states in the consent ledger, and decide anew.

    A withdrawal deletes; stated twice it changes nothing. Raises CaptureRefused without a statement, after the end of
    the session, and where it would overrule what the remote user said themselves; PermissionMissing for a withdrawal
    after the end by who may neither change nor delete the session.
    """
    statement = statement.strip()
    if not statement:
        raise CaptureRefused(gettext("State how the remote user consented, for example “agreed by phone at 10:02”."))
    lock_session(session=session)
    is_over = session.status != SessionStatus.OPEN
    if answer == ConsentAnswer.WITHDRAWN:
        withdraw = state_withdrawal if is_over else record_withdrawal
        return withdraw(session=session, statement=statement, actor=actor, at=at)
    if is_withdrawn(session=session):
        raise CaptureRefused(gettext("The consent was withdrawn, and that is final. Open a new session and ask again."))
    if is_over:
        raise CaptureRefused(
            gettext("The session has ended: only a withdrawal is taken now. Open a new session and ask again.")
        )
    if answer != ConsentAnswer.REFUSED and is_refused_by_remote_user(session=session):
        raise CaptureRefused(
            gettext("The remote user refused on the consent page. Only they can say yes: in a new session.")
        )
    said = Said(answer=answer, statement=statement, actor=actor)
    return enter(session=session, said=replace(said, request=settle_open(session=session, said=said, at=at)), at=at)


def append_interactions(*, session: SupportSession, batch: Sequence[SequencedInteraction]) -> AppendResult:
    """Mask and store a batch. Sequence numbers that are already there change nothing.

    Masking runs outside the transaction; a batch that another client overtook is masked again. Pass *session* as it
    was just read. Raises CaptureRefused, UnableToAppend.
    """
    for turn in range(APPEND_TRIES):
        if turn:
            session.refresh_from_db()
        _check_open(session)
        fresh = _fresh(session, batch)
        if not fresh or _store(session, fresh):
            return AppendResult(
                accepted=len(fresh),
                duplicates=len(batch) - len(fresh),
                next_sequence=session.interaction_count + 1,
            )
    raise UnableToAppend(gettext("Several clients are writing to this session at once. Send the batch again."))


def _check_open(session: SupportSession) -> None:
    if session.status != SessionStatus.OPEN:
        raise CaptureRefused(gettext("The session has ended; open a new one."))
    if decision_for(session=session) != Decision(Verdict(session.verdict), Reason(session.reason)):
        _look_again(session)
    if session.verdict != Verdict.YES:
        raise CaptureRefused(
            gettext("Interactions of this session are not accepted: %(reason)s.")
            % {"reason": session.get_reason_display()}
        )


@transaction.atomic
def _look_again(session: SupportSession) -> None:
    """A switch, policy or condition changed since the last batch stops a running session at once."""
    was_captured = session.verdict == Verdict.YES
    if reconsider(session=session).verdict == Verdict.NO and was_captured:
        forget_captured(session=session)


def _fresh(session: SupportSession, batch: Sequence[SequencedInteraction]) -> list[SequencedInteraction]:
    """The part of the batch that is not stored yet, in order and without a gap."""
    by_sequence = {row.sequence: row for row in reversed(batch) if row.sequence > session.interaction_count}
    fresh = [by_sequence[sequence] for sequence in sorted(by_sequence)]
    for expected, row in enumerate(fresh, start=session.interaction_count + 1):
        if row.sequence != expected:
            raise UnableToAppend(
                gettext("Sequence number %(expected)s is missing before %(sequence)s. Send it first.")
                % {"expected": expected, "sequence": row.sequence}
            )
    if session.interaction_count + len(fresh) > settings.SESSION_MAX_INTERACTIONS:
        raise UnableToAppend(
            gettext("A session holds at most %(session_max_interactions)s interactions. End it and open a new one.")
            % {"session_max_interactions": grouped(settings.SESSION_MAX_INTERACTIONS)}
        )
    return fresh


def _store(session: SupportSession, fresh: Sequence[SequencedInteraction]) -> bool:
    redactor = redactor_of(session=session)
    masked = redactor.mask([row.interaction for row in fresh])
    rows = rows_of(session=session, masked=masked, first_number=fresh[0].sequence)
    stored = {
        "interaction_count": session.interaction_count + len(rows),
        "redaction_counts": merge_counts(session.redaction_counts, redactor.report().counts),
        "redaction_memory": redactor.memory(),
        "redaction_version": session.redaction_version,
    }
    with transaction.atomic():
        taken = SupportSession.objects.filter(
            pk=session.pk,
            status=SessionStatus.OPEN,
            verdict=Verdict.YES,
            interaction_count=session.interaction_count,
        ).update(**stored)
        if taken:
            add_rows(rows)
    if taken:
        for name, value in stored.items():
            setattr(session, name, value)
    return bool(taken)


@transaction.atomic
def end_session(*, session: SupportSession, actor: User, at: datetime) -> SupportSession:
    """End a running session; an eligible one gets its summary. Ending twice changes nothing."""
    ended_at = max(at, session.started_at)
    ended = SupportSession.objects.filter(pk=session.pk, status=SessionStatus.OPEN).update(
        status=SessionStatus.ENDED, ended_at=ended_at
    )
    session.refresh_from_db()
    if ended:
        close_at_end(session=session, at=at)
        audit.record(company=session.company, actor=actor, action="session.ended", at=at, target=session)
        tell_of_end(session=session, at=at)
        summarise_if_eligible(session=session, actor=actor, at=at)
    return session


def summarise_if_eligible(*, session: SupportSession, actor: User | None, at: datetime) -> None:
    """Decide with the final duration, drop the log of a session that may not be kept, else ask for the summary."""
    if reconsider(session=session).verdict == Verdict.YES:
        generation.request_summary(session=session, actor=actor, at=at)
    else:
        forget_captured(session=session)
