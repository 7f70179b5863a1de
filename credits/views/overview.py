"""Credits at a glance: what is used and left, until when it lasts, and how it is counted."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.permissions import Permission
from accounts.reauthentication import recently_authenticated
from accounts.tenancy import holds
from accounts.views.pages import MemberRequest, portal_page
from credits.domain.account import account_of, forecast_sentence
from credits.domain.history import month_use, read_month
from credits.domain.mode import UnableToChangeMode, set_mode

MODES = {"budget": False, "meter": True}
#: {(something changed, sessions are counted only): what is said}
_SENTENCES = {
    (True, True): gettext_lazy("Saved. Sessions are counted only, and none waits."),
    (True, False): gettext_lazy("Saved. Each session takes a credit."),
    (False, True): gettext_lazy("Nothing to change. Sessions are counted only, and none waits."),
    (False, False): gettext_lazy("Nothing to change. Each session takes a credit."),
}


@portal_page(Permission.MANAGE_CREDITS, Permission.MANAGE_COMPANY)
def page(request: MemberRequest) -> HttpResponse:
    """The account as it stands now, and the use of the month that the address names."""
    at, company = timezone.now(), request.company
    account = account_of(company=company, at=at)
    month = read_month(request.GET.get("month", ""), company=company, at=at)
    context = {
        "account": account,
        "balance": account.balance,
        "forecast_sentence": forecast_sentence(account),
        "history": month_use(company=company, month=month, at=at),
        "may_manage_credits": holds(request.user, Permission.MANAGE_CREDITS, company.pk),
        "may_change_mode": holds(request.user, Permission.MANAGE_COMPANY, company.pk),
    }
    return render(request, "credits/overview.html", context)


@require_POST
@portal_page(Permission.MANAGE_COMPANY)
@recently_authenticated
def mode(request: MemberRequest) -> HttpResponse:
    """Change how credits are counted, and come back to the overview."""
    wanted = MODES.get(request.POST.get("mode", ""))
    if wanted is None:
        messages.error(request, _("Choose budget or meter only. Nothing was changed."))
        return redirect("credits:overview")
    try:
        changed = set_mode(company=request.company, meter_only=wanted, actor=request.user, at=timezone.now())
    except UnableToChangeMode as refusal:
        messages.error(request, _("%(refusal)s Nothing was changed.") % {"refusal": refusal})
        return redirect("credits:overview")
    messages.success(request, _SENTENCES[changed, wanted])
    return redirect("credits:overview")
