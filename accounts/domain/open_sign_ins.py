"""The open sign-ins of a person: where, since when, and how to end them."""

from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Company, Membership, SignIn, User

LONGEST_AGENT = 200


class NoSuchSignIn(Exception):
    """There is no such open sign-in of this person."""


def open_sign_in(
    *, user: User, session_key: str, method: str, company: Company | None, address: str | None, agent: str, at: datetime
) -> None:
    """Note that *user* signed in. *company* is the one whose single sign-on it was, None otherwise."""
    known = Session.objects.values("session_key")
    SignIn.objects.filter(user=user).exclude(session_key__in=known).delete()
    facts = {
        "user": user,
        "method": method,
        "company": company,
        "address": address,
        "agent": agent[:LONGEST_AGENT],
        "created_at": at,
        "seen_at": at,
    }
    SignIn.objects.update_or_create(session_key=session_key, defaults=facts)


def note_use(*, user: User, session_key: str, address: str | None, agent: str, at: datetime) -> None:
    """Note that a sign-in is in use. One that is not known, because its session got another key, is from now on."""
    if not SignIn.objects.filter(session_key=session_key).update(seen_at=at, address=address):
        open_sign_in(user=user, session_key=session_key, method="", company=None, address=address, agent=agent, at=at)


def close_sign_in(*, session_key: str) -> None:
    """Forget the sign-in whose session ends by itself."""
    SignIn.objects.filter(session_key=session_key).delete()


def list_open(*, user: User, at: datetime) -> QuerySet[SignIn]:
    """The sign-ins of *user* that still hold, the one used last at the head."""
    alive = Session.objects.filter(expire_date__gt=at).values("session_key")
    return SignIn.objects.filter(user=user, session_key__in=alive).select_related("company").order_by("-seen_at", "-pk")


@transaction.atomic
def end_one(*, user: User, sign_in_id: int, at: datetime, address: str | None) -> str:
    """End one of one's own sign-ins and return its session key. Raises NoSuchSignIn."""
    found = SignIn.objects.filter(user=user, pk=sign_in_id).first()
    if found is None:
        raise NoSuchSignIn(_("This sign-in has ended already."))
    _end([found])
    _tell(user=user, count=1, at=at, address=address)
    return str(found.session_key)


@transaction.atomic
def end_others(*, user: User, session_key: str, at: datetime, address: str | None) -> int:
    """End all sign-ins of *user* but the one of *session_key*; return how many."""
    others = list(SignIn.objects.filter(user=user).exclude(session_key=session_key))
    if others:
        _end(others)
        _tell(user=user, count=len(others), at=at, address=address)
    return len(others)


def end_all(*, user: User) -> None:
    """End every sign-in of *user*; whoever calls tells why."""
    _end(list(SignIn.objects.filter(user=user)))


def _end(ended: list[SignIn]) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for sign_in in ended:
        store.delete(sign_in.session_key)
        sign_in.delete()


def _tell(*, user: User, count: int, at: datetime, address: str | None) -> None:
    memberships = Membership.objects.filter(user=user, is_active=True).select_related("company")
    for membership in memberships:
        audit.record(
            company=membership.company,
            actor=user,
            action="member.session_revoked",
            at=at,
            target=membership,
            address=address,
            details={"count": count},
        )
