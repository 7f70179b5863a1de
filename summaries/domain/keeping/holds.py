"""Legal holds: while one stands, nothing of the session, or of the whole company, is deleted."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.administrators import lock_company
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import access_or_404, require
from summaries.domain.interaction_rows import clean
from summaries.models import LegalHold, SupportSession

MAX_REASON_CHARS = 300
#: So many lifted holds are shown; the audit log has them all.
LIFTED_SHOWN = 50


class UnableToHold(Exception):
    """The hold was not placed or lifted; the sentence says why."""


class UnderLegalHold(Exception):
    """Nothing may be deleted while the hold stands."""


@transaction.atomic
def place(
    *, company: Company, reason: str, actor: User, at: datetime, session: SupportSession | None = None
) -> LegalHold:
    """Stop every deletion of the session, or without one of the whole company.

    Raises PermissionMissing, UnableToHold, and SupportSession.DoesNotExist for another company's session.
    """
    require(actor, Permission.MANAGE_COMPANY, company.pk)
    reason = " ".join(clean(reason).split())
    if not reason:
        raise UnableToHold(_("Say why nothing may be deleted, for example “Case 4711, letter of the court of 3 May”."))
    if len(reason) > MAX_REASON_CHARS:
        raise UnableToHold(
            _("A reason holds at most %(max_reason_chars)s characters; this one holds %(reason)s.")
            % {"max_reason_chars": MAX_REASON_CHARS, "reason": len(reason)}
        )
    # Whoever deletes locks the same row: what is deleted after this moment is not what the hold covers.
    if session is None:
        lock_company(company=company)
    else:
        session = SupportSession.objects.select_for_update(of=("self",)).get(pk=session.pk, company=company)
    if LegalHold.objects.filter(company=company, session=session, lifted_at=None).exists():
        raise UnableToHold(_("%(held)s is under legal hold already.") % {"held": session or company})
    hold: LegalHold = LegalHold.objects.create(
        company=company, session=session, reason=reason, placed_by=actor, placed_at=at
    )
    _tell(hold=hold, action="legal_hold.placed", actor=actor, at=at)
    return hold


@transaction.atomic
def lift(*, hold: LegalHold, actor: User, at: datetime) -> None:
    """Let retention and deletion by hand go on. Raises PermissionMissing, UnableToHold."""
    require(actor, Permission.MANAGE_COMPANY, hold.company_id)
    if not LegalHold.objects.filter(pk=hold.pk, lifted_at=None).update(lifted_at=at, lifted_by=actor):
        raise UnableToHold(_("This hold was lifted before."))
    _tell(hold=hold, action="legal_hold.lifted", actor=actor, at=at)


def _tell(*, hold: LegalHold, action: str, actor: User, at: datetime) -> None:
    # Not the reason: it is free text, and the audit log keeps no names of people for ever.
    details = {"on": str(hold.session) if hold.session else "company"}
    audit.record(company=hold.company, actor=actor, action=action, at=at, target=hold, details=details)


def is_held(*, session: SupportSession) -> bool:
    """Whether a hold on the session, or on its company, stands."""
    return (
        LegalHold.objects.filter(company=session.company_id, lifted_at=None)
        .filter(Q(session=None) | Q(session=session.pk))
        .exists()
    )


def is_company_held(*, company: Company) -> bool:
    return LegalHold.objects.filter(company=company, session=None, lifted_at=None).exists()


def check_not_held(*, session: SupportSession) -> None:
    """Raise UnderLegalHold when nothing of the session may be deleted."""
    if is_held(session=session):
        raise UnderLegalHold(
            _("%(label)s is under legal hold: nothing of it is deleted until an administrator lifts the hold.")
            % {"label": session.label}
        )


def hold_on_session() -> Exists:
    """Of a queryset of sessions: whether a hold stands on the session itself."""
    return Exists(LegalHold.objects.filter(session=OuterRef("pk"), lifted_at=None))


def open_holds(*, company: Company, viewer: User) -> QuerySet[LegalHold]:
    """The holds that stand, newest first, with what a list shows of them."""
    return _shown(company=company, viewer=viewer).filter(lifted_at=None)


def lifted_holds(*, company: Company, viewer: User) -> QuerySet[LegalHold]:
    """The holds lifted last."""
    return _shown(company=company, viewer=viewer).exclude(lifted_at=None).order_by("-lifted_at", "-pk")[:LIFTED_SHOWN]


def hold_by_id(*, company: Company, viewer: User, hold_id: int) -> LegalHold:
    """One hold of the company. Raises Http404."""
    return access_or_404(_shown(company=company, viewer=viewer), pk=hold_id)


def hold_of(*, session: SupportSession, viewer: User) -> LegalHold | None:
    """The hold that stands on the session itself, for those who may know of it."""
    return open_holds(company=session.company, viewer=viewer).filter(session=session).first()


def _shown(*, company: Company, viewer: User) -> QuerySet[LegalHold]:
    holds = LegalHold.objects.visible_to(viewer).of_company(company)
    return holds.select_related("company", "session", "placed_by", "lifted_by")
