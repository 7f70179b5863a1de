from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import Schedule

from credits.domain.grants import ensure_monthly, grant_purchased
from credits.models import Entry
from credits.tasks import run_ledger_jobs


def test_the_hourly_job_expires_and_grants_after_any_downtime(cast):
    long_ago = timezone.now() - timedelta(days=800)
    ensure_monthly(company=cast.northwind, at=long_ago)
    grant_purchased(company=cast.northwind, credits=7, at=long_ago)

    run_ledger_jobs()
    run_ledger_jobs()

    mine = Entry.objects.filter(company=cast.northwind).order_by("pk").values_list("kind", "amount")
    assert list(mine) == [("GRANT", 50), ("GRANT", 7), ("EXPIRE", -50), ("EXPIRE", -7), ("GRANT", 50)]


@pytest.mark.django_db
def test_the_job_is_scheduled_once():
    call_command("migrate", verbosity=0)

    assert Schedule.objects.filter(func="credits.tasks.run_ledger_jobs").count() == 1
