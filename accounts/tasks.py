"""Thin adapters between the queue and the domain."""

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.domain import invitations, languages, mailing, webhook_sending
from accounts.domain.audit_chain import seal_leftovers

#: What is left then is the next minute's; well below the queue's own time limit for a task.
SENDING_SECONDS = 50


def seal_audit_log() -> None:
    """Every minute: seal what no process sealed after its commit."""
    seal_leftovers()


def send_invitation(*, invitation_id: int, origin: str, language: str = "") -> None:
    """Mail the link of an open invitation, whose address begins with *origin*. Sent twice, it is the same link.

    It is written in the language of the account that it is for; where there is none, in *language*, the inviter's.
    """
    invitation = invitations.to_send(invitation_id=invitation_id, at=timezone.now())
    if invitation is None:
        return
    link = origin + reverse("accounts:invitation", args=[invitations.token_of(invitation)])
    shown = {"invitation": invitation, "company": invitation.company, "link": link}
    with translation.override(language or None), languages.speaking_to(invitations.account_of(invitation=invitation)):
        mail = EmailMultiAlternatives(
            # A name may hold line breaks, a header may not.
            subject=" ".join(
                (_("%(company)s invites you to Session Insights") % {"company": invitation.company}).split()
            ),
            body=render_to_string("emails/invitation.txt", shown),
            to=[invitation.email],
        )
        mail.attach_alternative(render_to_string("emails/invitation.html", shown), "text/html")
    mail.send()
    invitations.note_sent(invitation=invitation, at=timezone.now())


def forget_ended_invitations() -> None:
    """Every night: forget whom a company once invited, and messages and mails that went a month ago."""
    invitations.forget_ended(at=timezone.now())
    mailing.forget_old(at=timezone.now())
    webhook_sending.forget_old(at=timezone.now())


def send_mails(*, seconds: float = SENDING_SECONDS) -> None:
    """After a transaction that queued mails, and every minute: send what is due."""
    mailing.send_due(clock=timezone.now, seconds=seconds)


def send_webhooks(*, seconds: float = SENDING_SECONDS) -> None:
    """After a transaction that announced something, and every minute: send what is due."""
    webhook_sending.send_due(clock=timezone.now, seconds=seconds)
