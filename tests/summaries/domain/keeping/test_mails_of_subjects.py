"""What went out by mail, and what goes out regularly, is part of what is kept of a person: copied, and erased."""

import json

from accounts.enums import DeliveryState
from summaries.domain.keeping.erasure import erase
from summaries.domain.keeping.removal import delete_summary
from summaries.domain.schedules.saving import leave_schedule
from summaries.models import ScheduleRecipient, ScheduleSending, SummaryMail, ViewSchedule
from tests.summaries.domain.keeping.test_data_subject_export import copy_of
from tests.summaries.domain.keeping.test_erasure import member_of, subject_of
from tests.summaries.domain.schedules.conftest import Mailing
from tests.summaries.domain.sending.cases import send_it
from tests.summaries.domain.subject_rows import CANARY, add_rich_session


def sent_summaries(cast, at):
    """Of a remote user in Northwind, of somebody else there, and of the other company."""
    session = add_rich_session(cast.northwind, cast.bob, 1)
    send_it(session, cast.bob, at, address="erika@customer.example", note="As promised.")
    other = add_rich_session(cast.northwind, cast.bob, 7, name="somebody else")
    send_it(other, cast.alice, at, address="other@customer.example")
    foreign = add_rich_session(cast.contoso, cast.charlie, 1)
    send_it(foreign, cast.charlie, at, address="foreign@customer.example")
    return session


def test_a_remote_users_copy_tells_to_whom_their_summaries_went(cast, at):
    session = sent_summaries(cast, at)
    delete_summary(session=session, actor=cast.alice, at=at)

    (row,) = copy_of(cast, "remote-user", CANARY, at)["deliveries.jsonl"]

    assert (row["summary__session__number"], row["is_in_trash"]) == (1, True)
    assert (row["address"], row["state"]) == ("erika@customer.example", DeliveryState.WAITING)


def test_a_members_copy_tells_what_they_sent_and_not_to_whom(cast, at):
    sent_summaries(cast, at)
    mailing = Mailing(cast)
    mailing.schedule(owner=cast.bob, view=mailing.view(cast.bob, name="Bob's"))
    mailing.schedule(cast.mona, cast.bob)
    leave_schedule(recipient=ScheduleRecipient.objects.get(user=cast.bob, schedule__owner=cast.mona), at=at)

    copy = copy_of(cast, "member", str(cast.membership(cast.bob).pk), at)

    assert [row["note"] for row in copy["deliveries.jsonl"]] == ["As promised."]
    assert "customer.example" not in json.dumps(copy["deliveries.jsonl"])
    assert [row["view__name"] for row in copy["schedules.jsonl"]] == ["Bob's"]
    assert [(row["schedule__view__name"], row["unsubscribed_at"] is None) for row in copy["scheduled_mails.jsonl"]] == [
        ("Bob's", True),
        ("Mine", False),
    ]


def test_to_whom_an_erased_persons_summaries_went_is_erased(cast, at):
    sent_summaries(cast, at)

    erase(subject=subject_of(cast), actor=cast.alice, at=at)

    assert sorted(SummaryMail.objects.values_list("address", flat=True)) == [
        "foreign@customer.example",
        "other@customer.example",
    ]


def test_an_erased_members_schedules_and_mails_end(cast, at):
    mailing = Mailing(cast)
    mailing.schedule(cast.mona, owner=cast.bob, view=mailing.view(cast.bob, name="Bob's"))
    mailing.schedule(cast.mona, cast.bob)

    erase(subject=member_of(cast, cast.bob), actor=cast.alice, at=at)

    assert [each.owner for each in ViewSchedule.objects.all()] == [cast.mona]
    assert [each.user for each in ScheduleRecipient.objects.all()] == [cast.mona]
    assert not ScheduleSending.objects.filter(recipient=cast.bob).exists()
