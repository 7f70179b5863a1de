"""The first page of connection reports for members of many roles and groups, beside the same query written by hand.

    .ci/with-postgresql python -m tests.bench.visibility [--json] [--sessions 1000000] [--rounds 41]

A million sessions of twenty companies of unequal size in a throwaway PostgreSQL. `ours` is what the portal asks of the
database for that page: the grants, the ids that follow from them, the rows under the list's filters, in its order, up
to its limit. `limit` is one statement by hand that answers the same: it is given the member, finds the grants and the
rows. `given_ids` is a statement by hand that gets all ids for nothing. All run by turns over the same cursor, statement
and fetch; milliseconds, medians.

*many* holds 1,000 grants over 10 roles and 120 groups; *few* is limited to one supporter with 30 old sessions and to a
device without any, which a walk by date would look for among all; *all* is not limited.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "insights_portal.test_settings")
django.setup()

from django.conf import settings  # noqa: E402 - settings come first
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User, UserGroup  # noqa: E402
from accounts.tenancy import role_grants_of  # noqa: E402
from policies.models import Device  # noqa: E402
from summaries.domain.reading import queries  # noqa: E402
from summaries.domain.reading.filters import narrow, read_filters, window_of  # noqa: E402
from summaries.domain.reading.listing import session_page  # noqa: E402
from tests.bench.visibility_data import Members, fill  # noqa: E402

GOAL = 1.5
FILTERS = {"many": "direction=OUTGOING", "few": "period=all", "all": "direction=OUTGOING"}
BY_HAND = """
SELECT s.id, s.number, s.status, s.direction, s.remote_user, s.started_at, s.ended_at, s.notes, s.ticket,
    s.billing_state, s.fee, s.currency, s.verdict, s.reason, u.id, u.name, d.id, d.name, m.id, m.state, m.review,
    m.failure, m.title, m.outcome
FROM summaries_supportsession s JOIN accounts_user u ON u.id = s.supporter_id
LEFT JOIN policies_device d ON d.id = s.device_id LEFT JOIN summaries_summary m ON m.session_id = s.id
WHERE s.company_id = %s AND {reach} AND s.status NOT IN ('IMPORTING', 'DELETED') AND {filters}
ORDER BY s.started_at DESC, s.id DESC LIMIT 51
"""
#: The reach by hand without ids: one statement that also finds the grants of a member by itself.
FROM_GRANTS = """
WITH granted AS MATERIALIZED (
    SELECT DISTINCT t.model, g.object_pk::bigint AS pk
    FROM accounts_user_groups u JOIN accounts_role r ON r.group_id = u.group_id
    JOIN accounts_membership m ON m.company_id = r.company_id AND m.user_id = u.user_id AND m.is_active
    JOIN guardian_groupobjectpermission g ON g.group_id = u.group_id
    JOIN auth_permission p ON p.id = g.permission_id AND p.codename IN ('view_all_reports', 'view_own_reports')
    JOIN django_content_type t ON t.id = g.content_type_id WHERE u.user_id = %s AND r.company_id = %s
)"""
BY_GRANTS = """(EXISTS (SELECT 1 FROM granted WHERE model = 'company')
    OR s.supporter_id IN (SELECT m.user_id FROM accounts_usergroup_members g JOIN accounts_membership m
        ON m.id = g.membership_id JOIN granted ON granted.pk = g.usergroup_id AND granted.model = 'usergroup')
    OR s.device_id IN (SELECT d.id FROM policies_device d
        JOIN granted ON granted.pk = d.group_id AND granted.model = 'devicegroup'))"""
THIS_MONTH = "s.direction IN ('OUTGOING', 'BOTH') AND s.started_at >= %s AND s.started_at < %s"

Statement = tuple[str, Any]


def first_page(user: User, members: Members, wish: str, at: Any) -> list[Any]:
    filters = read_filters(wish)
    sessions = queries.reports_of(company=members.company, viewer=user, filters=filters)
    window = window_of(filters, at=at, zone=timezone.get_current_timezone())
    rows: list[Any] = session_page(
        narrow(sessions, filters=filters, company_id=members.company.pk, viewer_id=user.pk, window=window)
    ).rows
    return rows


def statements_of(work: Callable[[], Any], *, with_labels: bool = False) -> list[Statement]:
    """What *work* sends to the database, but for the rows' applications, which follow the page alike by hand."""
    sent: list[Statement] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if with_labels or "summaries_summary_applications" not in sql:
            sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        work()
    return sent


def by_hand(name: str, user: User, members: Members, at: Any) -> Statement:
    company = members.company
    groups = [role.groups for role in role_grants_of(user) if role.company_id == company.pk]
    users = {pk for each in groups for pk in each.get("accounts.usergroup", ())}
    sites = {pk for each in groups for pk in each.get("policies.devicegroup", ())}
    supporters = list(
        UserGroup.members.through.objects.filter(usergroup__in=users).values_list("membership__user_id", flat=True)
    )
    devices = list(Device.objects.filter(group__in=sites).values_list("pk", flat=True))
    window = window_of(read_filters(FILTERS[name]), at=at, zone=timezone.get_current_timezone())
    reach = "TRUE" if name == "all" else "(s.supporter_id = ANY(%s) OR s.device_id = ANY(%s))"
    ids = [] if name == "all" else [supporters, devices]
    times = [window.start, window.end] if window.start else []
    return BY_HAND.format(reach=reach, filters=THIS_MONTH if times else "TRUE"), [company.pk, *ids, *times]


def from_grants(name: str, user: User, members: Members, at: Any) -> Statement:
    window = window_of(read_filters(FILTERS[name]), at=at, zone=timezone.get_current_timezone())
    times = [window.start, window.end] if window.start else []
    sql = FROM_GRANTS + BY_HAND.format(reach=BY_GRANTS, filters=THIS_MONTH if times else "TRUE")
    return sql, [user.pk, members.company.pk, members.company.pk, *times]


def milliseconds(statements: list[Statement]) -> float:
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        for sql, parameters in statements:
            cursor.execute(sql, parameters)
            cursor.fetchall()
    return (time.perf_counter() - begun) * 1000


def plan_of(statement: Statement) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement[0]}", statement[1])
        return "\n".join(row[0] for row in cursor.fetchall())


def measure_member(name: str, members: Members, *, rounds: int, explain: bool) -> dict[str, Any]:
    at = timezone.now()
    user = User.objects.get(pk=getattr(members, name).pk)
    ours = statements_of(lambda: first_page(user, members, FILTERS[name], at))
    limit = [by_hand(name, user, members, at)]
    scratch = [from_grants(name, user, members, at)]
    rows = [session.pk for session in first_page(user, members, FILTERS[name], at)]
    for each in (limit[0], scratch[0]):
        with connection.cursor() as cursor:
            cursor.execute(*each)
            assert [row[0] for row in cursor.fetchall()][: len(rows)] == rows, "The queries show different pages."
    if explain:
        for statement in (*ours, *limit):
            print(statement[0][:300], plan_of(statement), sep="\n", file=sys.stderr)
    asked = (ours, ours[-1:], limit, scratch)
    turns = [[milliseconds(statements) for statements in asked] for _ in range(rounds)]
    ours_ms, page_ms, limit_ms, scratch_ms = (statistics.median(column) for column in zip(*turns, strict=True))
    fastest = [min(column) for column in zip(*turns, strict=True)]
    whole = []
    for _ in range(rounds):
        fresh = User.objects.get(pk=user.pk)
        begun = time.perf_counter()
        first_page(fresh, members, FILTERS[name], at)
        whole.append((time.perf_counter() - begun) * 1000)
    return {
        "member": name,
        "rows": len(rows),
        "statements": len(ours),
        "ours": round(ours_ms, 2),
        "rows_alone": round(page_ms, 2),
        "limit": round(scratch_ms, 2),
        "ratio": round(ours_ms / scratch_ms, 2),
        "given_ids": round(limit_ms, 2),
        "ratio_given_ids": round(ours_ms / limit_ms, 2),
        "fastest": [round(each, 2) for each in fastest],
        "with_python": round(statistics.median(whole), 2),
    }


def measure(*, sessions: int, rounds: int, explain: bool = False) -> dict[str, Any]:
    members = fill(sessions)
    found = [measure_member(name, members, rounds=rounds, explain=explain) for name in FILTERS]
    many = found[0]
    return {
        "name": "visibility",
        "ours": many["ours"],
        "limit": many["limit"],
        "ratio": many["ratio"],
        "ratio_given_ids": many["ratio_given_ids"],
        "goal": GOAL,
        "sessions": sessions,
        "members": found,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--sessions", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=41)
    parser.add_argument("--explain", action="store_true", help="print the plans too")
    wish = parser.parse_args()
    if connection.vendor != "postgresql":
        parser.error("name a PostgreSQL in DATABASE_URL: .ci/with-postgresql python -m tests.bench.visibility")
    settings.DATABASES["default"]["OPTIONS"]["options"] = ""  # filling takes longer than a page may
    connection.settings_dict["OPTIONS"]["options"] = ""
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        result = measure(sessions=wish.sessions, rounds=wish.rounds, explain=wish.explain)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    if wish.json:
        print(json.dumps(result))
        return
    for each in result["members"]:
        print(
            "{member}: {ours} ms in {statements} statements, the rows alone {rows_alone} ms; by hand {limit} ms, "
            "ratio {ratio}; by hand, given all ids, {given_ids} ms, ratio {ratio_given_ids} "
            "(fastest: {fastest[0]}, {fastest[1]}, {fastest[2]} ms); with Django {with_python} ms".format(**each)
        )
    print("visibility: ratio {ratio} (goal {goal} or less); given all ids {ratio_given_ids}".format(**result))


if __name__ == "__main__":
    main()
