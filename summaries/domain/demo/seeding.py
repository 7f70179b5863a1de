"""Fills an installation with companies of unequal size and as many sessions as wanted, to see how it behaves then.

Sessions have a report, most of them a summary with its text and labels; none has a log, as after its retention. Their
rows go in past the domain, which could not make a million (`seed_sessions`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.domain.companies import create_company
from accounts.domain.members import add_member
from accounts.models import Company, Membership, User, UserGroup
from policies.models import Device, DeviceGroup
from summaries.domain.demo.seed_sessions import People
from summaries.domain.rollups.counting import begin_anew
from summaries.models import (
    Application,
    CountedSession,
    IssueType,
    SessionChange,
    SessionRollup,
    Summary,
    SummaryRevision,
    SupportSession,
)
from summaries.models.rollup_triggers import set_aside

#: All that was seeded is below these names, and no company is given one of them otherwise.
SLUG, NAME = "seeded-", "Seeded company"
_GROUPS = 24
#: Sessions deleted in one transaction.
_DELETED_AT_ONCE = 2_000
_SEARCH_INDEX = "session_search_of_company"


class RealSessionsInTheWay(Exception):
    """Seeded sessions beside real ones would spoil figures, backups and searches of the installation."""


def check_nothing_real() -> None:
    """Raises RealSessionsInTheWay where a company that was not seeded has sessions."""
    if SupportSession.objects.exclude(company__slug__startswith=SLUG).exists():
        raise RealSessionsInTheWay(
            _("This installation holds real sessions. Seed another one, or add --yes if they may stand side by side.")
        )


def seeded_companies() -> list[Company]:
    return list(Company.objects.filter(slug__startswith=SLUG, name__startswith=NAME).order_by("slug"))


def sizes(*, sessions: int, companies: int) -> list[int]:
    """How many sessions each company gets: the second half as many as the first, the third a third, and so on."""
    whole = sum(1 / place for place in range(1, companies + 1))
    found = [int(sessions / place / whole) for place in range(1, companies + 1)]
    found[0] += sessions - sum(found)
    return found


def ensure_company(*, place: int, at: datetime) -> Company:
    """The seeded company of that place, made on the first run and found on every later one."""
    slug = f"{SLUG}{place:02}"
    found = Company.objects.filter(slug=slug).first()
    return found or create_company(name=f"{NAME} {place:02}", slug=slug, plan="TENSOR", at=at)


def ensure_reader(*, company: Company, password: str, at: datetime) -> User:
    """An administrator to look at the sessions with; a later run gives the same one another password."""
    email = f"reader@{company.slug}.example"
    user = User.objects.filter(email=email).first()
    if user is None:
        roles = ["Administrator"]
        user = add_member(company=company, email=email, name="Reader", role_names=roles, password=password, at=at).user
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


@transaction.atomic
def add_people(*, company: Company, sessions: int) -> People:
    """Supporters with some thousand sessions each and devices with a hundred, in groups; in addition to those there."""
    supporters, devices = max(sessions // 2_000, 5), max(sessions // 100, 5)
    there = Membership.objects.filter(company=company).count()
    unusable = make_password(None)
    users = User.objects.bulk_create(
        User(email=f"s{n}@{company.slug}.example", name=f"Supporter {n}", password=unusable)
        for n in range(there, there + supporters)
    )
    members = Membership.objects.bulk_create(Membership(company=company, user=user) for user in users)
    teams = [UserGroup.objects.get_or_create(company=company, name=f"Team {n + 1}")[0] for n in range(_GROUPS)]
    links = UserGroup.members.through
    links.objects.bulk_create(links(usergroup=teams[n % _GROUPS], membership=each) for n, each in enumerate(members))
    sites = [DeviceGroup.objects.get_or_create(company=company, name=f"Site {n + 1}")[0] for n in range(_GROUPS)]
    there = Device.objects.filter(company=company).count()
    machines = Device.objects.bulk_create(
        (
            Device(company=company, name=f"PC-{n:05}", group=sites[n % _GROUPS], operating_system="Windows 11")
            for n in range(there, there + devices)
        ),
        batch_size=1_000,
    )
    return People(
        [user.pk for user in users],
        [(machine.pk, machine.name) for machine in machines],
        dict(IssueType.objects.filter(company=company).values_list("name", "pk")),
        dict(Application.objects.filter(company=company).values_list("name", "pk")),
    )


@contextmanager
def unhurried() -> Iterator[None]:
    """For work on the whole database: no limit of time, and the search index is built once, afterwards."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:  # pragma: no cover - of the other database
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [_SEARCH_INDEX])
        ((definition,),) = cursor.fetchall()
        # Within a transaction a table whose keys are still to be checked can't be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"DROP INDEX {_SEARCH_INDEX}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        try:
            yield
        finally:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET maintenance_work_mem = '512MB'")
            cursor.execute(definition)
            cursor.execute("RESET maintenance_work_mem")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for model in (SupportSession, Summary, SummaryRevision, User, Device, CountedSession):
                cursor.execute(f'ANALYZE "{model._meta.db_table}"')
            cursor.execute("RESET statement_timeout")


def remove_sessions(*, company: Company) -> Iterator[int]:
    """Delete what was seeded in *company*, some at a time; yields how many sessions went.

    The company itself stays, empty: the audit log tells of it, and nobody can change that. Raises ValueError for a
    company that was not seeded.
    """
    if not company.slug.startswith(SLUG):
        raise ValueError(company.slug)
    sessions = SupportSession.objects.filter(company=company).order_by("pk")
    while ids := list(sessions.values_list("pk", flat=True)[:_DELETED_AT_ONCE]):
        with transaction.atomic(), set_aside():
            _delete_sessions(ids)
        yield len(ids)
    with transaction.atomic():
        for model in (SessionChange, CountedSession, SessionRollup, Device, DeviceGroup):
            model.objects.filter(company=company).delete()
        supporters = User.objects.filter(email__startswith="s", email__endswith=f"@{company.slug}.example")
        Membership.objects.filter(company=company, user__in=supporters).delete()
        supporters.delete()
        UserGroup.objects.filter(company=company).delete()
        begin_anew(company=company)


def _delete_sessions(ids: list[int]) -> None:
    """Without asking what hangs on each: seeded sessions have nothing else, and the database would refuse."""
    summaries = list(Summary.objects.filter(session__in=ids).values_list("pk", flat=True))
    for through in (Summary.issue_types.through, Summary.applications.through):
        _delete(through, Q(summary__in=summaries))
    _delete(SummaryRevision, Q(summary__in=summaries))
    _delete(Summary, Q(pk__in=summaries))
    _delete(SupportSession, Q(pk__in=ids))


def _delete(model: Any, which: Q) -> None:
    rows = model._default_manager.filter(which)
    rows._raw_delete(rows.db)
