"""A summary of Bob's, and letters that send it."""

from uuid import uuid4

from accounts.models import AISettings
from summaries.domain.sending.mails import Letter, send
from summaries.domain.sending.work import send_due

TO_A_PERSON = {"address": "erika@customer.example", "note": "As promised."}
TO_THE_TICKET = {"ticket": "INC-1042"}


def enter_mailbox(company, **values):
    wish = {"ticket_address": "desk@northwind.example", **values}
    AISettings.objects.filter(company=company).update(**wish)


def send_it(session, actor, at, *, key=None, **values):
    letter = Letter(**{"revision": 1, **(values or TO_A_PERSON)})
    return send(session=session, letter=letter, key=key or uuid4(), actor=actor, at=at)


def run(at) -> int:
    """One run whose clock stands still."""
    return send_due(clock=lambda: at, seconds=50)
