"""Mails by way of rows, against a real SMTP server on loopback."""

import socketserver
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from accounts.domain import mailing, members
from accounts.domain.mailing import PAUSES, forget_old, queue_mail, send_due
from accounts.enums import DeliveryState
from accounts.models import Mail
from accounts.tasks import send_mails
from tests.at_once import at_once, shared_database
from tests.conftest import build_cast
from tests.mail_server import mail_server

__all__ = ["mail_server"]


def queue(cast, at, *recipients, company=None, **values):
    wish = {
        "key": "endpoint:7",
        "subject": "An endpoint was switched off",
        "template": "webhook_disabled",
        "context": {"endpoint": "Ticket <desk>", "reason": "it is gone.", "endpoint_id": 7},
    }
    return queue_mail(
        company=company or cast.northwind, recipients=recipients or [cast.alice], at=at, **{**wish, **values}
    )


def send(at):
    return send_due(clock=lambda: at, seconds=50)


def test_a_mail_goes_to_each_recipient_once(cast, at, mail_server, settings):
    settings.PORTAL_URL = "https://portal.example"

    assert queue(cast, at, cast.alice, cast.bob) == 2
    assert queue(cast, at, cast.alice, cast.bob, cast.mona) == 1
    assert send(at) == 3
    assert send(at) == 0

    assert mail_server.recipients == [[cast.alice.email], [cast.bob.email], [cast.mona.email]]
    first = mail_server.mails[0]
    assert first["Subject"] == "An endpoint was switched off"
    assert "https://portal.example/webhooks/7/" in first.get_body(("plain",)).get_content()
    assert "“Ticket <desk>” of Northwind" in first.get_body(("plain",)).get_content()
    assert "“Ticket &lt;desk&gt;” of Northwind" in first.get_body(("html",)).get_content()


def test_a_mail_tells_mail_programs_how_to_end_such_mails(cast, at, mail_server, settings):
    settings.PORTAL_URL = "https://portal.example"
    queue(cast, at, unsubscribe="/leave/7/")
    queue(cast, at, key="without")
    settings.PORTAL_URL = ""
    queue(cast, at, key="without an address", unsubscribe="/leave/7/")

    send(at)

    told = [(mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) for mail in mail_server.mails]
    assert told == [("<https://portal.example/leave/7/>", "List-Unsubscribe=One-Click"), (None, None), (None, None)]


def test_the_same_key_of_another_company_is_another_mail(cast, at):
    queue(cast, at, cast.alice)

    assert queue(cast, at, cast.charlie, company=cast.contoso) == 1


def test_the_text_is_forgotten_once_it_has_gone(cast, at, mail_server):
    queue(cast, at)
    assert "Ticket" in Mail.objects.get().text

    send(at)

    mail = Mail.objects.get()
    assert (mail.state, mail.text, mail.html, mail.settled_at) == (DeliveryState.DELIVERED, "", "", at)


def test_a_name_with_line_breaks_adds_no_header(cast, at, mail_server):
    queue(cast, at, subject="Of Northwind\r\nBcc: eve@example.org\r\n\r\nHello")

    assert send(at) == 1

    assert mail_server.mails[0]["Subject"] == "Of Northwind Bcc: eve@example.org Hello"
    assert mail_server.mails[0]["Bcc"] is None
    assert mail_server.recipients == [[cast.alice.email]]


def test_sending_is_queued_with_the_transaction(cast, at, mail_server, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        queue(cast, timezone.now())
        queue(cast, timezone.now())

    [task] = [row.task for row in OrmQ.objects.all()]
    assert (task["func"], task["kwargs"]) == (mailing.TASK, {})
    send_mails()
    assert len(mail_server.mails) == 1


def test_a_mail_that_is_refused_for_now_is_tried_again_with_growing_pauses(cast, at, mail_server):
    mail_server.says = "451 later"
    queue(cast, at)
    moment = at
    for number, pause in enumerate(PAUSES, start=1):
        assert send(moment) == 0
        mail = Mail.objects.get()
        assert (mail.state, mail.attempt_count) == (DeliveryState.WAITING, number)
        assert mail.next_attempt_at == moment + pause
        assert mail.last_problem == "The mail server refused the recipient (451)."
        assert send(moment + pause - timedelta(seconds=1)) == 0
        moment += pause

    send(moment)

    mail = Mail.objects.get()
    assert (mail.state, mail.text, mail.attempt_count) == (DeliveryState.FAILED, "", len(PAUSES) + 1)


def test_a_mail_is_taken_at_the_second_attempt_under_the_same_id(cast, at, mail_server):
    mail_server.says_at_end = "451 later"
    queue(cast, at)
    send(at)
    assert Mail.objects.get().last_problem == "The mail server answered 451."
    mail_server.says_at_end = ""

    send(at + PAUSES[0])

    assert Mail.objects.get().state == DeliveryState.DELIVERED
    [taken] = mail_server.mails
    # A worker that was killed before it wrote so down sends it again.
    Mail.objects.update(state=DeliveryState.WAITING, leased_until=at, text="Again")
    send(at + PAUSES[0])
    assert [mail["Message-ID"] for mail in mail_server.mails] == [taken["Message-ID"]] * 2


@pytest.mark.parametrize(("place", "answer"), [("says", "550 no such box"), ("says_at_end", "554 no")])
def test_a_mail_that_is_refused_for_good_is_not_tried_again(cast, at, mail_server, place, answer):
    setattr(mail_server, place, answer)
    queue(cast, at)

    assert send(at) == 0

    mail = Mail.objects.get()
    assert (mail.state, mail.text, mail.attempt_count) == (DeliveryState.FAILED, "", 1)


def test_nothing_is_sent_to_who_is_no_longer_a_member(cast, at, mail_server):
    queue(cast, at, cast.bob)
    members.remove_member(membership=cast.membership(cast.bob), at=at)

    assert send(at) == 0

    mail = Mail.objects.get()
    assert (mail.state, mail.last_problem, mail.text) == (DeliveryState.FAILED, mailing.NO_MEMBER, "")
    assert mail_server.mails == []


def test_a_server_that_is_away_is_asked_once_in_a_run(cast, at, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    queue(cast, at, cast.alice, cast.bob)

    assert send(at) == 0

    tried, untried = Mail.objects.order_by("pk")
    assert tried.last_problem == "The mail server can't be reached: ConnectionRefusedError."
    assert (tried.attempt_count, untried.attempt_count) == (1, 0)


class _BreaksOff(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(self.server.greeting)


@pytest.mark.parametrize(
    ("greeting", "problem"),
    [
        (b"554 go away\r\n", "The mail server broke off: SMTPConnectError."),
        (b"", "The mail server broke off: SMTPServerDisconnected."),
    ],
)
def test_a_server_that_breaks_off_is_asked_again_later(cast, at, settings, greeting, problem):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    queue(cast, at)
    with socketserver.TCPServer(("127.0.0.1", 0), _BreaksOff) as server:
        server.greeting = greeting
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        threading.Thread(target=server.handle_request).start()

        assert send(at) == 0

    assert Mail.objects.get().last_problem == problem


def test_a_killed_worker_is_followed_after_its_lease(cast, at, mail_server):
    queue(cast, at)
    Mail.objects.update(leased_until=at + timedelta(minutes=2), attempt_count=1)

    assert send(at + timedelta(minutes=1)) == 0
    assert send(at + timedelta(minutes=2)) == 1


def test_a_mail_that_kills_its_workers_is_given_up(cast, at, mail_server):
    queue(cast, at)
    Mail.objects.update(leased_until=at, attempt_count=len(PAUSES) + 1)

    assert send(at) == 0

    assert Mail.objects.get().state == DeliveryState.FAILED


def test_a_mail_that_is_deleted_once_it_is_taken_is_left_out(cast, at, mail_server):
    queue(cast, at, cast.alice, cast.bob)

    def delete_the_taken(execute, sql, *sent):
        found = execute(sql, *sent)
        if sql.startswith("UPDATE"):
            Mail.objects.filter(recipient=cast.alice).delete()
        return found

    with connection.execute_wrapper(delete_the_taken):
        assert send(at) == 1

    assert mail_server.recipients == [[cast.bob.email]]


def test_a_run_ends_when_its_time_is_over(cast, at, mail_server):
    queue(cast, at, cast.alice, cast.bob)
    moments = iter([at, at, at, at + timedelta(seconds=60)])

    assert send_due(clock=lambda: next(moments), seconds=50) == 1

    assert Mail.objects.filter(state=DeliveryState.WAITING).count() == 1


def test_mails_are_forgotten_after_thirty_days(cast, at):
    queue(cast, at - timedelta(days=30, seconds=1), key="old")
    queue(cast, at - timedelta(days=30), key="young")

    assert forget_old(at=at) == 1

    assert list(Mail.objects.values_list("key", flat=True)) == ["young"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_a_mail_once(transactional_db, at, mail_server, tmp_path):
    cast = build_cast()
    with shared_database(tmp_path):
        at_once(lambda: queue(cast, at))
        outcomes = at_once(lambda: send(at), lambda: send(at))

        assert sorted(outcomes) == [0, 1]
        assert len(mail_server.mails) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_queue_the_same_mail_queue_it_once(transactional_db, at, tmp_path):
    cast = build_cast()
    with shared_database(tmp_path):
        outcomes = at_once(lambda: queue(cast, at), lambda: queue(cast, at))

        assert sorted(outcomes) == [0, 1]
