"""The tab “Deliveries” of a session: send its summary to a ticket or to a person, and see what became of that."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import AISettings
from accounts.permissions import Permission
from insights_portal.lib.field_notes import describe_fields
from summaries.domain.reading import queries
from summaries.domain.reading.reach import require_on
from summaries.domain.reading.release import NotReleased
from summaries.domain.sending.mails import (
    MAX_ADDRESS,
    MAX_NOTE,
    MAX_TICKET,
    Letter,
    UnableToSend,
    mails_of,
    send,
    settings_of,
    ticket_link,
)
from summaries.models import SupportSession
from summaries.views.access import MemberRequest, portal_page
from summaries.views.session import frame, session_of, tabs_of

_TAB = 5
TICKET, ADDRESS = "ticket", "address"
UNPROCESSABLE = 422


class SendForm(forms.Form):
    """*to*: whether the ticket's number or the address counts."""

    to = forms.ChoiceField(
        choices=[(TICKET, gettext_lazy("The ticket")), (ADDRESS, gettext_lazy("A person"))],
        widget=forms.RadioSelect,
        label=gettext_lazy("Send to"),
    )
    ticket = forms.CharField(required=False, max_length=MAX_TICKET, label=gettext_lazy("Ticket"))
    address = forms.CharField(
        required=False,
        max_length=MAX_ADDRESS,
        label=gettext_lazy("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        required=False,
        max_length=MAX_NOTE,
        label=gettext_lazy("Message"),
        help_text=gettext_lazy("Stands above the summary. It is forgotten when the mail has gone."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    again = forms.BooleanField(required=False, label=gettext_lazy("Send it again"))
    revision = forms.IntegerField(min_value=0, max_value=2**31, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        describe_fields(self)

    def letter(self) -> Letter:
        values = self.cleaned_data
        to_ticket = values["to"] == TICKET
        if to_ticket and not values["ticket"].strip():
            raise UnableToSend(_("Enter the number of the ticket."), field="ticket")
        return Letter(
            revision=values["revision"],
            ticket=values["ticket"] if to_ticket else "",
            address="" if to_ticket else values["address"],
            note=values["note"],
            again=values["again"],
        )


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(Permission.EXPORT_SUMMARIES)
def deliveries(request: MemberRequest, number: int) -> HttpResponse:
    session = session_of(request, number)
    for needed in (Permission.VIEW_SUMMARIES, Permission.EXPORT_SUMMARIES):
        require_on(user=request.user, permission=needed, session=session)
    own = settings_of(company=request.company)
    form = SendForm(request.POST if request.method == "POST" else None, initial=_initial(session, own))
    if request.method == "POST" and _is_sent(request, session, form):
        messages.success(request, _("The summary is on its way. What becomes of it is shown below."))
        return redirect("summaries:session_send", number)
    context = {
        "form": form,
        "mails": [(each, ticket_link(own, each.ticket)) for each in mails_of(session=session)],
        "has_mailbox": bool(own.ticket_address),
        "ticket_link": ticket_link(own, session.ticket),
    }
    page = frame(request, session) | context | tabs_of(session, _TAB)
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "summaries/session_send.html", page, status=status)


def _initial(session: SupportSession, own: AISettings) -> dict[str, Any]:
    found = queries.summary_of(session)
    return {
        "to": TICKET if own.ticket_address and session.ticket else ADDRESS,
        "ticket": session.ticket,
        "revision": found.current.number if found and found.current else 0,
        "key": uuid4(),
    }


def _is_sent(request: MemberRequest, session: SupportSession, form: SendForm) -> bool:
    """Make the one domain call; what it refuses becomes an error at its field."""
    if not form.is_valid():
        return False
    key = form.cleaned_data["key"]
    try:
        send(session=session, letter=form.letter(), key=key, actor=request.user, at=timezone.now())
    except UnableToSend as reason:
        form.add_error(reason.field or None, str(reason))
    except NotReleased as reason:
        form.add_error(None, str(reason))
    return not form.errors
