from datetime import UTC, datetime, timedelta

import pytest

from accounts.domain.members import remove_member
from accounts.models import AuditEntry
from summaries.domain.schedules import saving
from summaries.domain.schedules.running import begin_due
from summaries.domain.schedules.saving import (
    UnableToSchedule,
    add_schedule,
    change_schedule,
    delete_schedule,
    leave_schedule,
    pause_schedule,
    resume_schedule,
)
from summaries.domain.views.saving import delete_view
from summaries.models import ScheduleRecipient, ScheduleSending, ViewSchedule
from tests.conftest import NOW
from tests.summaries.domain.schedules.conftest import DUE


def recipients(schedule):
    return [each.user.name for each in ScheduleRecipient.objects.filter(schedule=schedule).order_by("user__name")]


def actions():
    return list(
        AuditEntry.objects.filter(action__startswith="schedule.").order_by("pk").values_list("action", flat=True)
    )


def test_a_schedule_begins_with_its_next_moment(cast, mailing):
    made = mailing.schedule(cast.mona, cast.bob, rhythm="WEEKLY", weekday=0, time_zone="Europe/Berlin")

    assert (made.next_at, made.is_paused) == (datetime(2026, 11, 23, 6, tzinfo=UTC), False)
    assert recipients(made) == ["Bob", "Mona"]
    entry = AuditEntry.objects.get(action="schedule.created")
    assert (entry.actor, entry.details) == (cast.mona, {"view": "Mine", "form": "CSV", "rhythm": "WEEKLY"})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"form": "EXE"}, "Choose a form"),
        ({"rhythm": "HOURLY"}, "Choose a form"),
        ({"hour": 24}, "Choose an hour"),
        ({"hour": -1}, "Choose an hour"),
        ({"weekday": 7}, "Choose an hour"),
        ({"day": 0}, "Choose an hour"),
        ({"day": 32}, "Choose an hour"),
        ({"time_zone": "Moon/Base"}, "There is no time zone"),
        ({"recipients": frozenset()}, "at least one member"),
        ({"recipients": frozenset(range(1, 60))}, "Choose 50 members at most."),
        ({"recipients": frozenset({999_999})}, "no member of your company any more"),
    ],
)
def test_a_schedule_that_can_t_be_is_refused(cast, mailing, changes, sentence):
    with pytest.raises(UnableToSchedule, match=sentence):
        mailing.schedule(**changes)

    assert not ViewSchedule.objects.exists()


def test_nobody_outside_the_company_gets_mails(cast, mailing):
    with pytest.raises(UnableToSchedule, match="no member of your company"):
        mailing.schedule(cast.mona, cast.charlie)


def test_a_view_of_one_s_own_goes_to_oneself(cast, mailing):
    view = mailing.view(is_shared=False)

    with pytest.raises(UnableToSchedule, match="Share the view"):
        mailing.schedule(cast.mona, cast.bob, view=view)
    assert recipients(mailing.schedule(view=view)) == ["Mona"]


def test_a_view_that_is_gone_is_not_scheduled(cast, mailing):
    view = mailing.view()
    delete_view(view=view, actor=cast.mona, at=NOW)
    view.pk = 999_999

    with pytest.raises(UnableToSchedule, match="deleted meanwhile"):
        add_schedule(company=cast.northwind, view=view, actor=cast.mona, wish=mailing.wish(), at=NOW)


def test_schedules_have_a_bound(cast, mailing, monkeypatch):
    monkeypatch.setattr(saving, "MAX_SCHEDULES", 1)
    made = mailing.schedule()

    with pytest.raises(UnableToSchedule, match="You have 1 schedules, which is the most."):
        mailing.schedule(view=made.view)


def test_a_change_moves_the_next_moment_and_keeps_out_who_left(cast, mailing):
    made = mailing.schedule(cast.mona, cast.bob)
    leave_schedule(recipient=ScheduleRecipient.objects.get(user=cast.bob), at=NOW)

    change_schedule(schedule=made, actor=cast.mona, wish=mailing.wish(cast.bob, cast.alice, hour=12), at=NOW)

    made.refresh_from_db()
    assert made.next_at == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert recipients(made) == ["Alice", "Bob"]
    assert ScheduleRecipient.objects.get(user=cast.bob).unsubscribed_at == NOW


def test_who_left_stays_out_when_they_are_taken_off_and_chosen_again(cast, mailing):
    made = mailing.schedule(cast.mona, cast.bob)
    leave_schedule(recipient=ScheduleRecipient.objects.get(user=cast.bob), at=NOW)

    change_schedule(schedule=made, actor=cast.mona, wish=mailing.wish(cast.mona), at=NOW)
    change_schedule(schedule=made, actor=cast.mona, wish=mailing.wish(cast.mona, cast.bob), at=NOW)

    begin_due(at=DUE)
    assert ScheduleRecipient.objects.get(user=cast.bob).unsubscribed_at == NOW
    assert [each.recipient for each in ScheduleSending.objects.all()] == [cast.mona]


def test_only_its_owner_changes_a_schedule(cast, mailing):
    made = mailing.schedule(cast.mona, cast.bob)

    for change in (
        lambda: change_schedule(schedule=made, actor=cast.bob, wish=mailing.wish(cast.bob), at=NOW),
        lambda: pause_schedule(schedule=made, actor=cast.alice, at=NOW),
        lambda: resume_schedule(schedule=made, actor=cast.bob, at=NOW),
        lambda: delete_schedule(schedule=made, actor=cast.charlie, at=NOW),
    ):
        with pytest.raises(UnableToSchedule, match="not yours to change"):
            change()


def test_a_pause_sends_nothing_and_is_not_made_up_for(cast, mailing):
    made = mailing.schedule()

    pause_schedule(schedule=made, actor=cast.mona, at=NOW)
    pause_schedule(schedule=made, actor=cast.mona, at=NOW)
    assert begin_due(at=DUE) == 0
    change_schedule(schedule=made, actor=cast.mona, wish=mailing.wish(), at=NOW)
    made.refresh_from_db()
    assert (made.is_paused, made.next_at) == (True, None)

    resume_schedule(schedule=made, actor=cast.mona, at=DUE + timedelta(days=3))
    resume_schedule(schedule=made, actor=cast.mona, at=DUE + timedelta(days=3))
    made.refresh_from_db()
    assert (made.is_paused, made.next_at) == (False, DUE + timedelta(days=4))
    assert actions() == ["schedule.created", "schedule.paused", "schedule.changed", "schedule.resumed"]


def test_a_schedule_is_deleted_with_all_that_it_kept(cast, mailing):
    made = mailing.schedule()
    begin_due(at=DUE)

    delete_schedule(schedule=made, actor=cast.mona, at=NOW)

    assert not ScheduleRecipient.objects.exists()
    assert not ScheduleSending.objects.exists()
    assert actions()[-1] == "schedule.deleted"


def test_who_leaves_gets_no_more_mails_and_leaves_once(cast, mailing):
    mailing.schedule(cast.mona, cast.bob)
    bob = ScheduleRecipient.objects.get(user=cast.bob)

    assert leave_schedule(recipient=bob, at=NOW) is True
    assert leave_schedule(recipient=bob, at=DUE) is False

    begin_due(at=DUE)
    assert [each.recipient for each in ScheduleSending.objects.all()] == [cast.mona]
    entry = AuditEntry.objects.get(action="schedule.left")
    assert (entry.actor, entry.at) == (cast.bob, NOW)


def test_a_member_who_is_removed_takes_their_schedules_along(cast, mailing):
    bobs = mailing.schedule(cast.bob, cast.mona, owner=cast.bob, view=mailing.view(cast.bob, name="Bob's"))
    monas = mailing.schedule(cast.mona, cast.bob)
    begin_due(at=DUE)

    remove_member(membership=cast.membership(cast.bob), actor=cast.alice, at=DUE)

    assert not ViewSchedule.objects.filter(pk=bobs.pk).exists()
    assert recipients(monas) == ["Mona"]
    assert [each.recipient for each in ScheduleSending.objects.all()] == [cast.mona]
