"""Sign-ins, told to the audit log of every company that the person is a member of."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.domain.languages import check_language
from accounts.domain.time_zones import check_time_zone
from accounts.models import AuditEntry, Company, Membership, SignIn, SingleSignOn, User
from accounts.tenancy import remembered
from insights_portal.lib.statements import Statement, columns_of, read_model


class NotAMember(Exception):
    """The person is no active member of that company."""


def record_sign_in(
    *, user: User, at: datetime, address: str | None, method: str = "", company: Company | None = None
) -> None:
    """*method* says how, in words. A sign-in through the single sign-on of *company* concerns that company alone."""
    details = {"method": method} if method else {}
    company_id = company.pk if company is not None else None
    _tell(user=user, action="member.signed_in", actor=user, at=at, address=address, details=details, only=company_id)


def record_sign_out(*, user: User, at: datetime, address: str | None, company_id: int | None = None) -> None:
    """The end of a sign-in through the single sign-on of the company *company_id* concerns that company alone."""
    _tell(user=user, action="member.signed_out", actor=user, at=at, address=address, only=company_id)


def record_failed_sign_in(*, email: str, at: datetime, address: str | None, method: str = "") -> None:
    """An address that nobody has is written nowhere: it may be a password in the wrong field."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is not None:
        details = {"method": method} if method else {}
        _tell(user=user, action="member.sign_in_failed", actor=None, at=at, address=address, details=details)


def record_refused_sign_on(*, sign_on: SingleSignOn, at: datetime, address: str | None) -> None:
    """The company's provider vouched for somebody who is no member."""
    audit.record(company=sign_on.company, action="single_sign_on.refused", at=at, target=sign_on, address=address)


def switch_company(*, user: User, company_id: int, at: datetime, address: str | None) -> Company:
    """Return the company that *user* works in from now on. Raises NotAMember."""
    found = (
        Membership.objects.filter(user=user, company_id=company_id, is_active=True).select_related("company").first()
    )
    if found is None:
        raise NotAMember(_("You are not a member of that company."))
    audit.record(
        company=found.company, actor=user, action="member.switched_company", at=at, target=found, address=address
    )
    company: Company = found.company
    return company


def companies_of(*, user: User, signed_on_at: int | None = None) -> list[Company]:
    """The companies that *user* works in, the one joined first at the head; read once for each user object.

    Whoever came through the single sign-on of the company *signed_on_at* works there only, while it is offered.
    """
    if signed_on_at is None:
        return remembered(user, "companies", lambda: list(_companies_of(user)))
    return list(_companies_of(user).filter(pk=signed_on_at, single_sign_on__is_active=True))


def _companies_of(user: User) -> QuerySet[Company]:
    companies = Company.objects.filter(memberships__user=user, memberships__is_active=True)
    return companies.order_by("memberships__pk")


def read_sign_in(*, session_key: str, at: datetime) -> tuple[str, User] | None:
    """The data of a session that holds *at* that moment and, by the list of sign-ins, its user, who remembers their
    `companies_of`. None: there is no such session, or no sign-in of it. One statement: every page begins with it.
    """
    rows = _SIGN_IN.rows(connection.ops.adapt_datetimefield_value(at), session_key)
    if not rows or rows[0][0] is None:
        return None
    data, *columns = rows[0]
    user, behind = read_model(User, columns), 1 + len(columns_of(User))
    companies = [read_model(Company, row[behind:]) for row in rows if row[behind] is not None]
    remembered(user, "companies", lambda: companies)
    return data, user


#: An example, for which each run takes another.
_SOME_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


def _select_sign_in() -> QuerySet[SignIn, Any]:
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=_SOME_MOMENT)
    active = FilteredRelation("user__memberships", condition=Q(user__memberships__is_active=True))
    found = SignIn.objects.filter(session_key="").annotate(active=active).order_by("active__pk")
    return found.values_list(
        Subquery(alive.values("session_data")), *columns_of(User, "user__"), *columns_of(Company, "active__company__")
    )


_SIGN_IN = Statement(_select_sign_in, is_planned_once=True)


def change_profile(
    *, user: User, name: str, time_zone: str, language: str, has_key_shortcuts: bool, at: datetime
) -> None:
    """Store what a person decides about themselves; an empty zone is the company's, an empty language the browser's.

    Raises UnknownTimeZone, UnknownLanguage.
    """
    if time_zone:
        check_time_zone(time_zone)
    if language:
        check_language(language)
    user.name, user.time_zone, user.has_key_shortcuts = name, time_zone, has_key_shortcuts
    user.language = language
    user.save(update_fields=["name", "time_zone", "language", "has_key_shortcuts"])
    _tell(user=user, action="member.profile_changed", actor=user, at=at, address=None)


def choose_language(*, user: User, language: str, at: datetime) -> None:
    """Show *user* the pages in *language* from now on. Raises UnknownLanguage."""
    check_language(language)
    if user.language == language:
        return
    user.language = language
    user.save(update_fields=["language"])
    _tell(user=user, action="member.profile_changed", actor=user, at=at, address=None)


def _tell(
    *,
    user: User,
    action: str,
    actor: User | None,
    at: datetime,
    address: str | None,
    details: dict[str, str] | None = None,
    only: int | None = None,
) -> None:
    memberships = Membership.objects.filter(user=user, is_active=True).select_related("company")
    for membership in memberships if only is None else memberships.filter(company_id=only):
        audit.record(
            company=membership.company,
            actor=actor,
            action=action,
            at=at,
            target=membership,
            address=address,
            details=details,
        )


def with_last_sign_in(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    """Each membership with `last_sign_in_at`: when the member last signed in to this company, None for never.

    By the company's own log: when somebody signed in to another company is that company's to know.
    """
    told = AuditEntry.objects.filter(
        company=OuterRef("company"), actor=OuterRef("user"), action="member.signed_in"
    ).order_by("-at")
    return memberships.annotate(last_sign_in_at=Subquery(told.values("at")[:1]))
