"""Summaries on their way by mail, against a real SMTP server on loopback."""

from datetime import timedelta

import pytest
from django.db.models.signals import post_init

from accounts.domain import deliveries
from accounts.domain.mailing import PAUSES
from accounts.enums import DeliveryState
from accounts.models import AISettings, AuditEntry, Mail, Membership
from policies.enums import Verdict
from summaries.domain.keeping.removal import delete_summary
from summaries.domain.reports.export import render_report
from summaries.domain.sending import work
from summaries.models import Summary, SummaryMail, SummaryRevision, SupportSession
from summaries.tasks import send_summaries
from tests.at_once import at_once, shared_database
from tests.conftest import NOW, build_cast
from tests.mail_server import mail_server
from tests.summaries.domain.correction.cases import summary_of
from tests.summaries.domain.sending.cases import TO_THE_TICKET, enter_mailbox, run, send_it

__all__ = ["mail_server"]


@pytest.fixture
def session(cast):
    return summary_of(cast.northwind, cast.bob).session


def stored() -> SummaryMail:
    return SummaryMail.objects.get()


def parts_of(mail):
    """(text, [(name, type, first bytes of each attachment)])."""
    files = [(each.get_filename(), each.get_content_type(), each.get_content()[:5]) for each in mail.iter_attachments()]
    return mail.get_body(("plain",)).get_content(), files


def test_it_goes_with_its_report_and_an_answer_comes_to_the_sender(cast, session, at, mail_server):
    send_it(session, cast.bob, at)

    assert run(at) == 1
    assert run(at) == 0

    [mail] = mail_server.mails
    assert mail_server.recipients == [["erika@customer.example"]]
    assert (mail["Subject"], mail["Reply-To"]) == ("Printer offline after driver update (S-1)", cast.bob.email)
    text, files = parts_of(mail)
    assert text.splitlines()[:4] == ["As promised.", "", "Printer offline after driver update", "S-1 · AI-generated"]
    assert files == [("service-report-S-1.pdf", "application/pdf", b"%PDF-")]
    sent = stored()
    assert (sent.state, sent.settled_at, sent.note) == (DeliveryState.DELIVERED, at, "")
    assert AuditEntry.objects.filter(action="report.exported", actor=cast.bob).count() == 1


def test_a_ticket_finds_it_by_the_subject(cast, session, at, mail_server):
    enter_mailbox(cast.northwind, ticket_subject="[desk #{ticket}] {session}: {title}")
    Summary.objects.update(title="x")
    SummaryRevision.objects.update(
        content=SummaryRevision.objects.get().content | {"title": "A\r\nBcc: {ticket}\u202e"}
    )
    send_it(session, cast.bob, at, **TO_THE_TICKET)

    run(at)

    [mail] = mail_server.mails
    assert mail_server.recipients == [["desk@northwind.example"]]
    assert mail["Subject"].strip() == "[desk #INC-1042] S-1: A Bcc: {ticket}‹U+202E›"
    assert mail["Bcc"] is None


@pytest.mark.parametrize(("language", "heading"), [("de", "Problem"), ("ja", "Problem")])
def test_its_headings_are_in_the_language_of_the_summary_as_far_as_the_portal_speaks_it(
    cast, session, at, mail_server, language, heading
):
    SummaryRevision.objects.update(language=language)
    send_it(session, cast.bob, at)

    run(at)

    assert heading in parts_of(mail_server.mails[0])[0].splitlines()


def _changed(cast):
    summary = Summary.objects.get()
    revision = SummaryRevision.objects.get()
    revision.pk, revision.number = None, 2
    revision.save()
    Summary.objects.filter(pk=summary.pk).update(current=revision)


def _unapproved(cast):
    AISettings.objects.filter(company=cast.northwind).update(approval_required=True)


def _left(cast):
    Membership.objects.filter(user=cast.bob).update(is_active=False)


def _without_consent(cast):
    SupportSession.objects.update(verdict=Verdict.NO)


def _in_the_trash(cast):
    delete_summary(session=SupportSession.objects.get(), actor=cast.alice, at=NOW)


@pytest.mark.parametrize(
    ("happens", "told", "reaches_sender"),
    [
        (_changed, "The summary was changed after it was sent off. Look at it and send it again.", True),
        (_unapproved, "Your company wants summaries approved before they leave the portal", True),
        (_left, "You are no", False),
        (_without_consent, "The summary is not there any more.", True),
        (_in_the_trash, "The summary is not there any more.", True),
    ],
)
def test_what_must_not_go_any_more_does_not(cast, session, at, mail_server, happens, told, reaches_sender):
    send_it(session, cast.bob, at)
    happens(cast)

    assert run(at) == 0

    failed = stored()
    assert mail_server.mails == []
    assert (failed.state, failed.note) == (DeliveryState.FAILED, "")
    if reaches_sender:
        assert failed.last_problem[: len(told)] == told
        notice = Mail.objects.get()
        assert (notice.recipient, notice.subject) == (cast.bob, "A summary could not be sent")
        assert told in notice.text


def _deleted(cast):
    SummaryMail.objects.all().delete()


@pytest.mark.parametrize(
    ("happens", "kept"), [(_without_consent, [DeliveryState.FAILED]), (_left, [DeliveryState.FAILED]), (_deleted, [])]
)
def test_what_must_not_go_once_its_report_is_laid_out_does_not(
    cast, session, at, mail_server, monkeypatch, happens, kept
):
    def lay_out(report, *, paper):
        happens(cast)
        return render_report(report, paper=paper)

    monkeypatch.setattr(work, "render_report", lay_out)
    send_it(session, cast.bob, at)

    assert run(at) == 0

    assert mail_server.mails == []
    assert list(SummaryMail.objects.values_list("state", flat=True)) == kept
    assert not AuditEntry.objects.filter(action="report.exported").exists()


def test_while_the_server_is_away_everything_waits(cast, session, at, mail_server, settings):
    send_it(session, cast.bob, at)
    send_it(session, cast.bob, at, address="somebody@else.example")
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1

    assert run(at) == 0
    assert sorted(SummaryMail.objects.values_list("attempt_count", flat=True)) == [0, 1]

    settings.EMAIL_PORT = port
    assert run(at) == 1
    assert run(at + PAUSES[0]) == 1


def test_a_server_that_will_not_now_is_asked_again_and_at_last_not_any_more(cast, session, at, mail_server):
    send_it(session, cast.bob, at)
    mail_server.says = "451 later"
    moment = at
    for pause in PAUSES:
        assert run(moment) == 0
        moment += pause

    assert run(moment) == 0
    assert (stored().state, stored().attempt_count) == (DeliveryState.FAILED, len(PAUSES) + 1)


def test_a_receiver_that_is_refused_for_good_is_told_at_once(cast, session, at, mail_server):
    send_it(session, cast.bob, at)
    mail_server.says = "550 no such mailbox"

    assert run(at) == 0

    assert (stored().state, stored().last_problem) == (
        DeliveryState.FAILED,
        "The mail server refused the recipient (550).",
    )


def test_what_kills_its_workers_is_given_up(cast, session, at, mail_server):
    send_it(session, cast.bob, at)
    SummaryMail.objects.update(attempt_count=len(PAUSES) + 1)

    assert run(at) == 0

    assert stored().last_problem == "The worker stopped again and again while it sent this."


def test_a_killed_worker_is_followed_after_its_lease_under_the_same_id(cast, session, at, mail_server):
    send_it(session, cast.bob, at)
    deliveries.take(SummaryMail.objects.all(), at=at)

    assert run(at) == 0
    assert run(at + deliveries.LEASE) == 1


def test_what_ends_elsewhere_meanwhile_is_told_once(cast, session, at, mail_server):
    """The lease ended while the report was laid out, and another worker has it."""
    send_it(session, cast.bob, at)
    mail_server.says = "550 no such mailbox"

    def lose(*, instance, **_signal):
        SummaryMail.objects.filter(pk=instance.pk).update(leased_until=at + timedelta(days=1))

    post_init.connect(lose, sender=SummaryMail)
    try:
        assert run(at) == 0
    finally:
        post_init.disconnect(lose, sender=SummaryMail)

    assert (stored().state, Mail.objects.count()) == (DeliveryState.WAITING, 0)


def test_a_run_has_a_time(cast, session, at, mail_server):
    send_it(session, cast.bob, at)
    send_summaries(seconds=0)
    assert stored().attempt_count == 0

    send_summaries()

    assert stored().state == DeliveryState.DELIVERED


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_once(transactional_db, at, tmp_path, mail_server):
    cast = build_cast()
    session = summary_of(cast.northwind, cast.bob).session
    for name in "abcd":
        send_it(session, cast.bob, at, address=f"{name}@customer.example")

    with shared_database(tmp_path):
        results = at_once(lambda: run(at), lambda: run(at))

    assert sum(results) == 4
    assert sorted(mail_server.recipients) == [[f"{name}@customer.example"] for name in "abcd"]
