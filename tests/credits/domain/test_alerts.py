import json
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.domain import roles
from accounts.models import AISettings, AuditEntry, Company, Mail, Role, WebhookMessage
from accounts.permissions import Permission
from credits.domain.alerts import check_alerts, check_quietly
from credits.domain.grants import ensure_monthly, grant_purchased
from credits.domain.reservations import InsufficientCredits, release, reserve
from credits.models import CreditAlert
from summaries.domain.generation.credit_use import reserve_for
from tests.accounts.domain.test_webhooks import endpoint
from tests.at_once import at_once, shared_database
from tests.conftest import build_cast
from tests.summaries.report_examples import store_session


def on_business(cast, at):
    """Five credits a month."""
    Company.objects.filter(pk=cast.northwind.pk).update(plan="BUSINESS")
    cast.northwind.refresh_from_db()
    ensure_monthly(company=cast.northwind, at=at)
    endpoint(cast.northwind, at)
    endpoint(cast.contoso, at)
    return cast.northwind


@pytest.fixture
def company(cast, at):
    return on_business(cast, at)


def use(company, count, at):
    used = [uuid4() for _ in range(count)]
    for session_id in used:
        reserve(company=company, session_id=session_id, at=at)
    return used


def check(company, at):
    return [alert.threshold for alert in check_alerts(company=company, at=at)]


def told():
    return list(Mail.objects.order_by("pk").values_list("subject", "recipient__name"))


def messages():
    bodies = WebhookMessage.objects.order_by("pk").values_list("company__slug", "body")
    return [(slug, json.loads(body)["data"]) for slug, body in bodies]


def test_each_threshold_is_told_once_by_mail_and_webhook(company, at):
    use(company, 2, at)
    assert check(company, at) == []
    use(company, 1, at)
    assert check(company, at) == [50]
    assert check(company, at) == []
    use(company, 1, at)
    assert check(company, at) == [75]
    use(company, 1, at)
    assert check(company, at) == [100]
    assert check(company, at) == []

    assert told() == [
        (f"{share} percent of the AI credits of November 2026 are used (Northwind IT Services)", "Alice")
        for share in (50, 75, 100)
    ]
    figures = {"month": "2026-11", "granted": 5}
    assert messages() == [
        ("northwind", {"threshold": 50, "used": 3, "available": 2, **figures}),
        ("northwind", {"threshold": 75, "used": 4, "available": 1, **figures}),
        ("northwind", {"threshold": 100, "used": 5, "available": 0, **figures}),
    ]
    assert AuditEntry.objects.filter(company=company, action="credits.threshold_reached").count() == 3


def test_the_mail_says_what_is_left_and_what_happens_next(company, at, settings):
    settings.PORTAL_URL = "https://portal.example"
    use(company, 4, at)
    check(company, at)
    use(company, 1, at)
    check(company, at)

    some, none = Mail.objects.order_by("pk")
    assert "has used 4 of the 5 AI credits that it had in November 2026: 75 % are reached." in some.text
    assert "1 credit can still be used." in some.text
    assert "New sessions wait, nothing is lost" in none.text
    assert "https://portal.example/credits/" in none.html


def test_thresholds_crossed_at_once_are_told_as_one(company, at):
    use(company, 5, at)

    assert check(company, at) == [100, 75, 50]

    assert [subject[:4] for subject, _ in told()] == ["100 "]
    assert [data["threshold"] for _, data in messages()] == [100]


def test_nothing_of_another_company_counts_or_is_told(company, cast, at):
    use(company, 5, at)

    assert check(cast.contoso, at) == []
    assert CreditAlert.objects.count() == 0


def test_new_credits_clear_and_a_second_exhaustion_tells_again(company, at):
    use(company, 5, at)
    check(company, at)

    grant_purchased(company=company, credits=5, at=at)
    assert check(company, at + timedelta(hours=1)) == []

    standing = CreditAlert.objects.filter(cleared_at__isnull=True)
    assert list(standing.values_list("threshold", flat=True)) == [50]
    assert {alert.cleared_at for alert in CreditAlert.objects.filter(threshold__gt=50)} == {at + timedelta(hours=1)}
    use(company, 5, at)
    assert check(company, at) == [100, 75]
    assert [subject[:4] for subject, _ in told()] == ["100 ", "100 "]


def test_a_session_that_failed_clears_nothing_and_tells_nothing_twice(company, at):
    *_, last = use(company, 3, at)
    check(company, at)

    release(company=company, session_id=last, at=at)
    assert check(company, at) == []
    use(company, 1, at)
    assert check(company, at) == []

    assert CreditAlert.objects.filter(cleared_at__isnull=True).count() == 1
    assert len(told()) == 1


def test_a_lower_alert_that_is_missing_is_not_told_after_a_higher_one(company, at):
    values = {"company": company, "month_date": date(2026, 11, 1), "used": 5, "granted": 5, "raised_at": at}
    CreditAlert.objects.create(threshold=100, **values)
    # Four of five: one of the five sessions has failed meanwhile.
    use(company, 4, at)

    assert check(company, at) == [75, 50]

    assert told() == []


def test_a_new_month_begins_anew(company, at):
    use(company, 5, at)
    check(company, at)
    december = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    ensure_monthly(company=company, at=december)

    assert check(company, december) == []
    use(company, 3, december)
    assert check(company, december) == [50]


def test_meter_only_use_alerts_nobody(company, at):
    use(company, 5, at)
    AISettings.objects.filter(company=company).update(meter_only=True)

    assert check(company, at) == []


def test_who_manages_the_company_is_told_where_nobody_manages_credits(company, cast, at):
    boss = roles.create_role(company=company, name="Boss", permissions=[Permission.MANAGE_COMPANY], at=at)
    cast.membership(cast.mona).roles.set([boss])
    boss.group.user_set.add(cast.mona)
    administrator = Role.objects.get(company=company, name="Administrator")
    cast.membership(cast.alice).roles.clear()
    administrator.group.user_set.clear()
    use(company, 3, at)

    check(company, at)

    assert [name for _, name in told()] == ["Mona"]


def test_nothing_new_costs_one_query(company, at, django_assert_num_queries):
    use(company, 2, at)
    with django_assert_num_queries(1):
        check(company, at)
    use(company, 1, at)
    check(company, at)
    with django_assert_num_queries(1):
        check(company, at)


def test_a_session_that_takes_the_last_credit_tells_so_itself(company, cast, at):
    use(company, 4, at)

    reserve_for(session=store_session(company, cast.bob, number=7), at=at)

    assert [subject[:4] for subject, _ in told()] == ["100 "]


def test_a_session_that_finds_no_credit_tells_what_was_missed(company, cast, at):
    use(company, 5, at)

    with pytest.raises(InsufficientCredits):
        reserve_for(session=store_session(company, cast.bob, number=7), at=at)

    assert [subject[:4] for subject, _ in told()] == ["100 "]


def test_a_reservation_stands_although_its_alert_fails(company, at, caplog):
    use(company, 3, at)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE credits_creditalert RENAME TO credits_alert_away")
        check_quietly(company=company, at=at)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE credits_alert_away RENAME TO credits_creditalert")
        assert reserve(company=company, session_id=uuid4(), at=at)
    assert "credit_alerts_not_checked" in caplog.text
    assert check(company, at) == [75, 50]


def test_the_table_lets_one_alert_stand(company, at):
    values = {"company": company, "threshold": 50, "month_date": date(2026, 11, 1), "used": 3, "granted": 5}
    CreditAlert.objects.create(raised_at=at, cleared_at=at, **values)
    CreditAlert.objects.create(raised_at=at, **values)

    with pytest.raises(IntegrityError, match="alert_once_until_cleared|UNIQUE"), transaction.atomic():
        CreditAlert.objects.create(raised_at=at, **values)


@pytest.mark.django_db(transaction=True)
def test_processes_that_cross_at_once_tell_once(transactional_db, at, tmp_path):
    company = on_business(build_cast(), at)
    use(company, 5, at)
    with shared_database(tmp_path):
        outcomes = at_once(*[lambda: check(company, at)] * 4)

        assert sorted(outcomes) == [[], [], [], [100, 75, 50]]
        [counts] = at_once(lambda: (Mail.objects.count(), WebhookMessage.objects.count(), CreditAlert.objects.count()))
        assert counts == (1, 1, 3)
