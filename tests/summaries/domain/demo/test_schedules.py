from summaries.domain.demo.schedules import VIEW, ensure_schedules
from summaries.models import ScheduleRecipient, ViewSchedule


def test_the_demo_sends_a_list_and_the_monthly_report(cast, at):
    assert ensure_schedules(company=cast.northwind, at=at) == 2
    assert ensure_schedules(company=cast.northwind, at=at) == 0

    made = ViewSchedule.objects.order_by("pk")
    assert [(each.view.name, each.owner, each.form, each.rhythm) for each in made] == [
        (VIEW, cast.alice, "XLSX", "WEEKLY"),
        (VIEW, cast.alice, "MONTH", "MONTHLY"),
    ]
    recipients = ScheduleRecipient.objects.filter(schedule=made[1]).order_by("user__name")
    assert [each.user.name for each in recipients] == ["Alice", "Mona"]
