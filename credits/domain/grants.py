"""Credits that companies are given: free ones each month, purchased ones, adjustments, and how they end.

Everything here is safe to run twice and by several at once; jobs catch up after any downtime.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import require
from credits.domain.plans import MONTHLY_FREE
from credits.enums import EntryKind, GrantKind
from credits.models import Entry, Grant
from insights_portal.lib.numbers import grouped
from insights_portal.lib.periods import moment_of, month_start, next_month, years_after

#: How long purchased and adjusted credits last, in years.
YEARS_VALID = 1
#: Most credits in one grant; more is a slip of the keyboard.
MOST_CREDITS = 1_000_000
#: Longest reason of an adjustment.
MOST_CHARACTERS = 200


class UnableToGrantCredits(Exception):
    """The grant or adjustment can't be made; the sentence says why. The ledger is unchanged."""


@transaction.atomic
def ensure_monthly(*, company: Company, at: datetime) -> Grant | None:
    """Give what the plan gives in the month of *at* and the company does not have yet; None when there is nothing.

    A plan that grew within the month adds the difference; one that shrank takes nothing back before the month ends.
    """
    held = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    month = month_start(at, zone=held.time_zone)
    plan_credits = MONTHLY_FREE[held.plan]
    given = Grant.objects.filter(company=held, kind=GrantKind.MONTHLY_FREE, month_date=month)
    missing = plan_credits - (given.aggregate(sum=Sum("credits"))["sum"] or 0)
    if missing <= 0:
        return None
    return _store(
        Grant(
            company=held,
            kind=GrantKind.MONTHLY_FREE,
            credits=missing,
            month_date=month,
            plan_credits=plan_credits,
            starts_at=moment_of(month, zone=held.time_zone),
            ends_at=moment_of(next_month(month), zone=held.time_zone),
        ),
        at=at,
    )


def grant_months(*, at: datetime) -> int:
    """Give every company its free credits of the present month. Returns how many grants were made."""
    return sum(ensure_monthly(company=company, at=at) is not None for company in Company.objects.order_by("pk"))


@transaction.atomic
def grant_purchased(*, company: Company, credits: int, at: datetime, note: str = "") -> Grant:
    """Give purchased credits, which last twelve months from *at*. Raises UnableToGrantCredits."""
    _check_number(credits)
    grant = Grant(
        company=company, kind=GrantKind.PURCHASED, credits=credits, starts_at=at, ends_at=years_after(at, YEARS_VALID)
    )
    return _store(grant, at=at, note=note)


@transaction.atomic
def adjust(*, company: Company, amount: int, reason: str, at: datetime, actor: User | None = None) -> None:
    """Add credits (they last twelve months) or take unused ones back, those that end first.

    *actor* None is the operator. Raises PermissionMissing, UnableToGrantCredits.
    """
    if actor is not None:
        require(actor, Permission.MANAGE_CREDITS, company.pk)
    _check_number(abs(amount))
    if not reason.strip():
        raise UnableToGrantCredits(_("Say why the credits are adjusted; the reason stands in the ledger."))
    if len(reason.strip()) > MOST_CHARACTERS:
        raise UnableToGrantCredits(
            _("Say it in at most %(most_characters)s characters; the ledger holds no more.")
            % {"most_characters": MOST_CHARACTERS}
        )
    if amount > 0:
        _add(company=company, amount=amount, reason=reason.strip(), at=at, actor=actor)
    else:
        _take_back(company=company, amount=-amount, reason=reason.strip(), at=at, actor=actor)
    details = {"amount": amount, "reason": reason.strip()}
    audit.record(company=company, actor=actor, action="credits.adjusted", at=at, details=details)


def _add(*, company: Company, amount: int, reason: str, at: datetime, actor: User | None) -> None:
    grant = Grant(
        company=company,
        kind=GrantKind.ADJUSTMENT,
        credits=amount,
        starts_at=at,
        ends_at=years_after(at, YEARS_VALID),
        reason=reason,
        author=actor,
    )
    _store(grant, at=at, note=reason, actor=actor)


def _take_back(*, company: Company, amount: int, reason: str, at: datetime, actor: User | None) -> None:
    left = amount
    for grant in open_grants(company=company, at=at).select_for_update(no_key=True):
        taken = min(left, grant.remaining)
        Grant.objects.filter(pk=grant.pk).update(remaining=grant.remaining - taken)
        _enter(grant, EntryKind.ADJUST, amount=-taken, at=at, note=reason, actor=actor)
        left -= taken
        if not left:
            return
    raise UnableToGrantCredits(
        _("Only %(left)s unused credits are left, so %(amount)s can't be taken back. Nothing was changed.")
        % {"left": amount - left, "amount": amount}
    )


def open_grants(*, company: Company, at: datetime) -> QuerySet[Grant]:
    """Grants that a credit can be taken from at *at*, the one that ends first at the head."""
    running = Grant.objects.filter(company=company, remaining__gt=0, starts_at__lte=at, ends_at__gt=at)
    return running.order_by("ends_at", "pk")


def expire(*, at: datetime, company: Company | None = None) -> int:
    """Let what is left of grants that have ended expire, of one company or of all. Returns how many were closed."""
    ended = Grant.objects.filter(remaining__gt=0, ends_at__lte=at).order_by("ends_at", "pk")
    if company is not None:
        ended = ended.filter(company=company)
    return sum(expire_grant(grant_id=pk, at=at) for pk in list(ended.values_list("pk", flat=True)))


@transaction.atomic
def expire_grant(*, grant_id: int, at: datetime) -> bool:
    """Let what is left of one ended grant expire; False when nothing is left."""
    grant = Grant.objects.select_for_update(no_key=True).get(pk=grant_id)
    if not grant.remaining or grant.ends_at > at:
        return False
    Grant.objects.filter(pk=grant_id).update(remaining=0)
    _enter(grant, EntryKind.EXPIRE, amount=-grant.remaining, at=at)
    return True


def _check_number(credits: int) -> None:
    if not 1 <= credits <= MOST_CREDITS:
        raise UnableToGrantCredits(
            _("Credits are given and taken in whole numbers from 1 to %(most_credits)s.")
            % {"most_credits": grouped(MOST_CREDITS)}
        )


def _store(grant: Grant, *, at: datetime, note: str = "", actor: User | None = None) -> Grant:
    grant.remaining, grant.granted_at = grant.credits, at
    grant.save()
    kind = EntryKind.ADJUST if grant.kind == GrantKind.ADJUSTMENT else EntryKind.GRANT
    _enter(grant, kind, amount=grant.credits, at=at, note=note, actor=actor)
    return grant


def _enter(
    grant: Grant, kind: EntryKind, *, amount: int, at: datetime, note: str = "", actor: User | None = None
) -> None:
    Entry.objects.create(
        company_id=grant.company_id, kind=kind, grant=grant, amount=amount, held=0, at=at, note=note, actor=actor
    )
