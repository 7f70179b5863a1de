"""The link in a mail that ends such mails: signed, without an end, and good for nothing else."""

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

from summaries.models import ScheduleRecipient

_SALT = "schedule.leave"


class InvalidLink(Exception):
    """The link was not made here, or what it ends is gone already."""


def leave_token(recipient: ScheduleRecipient) -> str:
    return Signer(salt=_SALT).sign(str(recipient.pk))


def recipient_of(token: str) -> ScheduleRecipient:
    """Whose mails *token* ends. Raises InvalidLink, for a forged one before any query."""
    try:
        pk = int(Signer(salt=_SALT).unsign(token))
    except BadSignature as error:
        raise InvalidLink(_("This link is not valid. Copy it whole from the mail.")) from error
    rows = ScheduleRecipient.objects.select_related("schedule__view", "schedule__company", "user")
    found: ScheduleRecipient | None = rows.filter(pk=pk).first()
    if found is None:
        raise InvalidLink(_("These mails have ended already: the schedule or the view was deleted."))
    return found
