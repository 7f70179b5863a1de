"""A million sessions of twenty companies of unequal size, and members of few and many groups, put in by SQL."""

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from accounts.domain.companies import create_company
from accounts.domain.members import add_member
from accounts.models import Company, Membership, User, UserGroup
from accounts.permissions import READY_MADE_ROLES, SESSION_PERMISSIONS
from policies.models import Device, DeviceGroup
from tests.role_limits import limited_role

COMPANIES = 20
#: Of the biggest company, which is the one that is read.
GROUPS = 120
ROLES, GROUPS_A_ROLE = 5, 12
ON_SESSIONS = sorted(READY_MADE_ROLES["Support manager"] & SESSION_PERMISSIONS)


@dataclass(frozen=True)
class Members:
    """*many* holds 1,000 grants; *few* is limited to one supporter and a device without sessions; *all* to nothing."""

    company: Company
    many: User
    few: User
    all: User


def fill(sessions: int) -> Members:
    at = timezone.now()
    companies = [create_company(name=f"C{n}", slug=f"c{n}", plan="TENSOR", at=at) for n in range(COMPANIES)]
    weight = sum(1 / (n + 1) for n in range(COMPANIES))
    run("DROP INDEX session_search_of_company")  # nothing here searches, and it takes most of the time
    for n, company in enumerate(companies):
        add_rows(company, int(sessions / (n + 1) / weight))
    add_summaries()
    first = companies[0]
    seldom = add_member(
        company=first, email="seldom@bench.example", name="Seldom", role_names=["Supporter"], at=at
    ).user
    run(
        "UPDATE summaries_supportsession SET supporter_id = %s WHERE id IN (SELECT id FROM summaries_supportsession "
        "WHERE company_id = %s ORDER BY started_at LIMIT 30)",
        [seldom.pk, first.pk],
    )
    members = Members(first, many=_many(companies), few=_few(first, seldom), all=_all(first))
    for table in ("summaries_supportsession", "summaries_summary", "accounts_user", "policies_device"):
        run(f"ANALYZE {table}")
    return members


def run(statement: str, parameters: list[object] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def add_rows(company: Company, sessions: int) -> None:
    """Supporters with 1 to 2,000 sessions each, devices with some hundred, both in groups, over three years."""
    supporters, devices = max(sessions // 1_000, 5), max(sessions // 100, 5)
    users = User.objects.bulk_create(
        User(email=f"s{n}@{company.slug}.example", name=f"Supporter {n}", password="!") for n in range(supporters)
    )
    memberships = Membership.objects.bulk_create(Membership(company=company, user=user) for user in users)
    groups = UserGroup.objects.bulk_create(UserGroup(company=company, name=f"Team {n}") for n in range(GROUPS))
    through = UserGroup.members.through
    through.objects.bulk_create(
        through(usergroup=groups[n % GROUPS], membership=each) for n, each in enumerate(memberships)
    )
    sites = DeviceGroup.objects.bulk_create(DeviceGroup(company=company, name=f"Site {n}") for n in range(GROUPS))
    rows = Device.objects.bulk_create(
        Device(company=company, name=f"PC-{n}", group=sites[n % GROUPS]) for n in range(devices)
    )
    run(
        """
        INSERT INTO summaries_supportsession (company_id, public_id, number, status, direction, supporter_id, device_id,
            remote_user, started_at, ended_at, notes, ticket, billing_state, currency, verdict, reason, source_format,
            source_name, source_digest, quality, bad_records, bad_record_count, interaction_count, redaction_counts,
            redaction_memory, search_text, created_at)
        SELECT %s, gen_random_uuid(), n, 'ENDED', (ARRAY['OUTGOING', 'OUTGOING', 'INCOMING'])[1 + n %% 3],
            %s + floor(power(random(), 2) * %s)::int, %s + (random() * (%s - 1))::int,
            'Anna', now() - random() * interval '3 years', now(), 'Notes of a session, some words long.', '', '', '',
            'YES', 'OUTGOING_CONSENTED', 'ASCIICAST', 'a.cast', '', '[]', '[]', 0, 200, '{}', '{}',
            repeat('words of a summary ', 20), now()
        FROM generate_series(1, %s) AS n
        """,
        [company.pk, users[0].pk, supporters, rows[0].pk, devices, sessions],
    )
    run(
        "UPDATE summaries_supportsession SET ended_at = started_at + interval '20 minutes' WHERE company_id = %s",
        [company.pk],
    )


def add_summaries() -> None:
    """Of seven in ten; without a text, which no list reads."""
    run(
        """
        INSERT INTO summaries_summary (company_id, public_id, session_id, state, review, requested_engine,
            requested_language, requested_at, attempts, failure, title, outcome, language, engine)
        SELECT company_id, gen_random_uuid(), id, 'FAILED', 'AI_GENERATED', 'BUILT_IN', 'en', started_at, 1, 'x',
            'Printer offline after an update', 'RESOLVED', 'en', 'BUILT_IN'
        FROM summaries_supportsession WHERE number %% 10 < 7
        """,
        [],
    )


def _member(company: Company, name: str) -> Membership:
    return add_member(company=company, email=f"{name}@bench.example", name=name, role_names=[], at=timezone.now())


def _many(companies: list[Company]) -> User:
    """960 grants in the biggest company, over 5 roles of 24 groups and 8 permissions, and 40 in five others."""
    memberships = [_member(company, "many") for company in companies[: ROLES + 1]]
    users = list(UserGroup.objects.filter(company=companies[0]).order_by("pk")[: GROUPS // 2])
    sites = list(DeviceGroup.objects.filter(company=companies[0]).order_by("pk")[: GROUPS // 2])
    for n in range(ROLES):
        mine = slice(n * GROUPS_A_ROLE, (n + 1) * GROUPS_A_ROLE)
        limited_role(memberships[0], f"Limited {n}", ON_SESSIONS, [*users[mine], *sites[mine]])
        limited_role(memberships[n + 1], "Everything", ON_SESSIONS, [])
    return memberships[0].user


def _few(company: Company, seldom: User) -> User:
    membership = _member(company, "few")
    team = UserGroup.objects.create(company=company, name="Seldom")
    team.members.add(Membership.objects.get(company=company, user=seldom))
    site = DeviceGroup.objects.create(company=company, name="Unused")
    Device.objects.create(company=company, name="Unused", group=site)
    limited_role(membership, "Few", ON_SESSIONS, [team, site])
    return membership.user


def _all(company: Company) -> User:
    membership = _member(company, "all")
    limited_role(membership, "All", ON_SESSIONS, [])
    return membership.user
