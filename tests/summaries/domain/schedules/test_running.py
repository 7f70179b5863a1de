"""Who gets what of a schedule that is due, and when."""

from datetime import timedelta

from accounts.domain.members import add_member
from accounts.domain.roles import assign
from accounts.models import AuditEntry, Mail, User
from summaries.domain.jobs.files import download
from summaries.domain.jobs.folders import result_of
from summaries.domain.schedules import running
from summaries.domain.schedules.running import begin_due, forget_old
from summaries.domain.schedules.saving import change_schedule, leave_schedule
from summaries.domain.views.saving import change_view, delete_view
from summaries.models import Job, ScheduleRecipient, ScheduleSending, ViewSchedule
from tests.conftest import NOW
from tests.summaries.domain.schedules.conftest import DUE, TITLE, table


def test_each_recipient_gets_once_what_their_own_roles_show(cast, mailing, rows):
    mailing.schedule(cast.mona, cast.bob)

    mailing.run()
    mailing.run(DUE + timedelta(minutes=1))

    assert mailing.states() == [("Bob", "SENT"), ("Mona", "SENT")]
    assert mailing.mails() == [("Bob", "Session Insights: Mine"), ("Mona", "Session Insights: Mine")]
    bobs, monas = Job.objects.order_by("member__name")
    assert table(bobs) == [("S-1", TITLE, "")]
    assert table(monas) == [("S-1", TITLE, ""), ("S-2", TITLE, ""), ("S-3", "", "")]
    assert [each.sessions for each in ScheduleSending.objects.order_by("pk")] == [1, 3]
    assert download(job=bobs, actor=cast.bob, at=DUE) == result_of(bobs)


def test_what_goes_out_is_in_the_audit_log(cast, mailing, rows):
    schedule = mailing.schedule(cast.bob)

    mailing.run()

    due = AuditEntry.objects.get(action="schedule.due")
    assert (due.actor, due.object_id) == (None, str(schedule.public_id))
    assert due.details == {"view": "Mine", "period": "2026-11-21", "recipients": 1, "missed": 0}
    entry = AuditEntry.objects.get(action="sessions.exported")
    assert (entry.actor, entry.details["format"], entry.details["rows"]) == (cast.bob, "csv", 1)
    assert entry.details["job"] == str(Job.objects.get().public_id)


def test_the_mail_is_in_the_reader_s_language_and_leads_to_the_file(cast, mailing, rows, settings):
    settings.PORTAL_URL = "https://portal.example"
    User.objects.filter(pk=cast.bob.pk).update(language="de")
    mailing.schedule(cast.bob, view=mailing.view(name="A & <b>"))

    mailing.run()

    mail, job = Mail.objects.get(), Job.objects.get()
    assert f"https://portal.example/jobs/{job.public_id}/" in mail.text
    assert "A & <b>" in mail.text
    assert "A &amp; &lt;b&gt;" in mail.html
    assert mail.unsubscribe.startswith("https://portal.example/schedules/leave/")
    assert mail.unsubscribe in mail.text
    assert mail.unsubscribe in mail.html
    assert job.language == "de"


def test_next_time_is_moved_on_and_downtime_sends_the_newest_alone(cast, mailing, rows):
    schedule = mailing.schedule()

    mailing.run(DUE + timedelta(days=2, hours=3))

    sending = ScheduleSending.objects.get()
    assert (sending.period, sending.due_at, sending.missed) == ("2026-11-23", DUE + timedelta(days=2), 2)
    assert "2 earlier times were missed" in Mail.objects.get().text
    schedule.refresh_from_db()
    assert schedule.next_at == DUE + timedelta(days=3)
    assert begin_due(at=DUE + timedelta(days=2, hours=4)) == 0


def test_a_changed_hour_sends_a_day_no_second_time(cast, mailing, rows):
    schedule = mailing.schedule()
    mailing.run()
    change_schedule(schedule=schedule, actor=cast.mona, wish=mailing.wish(hour=9), at=DUE + timedelta(minutes=5))

    mailing.run(DUE + timedelta(hours=2))

    assert len(mailing.mails()) == 1
    assert ScheduleSending.objects.count() == 1


def test_nothing_found_is_sent_or_skipped_as_chosen(cast, mailing):
    mailing.schedule(view=mailing.view(name="Silent"))
    mailing.schedule(view=mailing.view(name="Spoken"), sends_empty=True)

    mailing.run()

    assert mailing.states() == [("Mona", "EMPTY"), ("Mona", "SENT")]
    assert mailing.mails() == [("Mona", "Session Insights: Spoken")]
    assert "No session matches the view “Spoken” this time." in Mail.objects.get().text
    assert not Job.objects.exists()


def refused(mailing, cast):
    sending = ScheduleSending.objects.get()
    assert not Mail.objects.exclude(recipient=cast.mona).exists()
    assert not Job.objects.exists()
    return sending.state, sending.note, [subject for _, subject in mailing.mails()]


def test_who_lost_the_role_gets_nothing_and_the_owner_is_told(cast, mailing, rows):
    mailing.schedule(cast.bob)
    assign(membership=cast.membership(cast.bob), roles=[])

    mailing.run()

    assert refused(mailing, cast) == (
        "REFUSED",
        "Their roles do not let them read connection reports any more.",
        ["Not sent: Mine"],
    )
    assert "was not sent to Bob." in Mail.objects.get().text


def test_who_lost_the_view_gets_nothing_and_the_owner_is_told(cast, mailing, rows):
    schedule = mailing.schedule(cast.bob)
    change_view(view=schedule.view, actor=cast.mona, is_shared=False, at=NOW)

    mailing.run()

    state, note, subjects = refused(mailing, cast)
    assert (state, subjects) == ("REFUSED", ["Not sent: Mine"])
    assert note.startswith("They can no longer open the view")


def test_who_may_sign_in_no_more_gets_nothing(cast, mailing, rows):
    mailing.schedule(cast.bob)
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)

    mailing.run()

    assert refused(mailing, cast)[:2] == ("REFUSED", "They are no member of the company any more.")


def test_who_left_between_two_steps_gets_nothing_and_nobody_is_told(cast, mailing, rows):
    mailing.schedule(cast.bob)
    begin_due(at=DUE)
    leave_schedule(recipient=ScheduleRecipient.objects.get(), at=DUE)

    mailing.run()

    assert refused(mailing, cast) == ("REFUSED", "The recipient left these mails, or was taken off the schedule.", [])


def test_a_schedule_goes_with_its_owner(cast, mailing, rows):
    mailing.schedule(cast.bob)
    User.objects.filter(pk=cast.mona.pk).update(is_active=False)

    mailing.run()

    assert not ViewSchedule.objects.exists()
    assert mailing.mails() == []


def test_a_schedule_goes_with_its_view(cast, mailing, rows):
    schedule = mailing.schedule(cast.bob)
    begin_due(at=DUE)

    delete_view(view=schedule.view, actor=cast.mona, at=NOW)

    assert not ViewSchedule.objects.exists()
    assert not ScheduleSending.objects.exists()


def test_a_member_of_two_companies_gets_what_this_one_shows(cast, mailing, rows):
    add_member(
        company=cast.northwind,
        email=cast.charlie.email,
        name="Charlie",
        role_names=["Support manager"],
        at=NOW,
    )
    mailing.schedule(cast.charlie)

    mailing.run()

    assert [number for number, *_ in table(Job.objects.get())] == ["S-1", "S-2", "S-3"]


def test_works_council_mode_hides_names_in_mails(cast, mailing, rows):
    cast.northwind.works_council_mode, cast.northwind.pseudonym_key = True, "k" * 64
    cast.northwind.save()
    mailing.schedule(cast.bob)

    mailing.run()

    assert "because Supporter " in Mail.objects.get().text
    assert "Mona" not in Mail.objects.get().text


def test_old_times_are_forgotten_and_open_ones_kept(cast, mailing, rows):
    mailing.schedule()
    mailing.run()
    later = DUE + running.KEPT + timedelta(seconds=1)

    assert forget_old(at=DUE + running.KEPT) == 0
    ScheduleSending.objects.update(state="MAKING")
    assert forget_old(at=later) == 0
    ScheduleSending.objects.update(state="SENT")
    assert forget_old(at=later) == 1
