"""What all tabs share: the row, the tabs, the credits at the top right, and how a form is saved."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.domain.ai_settings import UnableToSaveSettings
from accounts.domain.engine_keys import UnableToStoreKey
from accounts.domain.settings_versions import SettingsChanged
from accounts.models import AISettings
from accounts.scoped_admin import rows_of_company
from accounts.tenancy import access_or_404
from credits.domain.balance import monthly_balance
from policies.domain.conditions import UnableToSaveConditions
from summaries.domain.eligibility.coverage import Prerequisite
from summaries.views.access import MemberRequest, may
from summaries.views.settings.forms import SettingsForm

TABS = (
    ("activation", _("Activation")),
    ("outgoing", _("Outgoing")),
    ("incoming", _("Incoming")),
    ("engine", _("Engine")),
    ("language", _("Language")),
    ("conditions", _("Conditions")),
    ("review", _("Review")),
    ("tickets", _("Tickets")),
    ("redaction", _("Redaction")),
    ("retention", _("Retention")),
    ("check", _("Check")),
)
UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Missing:
    """A prerequisite as the page shows it; an empty *address*: the viewer may not open the page that mends it."""

    sentence: str
    link: str
    address: str


def settings_of(request: MemberRequest) -> AISettings:
    rows = rows_of_company(AISettings, request).select_related(
        "company", "terms_accepted_by", "incoming_basis_confirmed_by"
    )
    found: AISettings = access_or_404(rows)
    return found


def address_of(tab: str) -> str:
    return reverse("summaries:ai_settings") if tab == TABS[0][0] else reverse("summaries:ai_settings_tab", args=[tab])


def render_tab(request: MemberRequest, tab: str, settings: AISettings, context: dict[str, Any]) -> HttpResponse:
    """The page of one tab; a form with errors answers 422."""
    form = context.get("form")
    frame = {
        "tab": tab,
        "tab_label": dict(TABS)[tab],
        "tabs": [(label, address_of(slug), slug == tab) for slug, label in TABS],
        "settings": settings,
        "balance": monthly_balance(company=request.company, at=timezone.now()),
    }
    is_refused = form is not None and form.is_bound and bool(form.errors)
    status = UNPROCESSABLE if is_refused else 200
    return render(request, f"settings/{tab}.html", frame | context, status=status)


def save_form(
    form: SettingsForm, save: Callable[[dict[str, Any]], object], *, version: Callable[[], str] = lambda: ""
) -> bool:
    """Make the one domain call with what the form holds; what it refuses becomes an error at its field.

    *version* gives what stands there now: told that someone changed it meanwhile, the reader may save again.
    """
    if not form.is_valid():
        return False
    try:
        save(form.cleaned_data)
    except UnableToSaveSettings as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    except UnableToStoreKey as refusal:
        form.add_error("key", str(refusal))
    except UnableToSaveConditions as refusal:
        form.add_error(None, str(refusal))
    except SettingsChanged as refusal:
        form.add_error(None, str(refusal))
        form.show_again(version=version())
    return not form.errors


def saved(request: MemberRequest, tab: str, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect(address_of(tab))


def shown(request: MemberRequest, missing: list[Prerequisite]) -> list[Missing]:
    return [Missing(str(each.sentence), str(each.link), _address(request, each)) for each in missing]


def _address(request: MemberRequest, each: Prerequisite) -> str:
    if not any(may(request, permission) for permission in each.any_of):
        return ""
    try:
        return reverse(each.url_name, args=each.args) + each.query
    except NoReverseMatch:
        return ""


def is_fragment(request: MemberRequest) -> bool:
    return request.headers.get("HX-Request") == "true"
