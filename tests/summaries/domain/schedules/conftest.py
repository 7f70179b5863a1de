import csv
import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from accounts.models import Mail
from summaries.domain.jobs.folders import result_of
from summaries.domain.jobs.runs import run
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.schedules.running import begin_due, hand_out, waiting
from summaries.domain.schedules.saving import Wish, add_schedule
from summaries.domain.views.saving import save_view
from summaries.enums import SessionList
from summaries.models import Job, ScheduleSending
from tests.conftest import NOW
from tests.summaries.session_rows import add_session, add_summary

#: Seven in the morning of Northwind's zone, UTC, of the day after NOW.
DUE = datetime(2026, 11, 21, 7, tzinfo=UTC)
#: Of the examples' summaries.
TITLE = "Printer offline after driver update"
NO_EXPORT = "Your roles do not let you export this summary."


@dataclass
class Mailing:
    """A schedule of the cast, and what the tests do with it."""

    cast: object

    def view(self, owner=None, *, is_shared=True, list_name=SessionList.REPORTS, filters=None, name="Mine", at=NOW):
        return save_view(
            company=self.cast.northwind,
            actor=owner or self.cast.mona,
            list_name=list_name,
            name=name,
            filters=filters or SessionFilters(period="all"),
            is_shared=is_shared,
            at=at,
        )

    def wish(self, *recipients, **changes):
        found = Wish(
            form="CSV",
            rhythm="DAILY",
            hour=7,
            weekday=0,
            day=1,
            time_zone="UTC",
            sends_empty=False,
            recipients=frozenset(user.pk for user in recipients or [self.cast.mona]),
        )
        return replace(found, **changes)

    def schedule(self, *recipients, view=None, owner=None, at=NOW, **changes):
        owner = owner or self.cast.mona
        return add_schedule(
            company=self.cast.northwind,
            view=view or self.view(owner),
            actor=owner,
            wish=self.wish(*(recipients or [owner]), **changes),
            at=at,
        )

    def run(self, at=DUE):
        """All that the minute's tasks do, and what they leave to workers."""
        begin_due(at=at)
        for sending_id in waiting():
            hand_out(sending_id=sending_id, at=at)
        self.work(at)

    def work(self, at=DUE):
        for job in Job.objects.filter(state__in=["QUEUED", "RUNNING"]).order_by("pk"):
            run(job_id=job.pk, clock=lambda: at, keep_going=lambda: True)

    def states(self):
        return [(each.recipient.name, each.state) for each in ScheduleSending.objects.order_by("pk")]

    def mails(self):
        return [(each.recipient.name, each.subject) for each in Mail.objects.order_by("pk")]


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def mailing(cast):
    return Mailing(cast)


@pytest.fixture
def rows(cast):
    add_summary(add_session(cast.northwind, cast.bob, 1, device_name="ACC-1"), review="APPROVED")
    add_summary(add_session(cast.northwind, cast.mona, 2, device_name="ACC-2"))
    add_session(cast.northwind, cast.mona, 3, hours_ago=24 * 25, status="OPEN", ended_at=None)
    add_summary(add_session(cast.contoso, cast.charlie, 4))


def table(job):
    """(session, title, why its text is left out) of each line of the job's CSV."""
    lines = csv.DictReader(io.StringIO(result_of(job).read_text()))
    return sorted((line["Session"], line["Title"], line["Why the summary is left out"]) for line in lines)
