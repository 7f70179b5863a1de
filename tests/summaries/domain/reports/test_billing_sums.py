from datetime import timedelta

from accounts.enums import BillingRounding
from summaries.domain.reports.billing import BillingRule, billable_minutes
from summaries.domain.reports.billing_sums import billable_sum_of
from summaries.models import SupportSession
from tests.conftest import NOW
from tests.summaries.session_rows import add_session

MICROSECOND = timedelta(microseconds=1)
LENGTHS = [
    timedelta(),
    MICROSECOND,
    timedelta(seconds=59),
    *(
        timedelta(minutes=minutes) + beside
        for minutes in (1, 2.5, 5, 7, 7.5, 15, 30, 60, 1440)
        for beside in (-MICROSECOND, timedelta(), MICROSECOND)
    ),
]
RULES = [
    BillingRule(step=step, rounding=rounding, minimum=minimum)
    for rounding in BillingRounding.values
    for step in (1, 5, 15, 240)
    for minimum in (0, 20)
]


def test_the_database_bills_each_session_as_its_service_report_does(cast):
    for number, length in enumerate(LENGTHS, 1):
        add_session(cast.northwind, cast.bob, number, started_at=NOW, ended_at=NOW + length)
    sessions = SupportSession.objects.of_company(cast.northwind).order_by("number")

    for rule in RULES:
        counted = list(sessions.annotate(billable=billable_sum_of(rule)).values_list("billable", flat=True))

        assert counted == [billable_minutes(length, rule) for length in LENGTHS], rule
