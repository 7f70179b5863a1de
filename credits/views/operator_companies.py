"""Companies for the operator: plan, credits and open orders. Nothing of their sessions."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Plan
from accounts.reauthentication import recently_authenticated
from credits.domain import order_queries
from credits.domain.plan_changes import UnableToChangePlan, change_plan
from credits.domain.plans import MONTHLY_FREE
from credits.views.operator_pages import OperatorRequest, operator_page


@require_safe
@operator_page
def company_list(request: OperatorRequest) -> HttpResponse:
    page = order_queries.company_page(viewer=request.user, at=timezone.now(), after=request.GET.get("after", ""))
    plans = [(plan.value, f"{plan.label}: {MONTHLY_FREE[plan]}") for plan in Plan]
    return render(request, "credits/operator_company_list.html", {"page": page, "plans": plans})


@require_POST
@operator_page
@recently_authenticated
def set_plan(request: OperatorRequest, key: int) -> HttpResponse:
    """`plan`: one of the plans."""
    company = order_queries.operators_company(viewer=request.user, key=key)
    try:
        added = change_plan(company=company, plan=request.POST.get("plan", ""), at=timezone.now(), actor=request.user)
    except UnableToChangePlan as refusal:
        messages.error(request, _("%(refusal)s Nothing was changed.") % {"refusal": refusal})
    else:
        told = {"company": company, "plan": company.get_plan_display()}
        messages.success(request, _("%(company)s has the plan %(plan)s.") % told)
        if added:
            messages.success(
                request,
                ngettext(
                    "%(count)s free credit was added for this month.",
                    "%(count)s free credits were added for this month.",
                    added,
                )
                % {"count": added},
            )
    return redirect("credits:operator_companies")
