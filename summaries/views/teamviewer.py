"""Whether and with what connection reports are fetched from TeamViewer, and how that goes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import reauthentication
from accounts.adapters import shown_names
from accounts.models import User
from accounts.permissions import Permission
from insights_portal.lib.field_notes import describe_fields
from insights_portal.lib.rates import is_within_rate
from summaries.domain.imports.intake import choosable_supporters
from summaries.domain.imports.teamviewer_settings import (
    PullChoice,
    UnableToSavePull,
    check_connection,
    pull_of,
    save_pull,
)
from summaries.models import TeamViewerPull
from summaries.views.access import MemberRequest, portal_page

#: Tests of one company in a minute: each may hold a web worker for some seconds.
TESTS_A_MINUTE = 6
TOO_MANY = gettext_lazy("Those were many tests in a short time. Wait a minute and test again.")


class TeamViewerForm(forms.Form):
    """*supporters*: the members to choose from."""

    is_on = forms.BooleanField(label=gettext_lazy("Fetch connection reports every five minutes"), required=False)
    base_url = forms.CharField(
        label=gettext_lazy("Base address"),
        max_length=200,
        help_text=gettext_lazy("TeamViewer's own is https://webapi.teamviewer.com."),
    )
    supporter: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Member for other supporters"),
        required=False,
        help_text=gettext_lazy(
            "Whose sessions those are whose own supporter is no member here, by name or e-mail address."
        ),
    )
    token = forms.CharField(
        label=gettext_lazy("Script token"),
        required=False,
        max_length=1000,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Needs the permission “Connection reporting: view”. Stored encrypted and never shown again; "
            "empty keeps the stored one."
        ),
    )
    forget_token = forms.BooleanField(label=gettext_lazy("Remove the stored token"), required=False)

    def __init__(self, *args: Any, supporters: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["supporter"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - declared above
        choice.queryset = supporters
        describe_fields(self)

    def chosen(self) -> PullChoice:
        said = self.cleaned_data
        return PullChoice(
            is_on=said["is_on"],
            base_url=said["base_url"].rstrip("/"),
            supporter=said["supporter"],
            token=said["token"],
            forget_token=said["forget_token"],
        )


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(Permission.MANAGE_INTEGRATIONS)
def page(request: MemberRequest) -> HttpResponse:
    pull = pull_of(company=request.company)
    form = _form(request, pull)
    context: dict[str, Any] = {"form": form, "pull": pull, "now": timezone.now()}
    if request.method == "POST" and form.is_valid():
        if request.POST.get("do") == "test":
            context["check"] = _test(request, form)
        elif _is_delicate(form.chosen(), pull) and not reauthentication.is_recent(request):
            return reauthentication.ask_again(request)
        elif _save(request, form):
            messages.success(request, _("The settings for TeamViewer were saved."))
            return redirect("summaries:teamviewer")
    return render(request, "summaries/teamviewer.html", context, status=422 if form.errors else 200)


def _form(request: MemberRequest, pull: TeamViewerPull) -> TeamViewerForm:
    supporters = choosable_supporters(company=request.company, actor=request.user, names=shown_names(request))
    initial = {"is_on": pull.is_on, "base_url": pull.base_url, "supporter": pull.supporter_id or request.user.pk}
    return TeamViewerForm(request.POST if request.method == "POST" else None, initial=initial, supporters=supporters)


def _is_delicate(chosen: PullChoice, pull: TeamViewerPull) -> bool:
    """Whether the token changes, or the address that it is sent to."""
    return bool(chosen.token or chosen.forget_token) or chosen.base_url != pull.base_url


def _save(request: MemberRequest, form: TeamViewerForm) -> bool:
    try:
        save_pull(company=request.company, chosen=form.chosen(), actor=request.user, at=timezone.now())
    except UnableToSavePull as refusal:
        form.add_error(refusal.field, str(refusal))
    return not form.errors


def _test(request: MemberRequest, form: TeamViewerForm) -> object:
    """Try what stands in the form, unsaved; what is wrong with the form itself stands at its fields."""
    if not is_within_rate(key=f"teamviewer-test:{request.company.pk}", limit=TESTS_A_MINUTE, seconds=60):
        form.add_error(None, TOO_MANY)
        return None
    try:
        return check_connection(company=request.company, chosen=form.chosen(), actor=request.user, at=timezone.now())
    except UnableToSavePull as refusal:
        form.add_error(refusal.field, str(refusal))
        return None
