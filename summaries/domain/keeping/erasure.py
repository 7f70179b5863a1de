"""Erasure of a person's data in one company. It cannot be undone.

The audit log and the consent ledger stay, as proof; the audit log of the erasure names the person by a keyed reference.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from accounts.domain import audit
from accounts.domain.former_members import forget_member
from accounts.domain.grants import UnableToGrant, check_grant, grants_of_roles
from accounts.models import Membership, User
from accounts.permissions import Permission
from accounts.tenancy import require
from policies.enums import ImportState
from policies.models import Device, DeviceImport
from summaries.domain.copilot.forgetting import forget_questions_of
from summaries.domain.jobs.folders import drop_files_of
from summaries.domain.keeping.data_subjects import Subject, SubjectKind, check_named, sessions_of
from summaries.domain.keeping.forgetting import OVER, forget_log, forget_summary, lock_session, something_left
from summaries.domain.keeping.holds import UnderLegalHold, hold_on_session, is_company_held
from summaries.domain.keeping.scrubbing import scrub_soon
from summaries.domain.reading.search import text_for
from summaries.domain.sending.mails import forget_address
from summaries.enums import SessionStatus
from summaries.models import DefaultView, IdempotencyKey, SavedView, SummaryRating, SupportSession

#: What people write into a session; the times, the supporter and the bill are the company's books.
_TEXTS = ("remote_user", "notes", "ticket", "source_name")


class UnableToErase(Exception):
    """Nothing was erased; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureReport:
    """*sessions* were emptied in this call, *left* are still to do. *account_stays*: another company's member, too."""

    sessions: int = 0
    left: int = 0
    account_stays: bool = False


def erase(
    *,
    subject: Subject,
    actor: User | None,
    at: datetime,
    at_most: int | None = None,
    progress: Callable[[int], object] = lambda _: None,
) -> ErasureReport:
    """Erase what the company keeps of the person, of at most so many sessions; call again for what is left.

    A member's sessions stay as the company's records, under “Former member”. *actor* None is the operator. Raises
    PermissionMissing, UnableToErase, UnderLegalHold; for members what check_named and forget_member raise.
    """
    if actor is not None:
        require(actor, Permission.MANAGE_COMPANY, subject.company.pk)
    check_named(subject=subject, actor=actor, at=at)
    check(subject=subject, actor=actor)
    if subject.membership is not None:
        return _erase_member(subject=subject, membership=subject.membership, actor=actor, at=at)
    return _erase_sessions(subject=subject, actor=actor, at=at, at_most=at_most, progress=progress)


def check(*, subject: Subject, actor: User | None) -> None:
    """Raise UnableToErase or UnderLegalHold when the person can't be erased now."""
    if subject.membership is not None and actor is not None and subject.membership.user_id == actor.pk:
        raise UnableToErase(gettext("Nobody erases themselves. Ask another administrator."))
    if subject.membership is not None and actor is not None:
        _check_grants(membership=subject.membership, actor=actor)
    sessions = sessions_of(subject=subject)
    if is_company_held(company=subject.company):
        raise UnderLegalHold(
            gettext("%(company)s is under legal hold: nothing is erased until it is lifted.")
            % {"company": subject.company}
        )
    held = sessions.filter(hold_on_session()).first()
    if held is not None:
        raise UnderLegalHold(
            gettext("%(label)s is under legal hold: nothing of this person is erased until it is lifted.")
            % {"label": held.label}
        )
    open_one = sessions.filter(status__in=(SessionStatus.OPEN, SessionStatus.IMPORTING)).first()
    if open_one is not None:
        raise UnableToErase(
            gettext("%(label)s of this person is still running or being imported. Wait for its end.")
            % {"label": open_one.label}
        )


def _check_grants(*, membership: Membership, actor: User) -> None:
    # Erasing a member ends the membership, and mostly the account.
    require(actor, Permission.MANAGE_USERS, membership.company_id)
    try:
        check_grant(actor=actor, company=membership.company, wanted=grants_of_roles(membership.roles.all()))
    except UnableToGrant as error:
        raise UnableToErase(
            gettext("%(membership)s holds permissions that you do not hold. Ask an administrator.")
            % {"membership": membership}
        ) from error


@transaction.atomic
def _erase_member(*, subject: Subject, membership: Membership, actor: User | None, at: datetime) -> ErasureReport:
    IdempotencyKey.objects.filter(company=subject.company, user=membership.user_id).delete()
    forget_questions_of(company=subject.company, member_id=membership.user_id)
    SummaryRating.objects.filter(company=subject.company, member=membership.user_id).delete()
    DefaultView.objects.filter(company=subject.company, user=membership.user_id).delete()
    # What they searched for is theirs; a view that they shared is the company's by now.
    SavedView.objects.filter(company=subject.company, owner=membership.user_id, is_shared=False).delete()
    # Of the sessions of others: their summaries stay, and not to whom they went.
    forget_address(company=subject.company, address=membership.user.email)
    is_unknown = forget_member(membership=membership)
    _tell(subject=subject, actor=actor, at=at, details={"account": "erased" if is_unknown else "kept"})
    return ErasureReport(account_stays=not is_unknown)


def _erase_sessions(
    *, subject: Subject, actor: User | None, at: datetime, at_most: int | None, progress: Callable[[int], object]
) -> ErasureReport:
    done = 0
    try:
        for session_id in list(_with_something(subject).order_by("pk").values_list("pk", flat=True)[:at_most]):
            _empty_session(session_id=session_id, at=at)
            done += 1
            progress(1)
    finally:
        # Also when a hold was placed meanwhile: what went is told.
        left = _with_something(subject).count()
        with transaction.atomic():
            if subject.device is not None and not left:
                _make_unknown(subject.device)
            if subject.kind == SubjectKind.REMOTE_USER and not left:
                forget_address(company=subject.company, address=subject.key)
            _tell(subject=subject, actor=actor, at=at, details={"sessions": done, "left": left})
    return ErasureReport(sessions=done, left=left)


def _with_something(subject: Subject) -> QuerySet[SupportSession]:
    something = something_left()
    for name in _TEXTS:
        something |= ~Q(**{name: ""})
    return sessions_of(subject=subject).filter(something, status__in=OVER)


def _empty_session(*, session_id: int, at: datetime) -> None:
    forget_log(session_id=session_id, at=at)
    forget_summary(session_id=session_id, at=at)
    with transaction.atomic():
        session = lock_session(session_id=session_id)
        if session is None:
            return
        for name in _TEXTS:
            setattr(session, name, "")
        session.bad_records, session.redaction_memory = [], {}
        session.search_text = text_for(session=session)
        session.save(update_fields=[*_TEXTS, "bad_records", "redaction_memory", "search_text"])
        drop_files_of(session_ids=[session_id])


def _make_unknown(device: Device) -> None:
    name = gettext("Erased device %(number)s") % {"number": device.pk}
    Device.objects.filter(pk=device.pk).update(name=name, operating_system="", customer="")
    for session in SupportSession.objects.filter(device=device).select_related("device").iterator(chunk_size=200):
        SupportSession.objects.filter(pk=session.pk).update(search_text=text_for(session=session))
    # Lists that name it: what waits is uploaded again. One that is being put in goes in the next nights.
    DeviceImport.objects.filter(company=device.company_id).exclude(state=ImportState.APPLYING).delete()


def _tell(*, subject: Subject, actor: User | None, at: datetime, details: dict[str, object]) -> None:
    scrub_soon()
    audit.record(
        company=subject.company,
        actor=actor,
        action="data_subject.erased",
        at=at,
        details={"kind": str(subject.kind), "reference": subject.reference, **details},
    )
