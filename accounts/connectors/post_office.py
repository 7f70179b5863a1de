"""Hands a mail to the mail server that the operator names (`EMAIL_URL`)."""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext

_REFUSED_FOR_GOOD = 500


class UnableToPost(Exception):
    """The mail server did not take the mail. *permanent*: it never will; *is_away*: it takes no mail at all now."""

    def __init__(self, problem: str, *, permanent: bool = False, is_away: bool = False) -> None:
        super().__init__(problem)
        self.permanent = permanent
        self.is_away = is_away


@dataclass(frozen=True, slots=True)
class Attachment:
    """*content_type*: such as "application/pdf"."""

    file_name: str
    content: bytes
    content_type: str


def post(
    *,
    to: str,
    subject: str,
    text: str,
    html: str,
    name: str,
    reply_to: str = "",
    attachments: Sequence[Attachment] = (),
    unsubscribe: str = "",
) -> None:
    """Send one mail to one address. *name* makes its Message-ID: the same name, the same id. Raises UnableToPost.

    *reply_to*: whom an answer goes to, where that is not the portal's own sender. *unsubscribe*: the address at which
    one POST ends such mails (RFC 8058).
    """
    mail = EmailMultiAlternatives(subject=subject, body=text, to=[to], headers=_headers(name, unsubscribe))
    mail.reply_to = [reply_to] if reply_to else []
    for each in attachments:
        mail.attach(each.file_name, each.content, each.content_type)
    if html:
        mail.attach_alternative(html, "text/html")
    _send(mail)


def _headers(name: str, unsubscribe: str) -> dict[str, str]:
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    host = sender.rpartition("@")[2] or "localhost"
    leave = {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return {"Message-ID": f"<{name}@{host}>"} | (leave if unsubscribe else {})


def _send(mail: EmailMultiAlternatives) -> None:
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        said = f"The mail server refused the recipient ({', '.join(map(str, codes))})."
        raise UnableToPost(said, permanent=all(code >= _REFUSED_FOR_GOOD for code in codes)) from error
    except smtplib.SMTPAuthenticationError as error:
        # The server's own words may repeat the account that the operator signs in with.
        raise UnableToPost(gettext("The mail server refused the sign-in of the portal."), is_away=True) from error
    except (smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected, smtplib.SMTPHeloError) as error:
        raise UnableToPost(
            gettext("The mail server broke off: %(name__)s.") % {"name__": type(error).__name__}, is_away=True
        ) from error
    except smtplib.SMTPResponseException as error:
        said = f"The mail server answered {error.smtp_code}."
        raise UnableToPost(said, permanent=error.smtp_code >= _REFUSED_FOR_GOOD) from error
    except smtplib.SMTPException as error:
        raise UnableToPost(
            gettext("The mail server refused: %(name__)s.") % {"name__": type(error).__name__}, permanent=True
        ) from error
    except OSError as error:
        raise UnableToPost(
            gettext("The mail server can't be reached: %(name__)s.") % {"name__": type(error).__name__}, is_away=True
        ) from error
