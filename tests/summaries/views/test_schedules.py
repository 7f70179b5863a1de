import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from summaries.domain.schedules import choosing
from summaries.domain.schedules.links import leave_token
from summaries.models import ScheduleRecipient, ScheduleSending, ViewSchedule
from summaries.views import schedules
from tests.conftest import NOW
from tests.summaries.domain.schedules.conftest import DUE, Mailing
from tests.summaries.session_rows import add_session

LIST, NEW = reverse("summaries:schedules"), reverse("summaries:schedule_new")


@pytest.fixture
def mailing(cast, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return Mailing(cast)


def text(answer):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def page(name, schedule):
    return reverse(f"summaries:{name}", args=[schedule.public_id])


def form(view, *recipients, **changes):
    sent = {
        "view": view.pk,
        "form": "XLSX",
        "rhythm": "MONTHLY",
        "hour": "6",
        "weekday": "2",
        "day": "31",
        "time_zone": "Europe/Berlin",
        "recipient": [user.pk for user in recipients],
    }
    return {**sent, **changes}


def test_a_member_schedules_a_view(cast, mailing, signed_in):
    view = mailing.view()
    client = signed_in(cast.mona)
    shown = text(client.get(NEW, {"view": view.pk}))
    assert "Mona Alice Bob" in shown

    answer = client.post(NEW, form(view, cast.mona, cast.bob, sends_empty="on"))

    made = ViewSchedule.objects.get()
    assert answer["Location"] == page("schedule", made)
    assert (made.form, made.rhythm, made.hour, made.weekday, made.day, made.time_zone, made.sends_empty) == (
        "XLSX",
        "MONTHLY",
        6,
        2,
        31,
        "Europe/Berlin",
        True,
    )
    assert "Alice" in text(client.get(answer["Location"]))


def test_what_can_t_be_scheduled_is_told_and_nothing_is_lost(cast, mailing, signed_in):
    view = mailing.view()
    client = signed_in(cast.mona)

    answer = client.post(NEW, form(view, cast.bob, hour="x", day="9" * 30, sends_empty="on"))

    page_text = answer.content.decode()
    assert answer.status_code == 409
    assert "Choose an hour from 0 to 23" in text(answer)
    assert f'value="{cast.bob.pk}" id="recipient-{cast.bob.pk}" checked' in page_text
    assert '<option value="MONTHLY" selected>' in page_text
    assert not ViewSchedule.objects.exists()


def recipients():
    return sorted(ScheduleRecipient.objects.values_list("user__name", flat=True))


def test_saving_drops_nobody_who_was_not_shown(cast, mailing, signed_in, monkeypatch):
    made = mailing.schedule(cast.mona)
    monkeypatch.setattr(choosing, "MOST_SHOWN", 2)
    client = signed_in(cast.mona)
    shown = client.get(page("schedule", made)).content.decode()
    sent = form(made.view, recipient=re.findall(r'value="(\d+)" id="recipient-\d+" checked', shown))

    client.post(page("schedule", made), {**sent, "others": "Bob"})

    assert "Others, one in a line" in shown
    assert recipients() == ["Bob", "Mona"]
    refused = client.post(page("schedule", made), {**sent, "others": "Nobody"})
    assert refused.status_code == 409
    assert ">Nobody</textarea>" in refused.content.decode()
    assert recipients() == ["Bob", "Mona"]


def test_a_company_that_is_shown_whole_has_nobody_to_type(cast, mailing, signed_in):
    assert "Others" not in text(signed_in(cast.mona).get(page("schedule", mailing.schedule())))


def test_a_view_is_chosen_first(cast, mailing, signed_in):
    client = signed_in(cast.mona)
    assert "No view yet" in text(client.get(NEW))

    view = mailing.view(name="Night shift")

    shown = client.get(NEW, {"view": "x"})
    assert f'href="{NEW}?view={view.pk}"' in shown.content.decode()
    assert "Night shift" in text(shown)


def test_a_view_that_one_may_not_open_is_not_found(cast, mailing, signed_in):
    private = mailing.view(is_shared=False)

    assert signed_in(cast.bob).get(NEW, {"view": private.pk}).status_code == 404
    assert signed_in(cast.charlie).post(NEW, form(private, cast.charlie)).status_code == 404
    assert "You alone" in text(signed_in(cast.mona).get(NEW, {"view": private.pk}))


def test_the_list_says_what_to_do_first(cast, mailing, signed_in):
    client = signed_in(cast.mona)
    assert "Save a list as a view first" in text(client.get(LIST))

    mailing.view()

    assert "Choose one of your saved views" in text(client.get(LIST))


def test_the_list_shows_when_and_what_became_of_it(cast, mailing, signed_in):
    add_session(cast.northwind, cast.bob, 1)
    made = mailing.schedule(cast.mona, cast.bob)
    mailing.run()
    client = signed_in(cast.mona)

    shown = text(client.get(LIST))
    assert "Mine Every day, List as CSV" in shown
    assert "Sent Sent" in shown
    assert "Sent to you by others" in text(signed_in(cast.bob).get(LIST))
    one = text(client.get(page("schedule", made)))
    assert "Bob Sent 1" in one
    assert "Mona Sent 1" in one


def test_a_failure_is_shown_with_its_reason(cast, mailing, signed_in):
    made = mailing.schedule()
    ScheduleSending.objects.create(
        company=cast.northwind,
        schedule=made,
        recipient=cast.mona,
        period="2026-11-20",
        due_at=NOW,
        state="FAILED",
        note="The disk is full.",
        missed=2,
    )

    shown = text(signed_in(cast.mona).get(page("schedule", made)))

    assert "Failed The disk is full." in shown
    assert "2 earlier times were missed" in shown


def test_its_owner_changes_pauses_and_deletes_it(cast, mailing, signed_in):
    made = mailing.schedule(cast.mona, cast.bob)
    client = signed_in(cast.mona)

    client.post(page("schedule", made), form(made.view, cast.mona))
    made.refresh_from_db()
    assert made.form == "XLSX"
    assert client.post(page("schedule", made), form(made.view)).status_code == 409
    client.post(page("schedule_pause", made), {"do": "pause"})
    made.refresh_from_db()
    assert made.is_paused
    assert "Paused" in text(client.get(LIST))
    assert "Go on" in text(client.get(page("schedule", made)))
    client.post(page("schedule_pause", made), {"do": "resume"})
    made.refresh_from_db()
    assert not made.is_paused
    assert client.post(page("schedule_delete", made))["Location"] == LIST
    assert not ViewSchedule.objects.exists()


def test_a_recipient_may_leave_and_change_nothing(cast, mailing, signed_in):
    made = mailing.schedule(cast.mona, cast.bob)
    client = signed_in(cast.bob)

    assert "Change it" not in text(client.get(page("schedule", made)))
    assert client.post(page("schedule", made), form(made.view, cast.bob)).status_code == 409
    for name in ("schedule_pause", "schedule_delete"):
        assert "not yours to change" in text(client.post(page(name, made), follow=True))
    made.refresh_from_db()
    assert (made.form, made.is_paused) == ("CSV", False)

    client.post(page("schedule_leave", made))

    assert ScheduleRecipient.objects.get(user=cast.bob).unsubscribed_at is not None
    assert ScheduleRecipient.objects.get(user=cast.mona).unsubscribed_at is None
    assert client.get(page("schedule", made)).status_code == 404
    assert "Bob (left)" in text(signed_in(cast.mona).get(page("schedule", made)))


def leave_address(cast):
    return reverse("summaries:schedule_leave_link", args=[leave_token(ScheduleRecipient.objects.get(user=cast.bob))])


def test_a_look_at_the_link_of_a_mail_ends_nothing(cast, mailing):
    User.objects.filter(pk=cast.bob.pk).update(language="de")
    mailing.schedule(cast.mona, cast.bob)

    answer = Client().get(leave_address(cast))

    assert (answer.status_code, answer["Referrer-Policy"]) == (200, "no-referrer")
    assert "Mine" in text(answer)
    assert ScheduleRecipient.objects.get(user=cast.bob).unsubscribed_at is None


def test_one_click_of_a_mail_program_ends_the_mails(cast, mailing):
    mailing.schedule(cast.mona, cast.bob)
    browser = Client(enforce_csrf_checks=True)
    address = leave_address(cast)

    answers = [browser.post(address, {"List-Unsubscribe": "One-Click"}) for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 200]
    assert "is no longer sent to you" in text(answers[1])
    assert "sessionid" not in browser.cookies
    assert ScheduleRecipient.objects.get(user=cast.bob).unsubscribed_at is not None
    assert "is no longer sent to you" in text(browser.get(address))


def test_a_forged_link_is_none(cast, mailing, monkeypatch):
    monkeypatch.setattr(schedules, "LEAVES_A_MINUTE", 1)
    address = reverse("summaries:schedule_leave_link", args=["1:forged"])

    assert Client().post(address).status_code == 404
    assert Client().post(address).status_code == 429


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_a_fixed_number_of_queries(cast, mailing, signed_in, django_assert_num_queries, count):
    for number in range(count):
        mailing.schedule(cast.mona, cast.bob, view=mailing.view(name=f"View {number}"))
    mailing.run(DUE)
    client = signed_in(cast.mona)
    client.get(LIST)

    with django_assert_num_queries(6):
        answer = client.get(LIST)

    assert text(answer).count("Every day, List as CSV") == count
