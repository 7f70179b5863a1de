import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader

from accounts.domain.members import add_member
from accounts.domain.roles import assign
from accounts.models import AISettings, AuditEntry, Mail, User
from accounts.tenancy import PermissionMissing
from summaries.domain.jobs import claims, endings, upkeep
from summaries.domain.jobs.files import download
from summaries.domain.jobs.folders import result_of
from summaries.domain.jobs.requests import cancel
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.schedules import list_paper, running
from summaries.domain.schedules.outcomes import settle_failed, settle_refused, settle_sent
from summaries.domain.schedules.running import begin_due, forget_old, hand_out, waiting
from summaries.domain.schedules.saving import change_schedule, leave_schedule
from summaries.domain.views.saving import change_view, delete_view
from summaries.enums import JobState, SessionList
from summaries.models import Job, JobItem, ScheduleRecipient, ScheduleSending, ViewSchedule
from tests.conftest import NOW
from tests.summaries.domain.schedules.conftest import DUE
from tests.summaries.session_rows import add_session, add_summary


@pytest.fixture
def rows(cast):
    add_summary(add_session(cast.northwind, cast.bob, 1, device_name="ACC-1"), review="APPROVED")
    add_summary(add_session(cast.northwind, cast.mona, 2, device_name="ACC-2"))
    add_session(cast.northwind, cast.mona, 3, hours_ago=24 * 25, status="OPEN", ended_at=None)
    add_summary(add_session(cast.contoso, cast.charlie, 4))


def table(job):
    lines = csv.DictReader(io.StringIO(result_of(job).read_text()))
    return sorted((line["Session"], line["Title"], line["Why the summary is left out"]) for line in lines)


TITLE = "Printer offline after driver update"
NO_EXPORT = "Your roles do not let you export this summary."


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


def test_text_that_is_not_released_stays_and_the_mail_says_so(cast, mailing, rows):
    AISettings.objects.filter(company=cast.northwind).update(approval_required=True)
    mailing.schedule()

    mailing.run()

    told = "Your company wants it approved first, and nobody has approved it yet."
    job = Job.objects.get()
    assert table(job) == [("S-1", TITLE, ""), ("S-2", "", told), ("S-3", "", "")]
    assert "Some summaries are left out" in Mail.objects.get().text
    assert download(job=job, actor=cast.mona, at=DUE)


def test_a_file_with_text_that_may_leave_no_more_is_handed_to_nobody(cast, mailing, rows):
    mailing.schedule()
    mailing.run()
    AISettings.objects.filter(company=cast.northwind).update(approval_required=True)

    with pytest.raises(PermissionMissing, match="approved before they leave"):
        download(job=Job.objects.get(), actor=cast.mona, at=DUE)


def test_who_may_export_no_text_gets_the_list_without_it(cast, mailing, rows):
    audrey = add_member(
        company=cast.northwind, email="audrey@northwind.example", name="Audrey", role_names=["Auditor"], at=NOW
    ).user
    mailing.schedule(audrey)

    mailing.run()

    job = Job.objects.get()
    assert table(job) == [("S-1", "", NO_EXPORT), ("S-2", "", NO_EXPORT), ("S-3", "", "")]
    assert download(job=job, actor=audrey, at=DUE)


def test_a_view_of_summaries_holds_those_alone(cast, mailing, rows):
    mailing.schedule(view=mailing.view(list_name=SessionList.HOME, filters=SessionFilters(q="S-1", period="all")))

    mailing.run()

    assert [number for number, *_ in table(Job.objects.get())] == ["S-1"]
    assert AuditEntry.objects.get(action="sessions.exported").details["filters"]["q"] == "…"


def test_a_list_on_paper_is_in_the_reader_s_language_and_ends_somewhere(cast, mailing, rows, monkeypatch):
    monkeypatch.setattr(list_paper, "MOST_ROWS", 2)
    User.objects.filter(pk=cast.mona.pk).update(language="de")
    mailing.schedule(form="PDF")

    mailing.run()

    job = Job.objects.get()
    pages = PdfReader(result_of(job))
    text = " ".join(page.extract_text() for page in pages.pages)
    assert (job.content_type, job.file_name) == ("application/pdf", "sessions-northwind-2026-11-21.pdf")
    assert pages.trailer["/Root"]["/Lang"] == "de"
    assert "S-1" in text
    assert "S-3" not in text
    assert "10 min" in text
    assert TITLE not in text
    assert not JobItem.objects.filter(job=job, sentence="").exists()


def test_a_short_list_on_paper_holds_all(cast, mailing, rows):
    mailing.schedule(form="PDF")

    mailing.run()

    text = " ".join(page.extract_text() for page in PdfReader(result_of(Job.objects.get())).pages)
    assert "S-3" in text
    assert "spreadsheets" not in text


def test_a_workbook_goes_out(cast, mailing, rows):
    mailing.schedule(form="XLSX")

    mailing.run()

    job = Job.objects.get()
    assert result_of(job).read_bytes().startswith(b"PK")
    assert job.file_name == "sessions-northwind-2026-11-21.xlsx"


def test_the_monthly_report_is_that_of_the_month_before_the_due_day(cast, mailing, rows):
    mailing.schedule(form="MONTH", rhythm="MONTHLY", view=mailing.view(filters=SessionFilters(period="7")))

    mailing.run(datetime(2026, 12, 3, tzinfo=UTC))

    job = Job.objects.get()
    pages = PdfReader(result_of(job))
    assert job.file_name == "monthly-report-northwind-2026-11.pdf"
    assert "November 2026" in pages.pages[0].extract_text()
    assert job.done == 2
    entry = AuditEntry.objects.get(action="monthly_report.exported")
    assert (entry.actor, entry.details["job"]) == (cast.mona, str(job.public_id))
    assert download(job=job, actor=cast.mona, at=datetime(2026, 12, 3, tzinfo=UTC))


def test_a_worker_that_was_killed_is_followed_by_another_and_one_mail_goes(cast, mailing, rows):
    mailing.schedule()
    begin_due(at=DUE)
    hand_out(sending_id=waiting()[0], at=DUE)
    claims.take(job_id=Job.objects.get().pk, at=DUE)

    mailing.run(DUE + timedelta(minutes=5))
    mailing.run(DUE + timedelta(minutes=6))

    assert mailing.states() == [("Mona", "SENT")]
    assert len(mailing.mails()) == 1


def test_who_was_killed_before_writing_down_the_job_finds_it_again(cast, mailing, rows):
    mailing.schedule()
    begin_due(at=DUE)
    hand_out(sending_id=waiting()[0], at=DUE)
    ScheduleSending.objects.update(state="WAITING")

    mailing.run()

    assert (Job.objects.count(), len(mailing.mails()), mailing.states()) == (1, 1, [("Mona", "SENT")])


def test_a_job_that_was_cut_off_early_is_asked_for_again(cast, mailing, rows):
    mailing.schedule()
    begin_due(at=DUE)
    hand_out(sending_id=waiting()[0], at=DUE)
    Job.objects.update(state=JobState.PREPARING)

    upkeep.sweep(at=DUE + timedelta(hours=1))
    assert mailing.states() == [("Mona", "WAITING")]
    mailing.run(DUE + timedelta(hours=1))

    assert (Job.objects.count(), len(mailing.mails()), mailing.states()) == (2, 1, [("Mona", "SENT")])


def test_what_fails_three_times_ends_and_its_owner_is_told_once(cast, mailing, rows):
    mailing.schedule(cast.bob)
    begin_due(at=DUE)
    for _attempt in range(3):
        hand_out(sending_id=ScheduleSending.objects.get().pk, at=DUE)
        job = Job.objects.exclude(state=JobState.FAILED).get()
        endings.end(job_id=job.pk, claim=None, state=JobState.FAILED, at=DUE, failure="The disk is full.")

    mailing.run()

    sending = ScheduleSending.objects.get()
    assert (sending.state, sending.note) == ("FAILED", "The disk is full.")
    assert mailing.mails() == [("Mona", "Not sent: Mine")]


def test_a_recipient_may_cancel_and_the_owner_learns_of_it(cast, mailing, rows):
    mailing.schedule(cast.bob)
    begin_due(at=DUE)
    hand_out(sending_id=waiting()[0], at=DUE)

    cancel(job=Job.objects.get(), actor=cast.bob, at=DUE)

    assert ScheduleSending.objects.get().note == "The recipient cancelled it."
    assert mailing.mails() == [("Mona", "Not sent: Mine")]


def test_a_job_made_again_by_hand_sends_no_second_mail(cast, mailing, rows):
    mailing.schedule()
    mailing.run()
    job = Job.objects.get()
    job.pk, job.public_id, job.key = None, "a" * 32, "b" * 32
    job.state, job.finished_at = JobState.QUEUED, None
    job.save(force_insert=True)
    ScheduleSending.objects.update(state="MAKING")

    endings.end(job_id=job.pk, claim=None, state=JobState.DONE, at=DUE)

    assert mailing.states() == [("Mona", "MAKING")]
    assert len(mailing.mails()) == 1


def test_a_list_that_is_too_long_is_told_to_its_owner(cast, mailing, rows, monkeypatch):
    monkeypatch.setattr("summaries.domain.jobs.requests.MOST_SESSIONS", 2)
    mailing.schedule()

    mailing.run()

    sending = ScheduleSending.objects.get()
    assert (sending.state, sending.note) == (
        "FAILED",
        "One job takes at most 2 sessions. Narrow the list down, then try again.",
    )
    assert mailing.mails() == [("Mona", "Not sent: Mine")]


def test_who_loses_the_role_while_the_file_is_made_gets_none(cast, mailing, rows):
    mailing.schedule(cast.bob)
    begin_due(at=DUE)
    hand_out(sending_id=waiting()[0], at=DUE)
    assign(membership=cast.membership(cast.bob), roles=[])

    mailing.work()
    mailing.run(DUE + timedelta(minutes=1))

    assert ScheduleSending.objects.get().state == "REFUSED"
    assert mailing.mails() == [("Mona", "Not sent: Mine")]


def test_works_council_mode_hides_names_in_mails(cast, mailing, rows):
    cast.northwind.works_council_mode, cast.northwind.pseudonym_key = True, "k" * 64
    cast.northwind.save()
    mailing.schedule(cast.bob)

    mailing.run()

    assert "because Supporter " in Mail.objects.get().text
    assert "Mona" not in Mail.objects.get().text


def test_a_sending_that_is_settled_is_handed_out_no_more(cast, mailing, rows):
    mailing.schedule()
    mailing.run()

    hand_out(sending_id=ScheduleSending.objects.get().pk, at=DUE)

    assert Job.objects.count() == 1


def test_what_is_settled_is_told_once(cast, mailing, rows):
    mailing.schedule()
    begin_due(at=DUE)
    sending = ScheduleSending.objects.select_related("schedule__view", "recipient").get()

    for _again in range(2):
        settle_failed(sending=sending, why="The disk is full.", at=DUE)
        settle_sent(sending=sending, job=None, at=DUE)
        settle_refused(sending=sending, why="No role.", at=DUE)

    assert mailing.mails() == [("Mona", "Not sent: Mine")]
    assert mailing.states() == [("Mona", "FAILED")]


def test_old_times_are_forgotten_and_open_ones_kept(cast, mailing, rows):
    mailing.schedule()
    mailing.run()
    later = DUE + running.KEPT + timedelta(seconds=1)

    assert forget_old(at=DUE + running.KEPT) == 0
    ScheduleSending.objects.update(state="MAKING")
    assert forget_old(at=later) == 0
    ScheduleSending.objects.update(state="SENT")
    assert forget_old(at=later) == 1
