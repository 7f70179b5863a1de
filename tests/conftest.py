"""The fixed cast, in two companies: Alice administers Northwind, Bob supports there, Charlie must never get in."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from accounts.domain import ai_settings
from accounts.domain.companies import create_company
from accounts.domain.members import add_member
from accounts.models import Company, Membership, User
from credits.domain.verification import discrepancies
from tests.append_only import flushing_passes_append_only_tables
from tests.kept_rows import KeptRows

__all__ = ["flushing_passes_append_only_tables"]

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PASSWORD = "a-long-enough-password"

# No test fails because the machine was busy.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


@dataclass(frozen=True)
class Cast:
    northwind: Company
    contoso: Company
    alice: User
    bob: User
    mona: User
    charlie: User

    def membership(self, user: User) -> Membership:
        return Membership.objects.get(user=user)


def activate_ai(company: Company, actor: User) -> None:
    settings = company.ai_settings
    settings.outgoing_enabled = True
    settings.save(update_fields=["outgoing_enabled"])
    ai_settings.activate(ai_settings=settings, actor=actor, at=NOW)


def sign_in_freshly(client: Client, user: User) -> None:
    """Sign *user* in as by the page a moment ago. `client.force_login` alone leaves a sign-in to be confirmed."""
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


@pytest.fixture(scope="session", autouse=True)
def sessions_that_linger(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """PostgreSQL drops no database in which the session of a process that was killed has not noticed it yet."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            # The last test's own may have been ended with those that a test breaks.
            connection.close()
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """A request leaves its language on; the next test begins in English as the first did."""
    yield
    translation.deactivate()


@pytest.fixture
def ledger_adds_up(db: None) -> Iterator[None]:
    """Ask at the test's end whether the credit ledger of every company adds up."""
    yield
    assert list(discrepancies()) == []


@pytest.fixture
def at() -> datetime:
    return NOW


@pytest.fixture
def cast(db: None) -> Cast:
    return _CAST.make()


def build_cast() -> Cast:
    """Both companies have AI features and outgoing summaries on. Mona is Northwind's support manager."""
    northwind = create_company(name="Northwind IT Services", slug="northwind", plan="TENSOR", at=NOW)
    contoso = create_company(name="Contoso Remote Help", slug="contoso", plan="TENSOR", at=NOW)

    def member(company: Company, name: str, role: str) -> User:
        email = f"{name.lower()}@{company.slug}.example"
        return add_member(company=company, email=email, name=name, role_names=[role], password=PASSWORD, at=NOW).user

    people = Cast(
        northwind=northwind,
        contoso=contoso,
        alice=member(northwind, "Alice", "Administrator"),
        bob=member(northwind, "Bob", "Supporter"),
        mona=member(northwind, "Mona", "Support manager"),
        charlie=member(contoso, "Charlie", "Administrator"),
    )
    activate_ai(northwind, people.alice)
    activate_ai(contoso, people.charlie)
    return people


#: Each process writes the cast once; what most tests begin with would cost them more than what they test.
_CAST = KeptRows(build_cast)


@pytest.fixture(autouse=True)
def no_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request is counted in the shared cache, so that a test's queries don't hang on the tests before."""
    monkeypatch.setattr("insights_portal.api.throttling.MOST_AT_ONCE", 0)
    monkeypatch.setattr("insights_portal.api.throttling.KEPT_SECONDS", 0)
