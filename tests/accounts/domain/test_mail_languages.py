"""Each mail is in the language of the person who gets it, whoever caused it."""

import pytest
from django.core import mail as outbox
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from accounts.domain import invitations, mailing
from accounts.models import Mail, User
from accounts.tasks import send_invitation
from credits.domain import order_notices
from credits.tasks import mail_operator
from tests.credits.ordering import make_order, make_pack

ORIGIN = "https://portal.example"


def page_language(html):
    tag = html[html.index("<html") :].partition(">")[0]
    return tag.split('lang="')[1].split('"')[0], tag.split('dir="')[1].split('"')[0]


def test_each_recipient_reads_their_own_language(cast, at):
    User.objects.filter(pk=cast.bob.pk).update(language="de")
    User.objects.filter(pk=cast.mona.pk).update(language="ar")
    people = User.objects.filter(pk__in=[cast.alice.pk, cast.bob.pk, cast.mona.pk])

    with translation.override("es"):
        mailing.queue_mail(
            company=cast.northwind,
            recipients=people,
            key="told",
            subject=gettext_lazy("Monday"),
            template="webhook_disabled",
            context={"endpoint": "Desk", "reason": "It is gone.", "endpoint_id": 1},
            at=at,
        )

    told = {mail.recipient.name: (mail.subject, *page_language(mail.html)) for mail in Mail.objects.all()}
    assert told == {
        "Alice": ("lunes", "es", "ltr"),
        "Bob": ("Montag", "de", "ltr"),
        "Mona": ("الاثنين", "ar", "rtl"),
    }


@pytest.mark.parametrize(
    ("account", "of_account", "of_inviter", "expected"),
    [(True, "ar", "de", ("ar", "rtl")), (True, "", "de", ("de", "ltr")), (False, "", "de", ("de", "ltr"))],
)
def test_an_invitation_is_in_the_language_of_its_account_else_of_who_invites(
    cast, at, django_capture_on_commit_callbacks, account, of_account, of_inviter, expected
):
    if account:
        User.objects.create(email="erin@elsewhere.example", name="Erin", language=of_account)
    invitation = invitations.invite(
        company=cast.northwind,
        email="erin@elsewhere.example",
        name="Erin",
        granted=[],
        log_sessions=True,
        origin=ORIGIN,
        actor=cast.alice,
        at=timezone.now(),
    )

    send_invitation(invitation_id=invitation.pk, origin=ORIGIN, language=of_inviter)

    assert page_language(outbox.outbox[0].alternatives[0].content) == expected


def test_an_operator_reads_their_own_language(cast, settings):
    operator = User.objects.create(email="ops@portal.example", name="Ops", is_staff=True, language="de")
    settings.OPERATOR_EMAIL = "ops@portal.example"
    order = make_order(cast, make_pack())

    mail_operator(order_id=order.pk, operator_id=operator.pk, what="ordered")
    mail_operator(order_id=order.pk, operator_id=order_notices.OPERATOR_EMAIL_ID, what="ordered")

    assert [page_language(sent.alternatives[0].content) for sent in outbox.outbox] == [("de", "ltr")] * 2


def test_amounts_of_an_order_are_written_for_their_reader(cast):
    order = make_order(cast, make_pack())
    shown = order_notices.context_of(order)

    told = {}
    for language in ("en", "de"):
        with translation.override(language):
            told[language] = str(shown["total"])

    assert told == {"en": "119.00 EUR", "de": "119,00 EUR"}
