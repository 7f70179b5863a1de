from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from accounts.enums import DeliveryState
from accounts.models import AISettings, AuditEntry
from accounts.tenancy import PermissionMissing
from policies.enums import Verdict
from summaries.domain.reading.release import NotReleased
from summaries.domain.sending.mails import (
    KEPT,
    MOST_OF_A_COMPANY,
    MOST_OF_A_MEMBER,
    UnableToSend,
    forget_old,
    mails_of,
    settings_of,
    ticket_link,
)
from summaries.models import Summary, SummaryMail
from summaries.tasks import forget_sent_summaries
from tests.summaries.domain.correction.cases import summary_of
from tests.summaries.domain.sending.cases import TO_A_PERSON, TO_THE_TICKET, enter_mailbox, send_it
from tests.summaries.session_rows import add_session


@pytest.fixture
def session(cast):
    return summary_of(cast.northwind, cast.bob).session


def copies(mail, count, **fields):
    """*count* more mails like *mail*."""
    names = ("company", "summary", "revision", "sender", "address", "asked_at", "next_attempt_at")
    values = {name: getattr(mail, name) for name in names} | fields
    SummaryMail.objects.bulk_create(SummaryMail(key=uuid4(), **values) for _ in range(count))


def test_a_person_gets_the_text_that_was_seen(cast, session, at, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        mail = send_it(session, cast.bob, at, address=" erika@customer.example ", note=" As promised. ")

    assert (mail.address, mail.ticket, mail.note, mail.sender) == (
        "erika@customer.example",
        "",
        "As promised.",
        cast.bob,
    )
    assert (mail.revision.number, mail.state, mail.asked_at) == (1, DeliveryState.WAITING, at)
    entry = AuditEntry.objects.get(action="summary.sent")
    assert (entry.actor, entry.details) == (cast.bob, {"to": "address"})
    assert [each.task["func"] for each in OrmQ.objects.all()] == ["summaries.tasks.send_summaries"]
    assert mails_of(session=session) == [mail]


def test_the_same_form_twice_is_one_mail(cast, session, at):
    key = uuid4()

    assert send_it(session, cast.bob, at, key=key) == send_it(session, cast.bob, at, key=key)
    assert SummaryMail.objects.count() == 1


@pytest.mark.parametrize("to", [{"address": "other@customer.example"}, {"ticket": "INC-1042"}])
def test_a_form_that_was_sent_is_not_sent_to_somebody_else(cast, session, at, to):
    enter_mailbox(cast.northwind)
    key = uuid4()
    send_it(session, cast.bob, at, key=key)

    with pytest.raises(UnableToSend, match="sent before, to somebody else"):
        send_it(session, cast.bob, at, key=key, **to)
    with pytest.raises(UnableToSend, match="sent before, to somebody else"):
        send_it(session, cast.alice, at, key=key)

    assert SummaryMail.objects.get().address == "erika@customer.example"


def test_a_ticket_is_reached_by_its_mailbox(cast, session, at):
    enter_mailbox(cast.northwind)

    mail = send_it(session, cast.bob, at, **TO_THE_TICKET)

    assert (mail.address, mail.ticket) == ("desk@northwind.example", "INC-1042")
    assert AuditEntry.objects.get(action="summary.sent").details == {"to": "ticket", "ticket": "INC-1042"}


def test_without_a_mailbox_no_ticket_is_reached(cast, session, at):
    with pytest.raises(UnableToSend, match="enters it in AI settings under Tickets") as refusal:
        send_it(session, cast.bob, at, **TO_THE_TICKET)

    assert refusal.value.field == "ticket"


@pytest.mark.parametrize("ticket", ["x" * 61, "INC]\nBcc: a@b.example", "…", "-1]"])
def test_a_ticket_number_is_one(cast, session, at, ticket):
    enter_mailbox(cast.northwind)

    with pytest.raises(UnableToSend, match="as the ticket system does"):
        send_it(session, cast.bob, at, ticket=ticket)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "erika",
        "a@b.example, c@d.example",
        "a@b.example\nBcc: c@d.example",
        '"a,c"@d.example',
        '"<a@b.example>"@d.example',
        '"\x01"@d.example',
        '"\\\x0b"@d.example',
    ],
)
def test_an_address_is_one(cast, session, at, address):
    with pytest.raises(UnableToSend, match="Enter one e-mail address") as refusal:
        send_it(session, cast.bob, at, address=address)

    assert (refusal.value.field, SummaryMail.objects.count()) == ("address", 0)


def test_what_was_sent_goes_there_again_only_when_that_is_wished(cast, session, at):
    send_it(session, cast.bob, at)

    with pytest.raises(UnableToSend, match="went there already"):
        send_it(session, cast.bob, at, address="ERIKA@customer.example")

    assert send_it(session, cast.bob, at, again=True, **TO_A_PERSON).pk
    assert send_it(session, cast.bob, at, address="somebody@else.example").pk


def test_what_failed_may_be_sent_again(cast, session, at):
    send_it(session, cast.bob, at)
    SummaryMail.objects.update(state=DeliveryState.FAILED)

    assert send_it(session, cast.bob, at).state == DeliveryState.WAITING


def test_a_text_that_was_not_seen_is_not_sent(cast, session, at):
    with pytest.raises(UnableToSend, match="changed meanwhile"):
        send_it(session, cast.bob, at, revision=2, **TO_A_PERSON)


def test_a_long_message_is_refused(cast, session, at):
    with pytest.raises(UnableToSend, match="at most 2000 characters") as refusal:
        send_it(session, cast.bob, at, address="a@b.example", note="x" * 2001)

    assert refusal.value.field == "note"


def test_where_there_is_no_text_nothing_is_sent(cast, at):
    with pytest.raises(UnableToSend, match="no summary to send yet"):
        send_it(add_session(cast.northwind, cast.bob, 2), cast.bob, at)


def test_without_consent_nothing_is_sent(cast, session, at):
    session.verdict = Verdict.NO

    with pytest.raises(UnableToSend, match="no summary to send yet"):
        send_it(session, cast.bob, at)


def test_what_has_to_be_approved_is_held_back(cast, session, at):
    AISettings.objects.filter(company=cast.northwind).update(approval_required=True)

    with pytest.raises(NotReleased):
        send_it(session, cast.bob, at)

    Summary.objects.update(review="APPROVED")
    assert send_it(session, cast.bob, at).pk


def test_only_who_may_take_it_out_may_send_it(cast, at):
    theirs = summary_of(cast.contoso, cast.charlie).session

    for session in (theirs, summary_of(cast.northwind, cast.mona, number=2).session):
        with pytest.raises(PermissionMissing):
            send_it(session, cast.bob, at)


@pytest.mark.parametrize(("count", "sender"), [(MOST_OF_A_MEMBER, "bob"), (MOST_OF_A_COMPANY, "mona")])
def test_an_hour_has_a_limit(cast, session, at, count, sender):
    first = send_it(session, cast.bob, at)
    copies(first, count - 1, sender=getattr(cast, sender))

    with pytest.raises(UnableToSend, match="in the last hour"):
        send_it(session, cast.bob, at, address="somebody@else.example")

    assert send_it(session, cast.bob, at + timedelta(hours=1), address="somebody@else.example").pk


def test_to_whom_it_went_is_forgotten(cast, session, at):
    send_it(session, cast.bob, at)
    send_it(session, cast.bob, at + timedelta(days=2), again=True, **TO_A_PERSON)

    assert forget_old(at=at + KEPT + timedelta(days=1)) == 1
    SummaryMail.objects.update(asked_at=timezone.now() - KEPT)
    forget_sent_summaries()
    assert SummaryMail.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_one_query(cast, session, at, count, django_assert_num_queries):
    copies(send_it(session, cast.bob, at), count - 1)

    with django_assert_num_queries(1):
        assert [str(each.sender) + str(each.revision.number) for each in mails_of(session=session)]


@pytest.mark.parametrize(
    ("wording", "ticket", "address"),
    [
        ("https://desk.example/{ticket}", " INC 7#2 ", "https://desk.example/INC%207%232"),
        ("https://desk.example/{ticket}", "", ""),
        ("https://desk.example/{ticket}", "<b>", ""),
        ("", "INC-1", ""),
    ],
)
def test_a_ticket_has_an_address_where_the_company_entered_one(cast, wording, ticket, address):
    enter_mailbox(cast.northwind, ticket_link=wording)

    assert ticket_link(settings_of(company=cast.northwind), ticket) == address
