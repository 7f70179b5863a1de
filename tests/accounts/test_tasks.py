from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import Schedule

from accounts.models import Mail, WebhookMessage
from accounts.tasks import forget_ended_invitations
from tests.accounts.webhook_world import endpoint_at, tell


@pytest.mark.django_db
@pytest.mark.parametrize("task", ["send_mails", "send_webhooks"])
def test_what_waits_is_sent_every_minute_by_one_schedule(task):
    call_command("migrate", verbosity=0)

    [schedule] = Schedule.objects.filter(func=f"accounts.tasks.{task}")
    assert (schedule.schedule_type, schedule.minutes) == (Schedule.MINUTES, 1)


def test_the_nightly_job_forgets_what_was_sent_a_month_ago(cast):
    now = timezone.now()
    long_ago = now - timedelta(days=31)
    endpoint_at("https://desk.example/in", company=cast.northwind, actor=cast.alice, at=long_ago)
    for key, at in (("old", long_ago), ("young", now)):
        tell(cast.northwind, at, key=key)
        values = {"subject": "x", "created_at": at, "next_attempt_at": at}
        Mail.objects.create(company=cast.northwind, recipient=cast.alice, key=key, **values)

    forget_ended_invitations()

    assert list(Mail.objects.values_list("key", flat=True)) == ["young"]
    assert list(WebhookMessage.objects.values_list("key", flat=True)) == ["young"]
