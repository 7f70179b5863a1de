"""What the demo sends by mail: a list each week, and the month's report to who reads it."""

from datetime import datetime

from accounts.models import Company, User
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.schedules.saving import Wish, add_schedule
from summaries.domain.views.saving import save_view
from summaries.enums import ScheduleForm, ScheduleRhythm, SessionList
from summaries.models import ViewSchedule

VIEW = "All sessions of the month"


def ensure_schedules(*, company: Company, at: datetime) -> int:
    """Share a view of the first administrator and schedule it twice: a list for themselves, the monthly report for the
    support managers too. Returns how many schedules are new: none where there are any.
    """
    if ViewSchedule.objects.filter(company=company).exists():
        return 0
    owner = _holders(company, "Administrator")[0]
    view = save_view(
        company=company,
        actor=owner,
        list_name=SessionList.REPORTS,
        name=VIEW,
        filters=SessionFilters(),
        is_shared=True,
        at=at,
    )
    everybody = frozenset({owner.pk, *(user.pk for user in _holders(company, "Support manager"))})
    for form, rhythm, recipients in (
        (ScheduleForm.XLSX, ScheduleRhythm.WEEKLY, frozenset({owner.pk})),
        (ScheduleForm.MONTH, ScheduleRhythm.MONTHLY, everybody),
    ):
        wish = Wish(form, rhythm, 7, 0, 1, company.time_zone, sends_empty=False, recipients=recipients)
        add_schedule(company=company, view=view, actor=owner, wish=wish, at=at)
    return 2


def _holders(company: Company, role: str) -> list[User]:
    found = User.objects.filter(memberships__company=company, memberships__roles__name=role)
    return list(found.order_by("pk").distinct())
