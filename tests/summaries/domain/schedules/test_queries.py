from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from summaries.domain.schedules.links import InvalidLink, leave_token, recipient_of
from summaries.domain.schedules.queries import schedule_or_404, schedules_of, sendings_of
from summaries.domain.schedules.saving import delete_schedule, leave_schedule
from summaries.models import ScheduleRecipient, ScheduleSending, ViewSchedule
from tests.conftest import NOW
from tests.summaries.domain.schedules.conftest import DUE
from tests.summaries.session_rows import add_session


def listed(cast, viewer, company=None):
    found = schedules_of(company=company or cast.northwind, viewer=viewer)
    return [
        (each.schedule.view.name, each.is_own, each.recipients, [(row.recipient.name, row.period) for row in each.last])
        for each in found
    ]


def test_one_sees_one_s_own_schedules_and_those_that_one_receives(cast, mailing):
    add_session(cast.northwind, cast.bob, 1)
    mailing.schedule(cast.mona, cast.bob)
    mailing.run()
    mailing.run(DUE + timedelta(days=1))

    assert listed(cast, cast.mona) == [("Mine", True, 2, [("Bob", "2026-11-22"), ("Mona", "2026-11-22")])]
    assert listed(cast, cast.bob) == [("Mine", False, 2, [("Bob", "2026-11-22")])]
    assert listed(cast, cast.alice) == []
    assert listed(cast, cast.charlie, cast.contoso) == []
    assert list(ViewSchedule.objects.visible_to(AnonymousUser())) == []


def test_who_left_sees_it_no_more(cast, mailing):
    made = mailing.schedule(cast.mona, cast.bob)
    leave_schedule(recipient=ScheduleRecipient.objects.get(user=cast.bob), at=NOW)

    assert listed(cast, cast.bob) == []
    assert listed(cast, cast.mona) == [("Mine", True, 1, [])]
    with pytest.raises(Http404):
        schedule_or_404(company=cast.northwind, viewer=cast.bob, public_id=made.public_id)


def test_only_its_owner_sees_what_became_of_others(cast, mailing):
    made = mailing.schedule(cast.mona, cast.bob)
    mailing.run()

    found = schedule_or_404(company=cast.northwind, viewer=cast.bob, public_id=made.public_id)
    assert [each.recipient for each in sendings_of(schedule=found, viewer=cast.bob)] == [cast.bob]
    assert {each.recipient for each in sendings_of(schedule=found, viewer=cast.mona)} == {cast.bob, cast.mona}
    assert set(ScheduleSending.objects.visible_to(cast.bob)) == set(ScheduleSending.objects.all())
    assert set(ScheduleRecipient.objects.visible_to(cast.bob)) == set(ScheduleRecipient.objects.all())
    assert not ScheduleRecipient.objects.visible_to(cast.charlie).exists()


@pytest.mark.parametrize("viewer", ["alice", "charlie"])
def test_another_s_schedule_is_not_found(cast, mailing, viewer):
    made = mailing.schedule(cast.mona)

    with pytest.raises(Http404):
        schedule_or_404(company=cast.northwind, viewer=getattr(cast, viewer), public_id=made.public_id)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_two_queries(cast, mailing, django_assert_num_queries, count):
    for number in range(count):
        mailing.schedule(cast.mona, cast.bob, view=mailing.view(name=f"View {number}"))
    mailing.run()
    listed(cast, cast.mona)

    with django_assert_num_queries(2):
        assert len(listed(cast, cast.mona)) == count


def test_a_link_ends_the_mails_of_one_recipient(cast, mailing):
    made = mailing.schedule(cast.mona, cast.bob)
    bob = ScheduleRecipient.objects.get(user=cast.bob)

    assert recipient_of(leave_token(bob)) == bob
    with pytest.raises(InvalidLink, match="not valid"):
        recipient_of(f"{bob.pk}:forged")
    delete_schedule(schedule=made, actor=cast.mona, at=NOW)
    with pytest.raises(InvalidLink, match="ended already"):
        recipient_of(leave_token(bob))
