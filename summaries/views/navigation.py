"""The one navigation of the portal: what exists, for those whose permissions reach it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Company
from accounts.permissions import Permission
from accounts.tenancy import grants_of, holds
from credits.domain.balance import figure_of
from credits.domain.operators import is_operator
from insights_portal.lib.numbers import grouped
from summaries.domain.reading.listing import Found
from summaries.domain.reading.queries import NavigationFigures, navigation_figures
from summaries.domain.views.queries import OfferedView

P = Permission
READ = (P.VIEW_ALL_REPORTS, P.VIEW_OWN_REPORTS)


@dataclass(frozen=True, slots=True)
class Entry:
    """A link as declared. *figure* names a field of NavigationFigures."""

    label: str | Promise
    url_name: str
    any_of: tuple[Permission, ...]
    query: str = ""
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """An entry as it is shown: with its label in one language, and its address."""

    label: str
    path: str
    query: str
    figure: str


@dataclass(frozen=True, slots=True)
class Link:
    """*current*, for `aria-current`: `page` for the page itself, `true` for what stands above it, else empty."""

    label: str
    address: str
    current: str
    figure: str = ""


@dataclass(frozen=True, slots=True)
class CreditsLink:
    """*meaning* says what the figure counts."""

    address: str
    current: str
    figure: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Section:
    label: str
    links: list[Link]


VIEWS = gettext_lazy("Views")
SECTIONS: tuple[tuple[str | Promise, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry(gettext_lazy("Session summaries"), "summaries:home", (P.VIEW_SUMMARIES,)),
            Entry(gettext_lazy("Overview"), "summaries:overview", (P.VIEW_SUMMARIES,)),
            Entry(gettext_lazy("Recurring problems"), "summaries:recurring", (P.VIEW_SUMMARIES,)),
            Entry(gettext_lazy("Connection reports"), "summaries:reports", READ),
            Entry(gettext_lazy("Monthly report"), "summaries:monthly_report", READ),
            Entry(gettext_lazy("Backlog"), "summaries:backlogs", (P.GENERATE_SUMMARIES, P.MANAGE_COMPANY)),
        ),
    ),
    (
        VIEWS,
        (
            Entry(
                gettext_lazy("To review"),
                "summaries:home",
                (P.VIEW_SUMMARIES,),
                "?state=AI_GENERATED&period=all",
                "to_review",
            ),
            Entry(gettext_lazy("My sessions"), "summaries:reports", READ, "?supporter=me&period=all"),
            Entry(gettext_lazy("Failed"), "summaries:home", (P.VIEW_SUMMARIES,), "?state=FAILED&period=all", "failed"),
            Entry(gettext_lazy("Saved views"), "summaries:views", READ),
            Entry(gettext_lazy("Views by mail"), "summaries:schedules", READ),
        ),
    ),
    (
        gettext_lazy("Capture"),
        (
            Entry(gettext_lazy("Consents"), "summaries:consents", READ),
            Entry(gettext_lazy("Policies"), "admin:policies_policy_changelist", (P.MANAGE_POLICIES, P.ASSIGN_POLICIES)),
            Entry(
                gettext_lazy("Device groups"),
                "admin:policies_devicegroup_changelist",
                (P.MANAGE_POLICIES, P.ASSIGN_POLICIES),
            ),
            Entry(gettext_lazy("Devices"), "admin:policies_device_changelist", (P.MANAGE_POLICIES, P.ASSIGN_POLICIES)),
        ),
    ),
    (
        gettext_lazy("Company"),
        (
            Entry(gettext_lazy("Members"), "admin:accounts_membership_changelist", (P.MANAGE_USERS, P.MANAGE_COMPANY)),
            Entry(
                gettext_lazy("User groups"), "admin:accounts_usergroup_changelist", (P.MANAGE_USERS, P.MANAGE_COMPANY)
            ),
            Entry(gettext_lazy("Roles"), "admin:accounts_role_changelist", (P.MANAGE_USERS, P.MANAGE_COMPANY)),
            Entry(gettext_lazy("Issue types"), "admin:summaries_issuetype_changelist", (P.MANAGE_COMPANY,)),
            Entry(gettext_lazy("Applications"), "admin:summaries_application_changelist", (P.MANAGE_COMPANY,)),
            Entry(gettext_lazy("AI settings"), "summaries:ai_settings", (P.MANAGE_COMPANY,)),
            Entry(gettext_lazy("Single sign-on"), "admin:accounts_singlesignon_changelist", (P.MANAGE_COMPANY,)),
            Entry(gettext_lazy("Company"), "admin:accounts_company_changelist", (P.MANAGE_COMPANY,)),
            Entry(gettext_lazy("Report layout"), "summaries:report_layout", (P.MANAGE_COMPANY,)),
            Entry("TeamViewer", "summaries:teamviewer", (P.MANAGE_INTEGRATIONS,)),
            Entry(gettext_lazy("Report formats"), "summaries:report_formats", (P.MANAGE_INTEGRATIONS,)),
            Entry(gettext_lazy("API tokens"), "admin:accounts_apitoken_changelist", (P.MANAGE_INTEGRATIONS,)),
            Entry(gettext_lazy("Webhooks"), "accounts:webhooks", (P.MANAGE_INTEGRATIONS,)),
            Entry(gettext_lazy("Audit log"), "admin:accounts_auditentry_changelist", (P.VIEW_EVENT_LOGS,)),
            Entry(gettext_lazy("Works-council mode"), "accounts:disclosures", (P.VIEW_EVENT_LOGS, P.MANAGE_COMPANY)),
            Entry(
                gettext_lazy("Trash"), "summaries:trash", (P.DELETE_SESSION_LOGS, P.DELETE_SUMMARIES, P.DELETE_REPORTS)
            ),
            Entry(gettext_lazy("Legal holds"), "summaries:legal_holds", (P.MANAGE_COMPANY, P.VIEW_EVENT_LOGS)),
            Entry(gettext_lazy("Personal data"), "summaries:data_subjects", (P.MANAGE_COMPANY,)),
        ),
    ),
)

_QUERIES = frozenset(entry.query for _label, entries in SECTIONS for entry in entries if entry.query)

#: For whoever runs the installation, member of a company or not.
OPERATOR: tuple[tuple[str | Promise, str], ...] = (
    (gettext_lazy("Orders"), "credits:operator_orders"),
    (gettext_lazy("Packs"), "credits:operator_packs"),
    (gettext_lazy("Companies"), "credits:operator_companies"),
)


def views_at_hand(context: Mapping[str, Any]) -> dict[str, list[OfferedView]]:
    """{heading: saved views} of the list on the page, which read them; other pages would ask the database for them."""
    if "column_choices" not in context:
        return {}
    return {_("My views"): context["own_views"], _("Shared views"): context["shared_views"]}


def operator_sections_for(request: HttpRequest) -> list[Section]:
    """The operator's section; nothing for everybody else."""
    if not is_operator(request.user):
        return []
    addresses = [(str(label), reverse(name)) for label, name in OPERATOR]
    return [Section(_("Operator"), [Link(label, path, _standing(request, path)) for label, path in addresses])]


def sections_for(
    request: HttpRequest, company: Company, *, views: Mapping[str, list[OfferedView]] | None = None, above: str = ""
) -> list[Section]:
    """The navigation of a member: sections with at least one link. *views* {heading: saved views} follow the views.

    *above*: the address of the entry that the page belongs to, where its own does not tell.
    """
    figures = _figures(request, company)
    found = []
    held = frozenset(grants_of(request.user).get(company.pk, ()))
    for label, entries, are_views in _offered(held, get_language()):
        if entries:
            found.append(Section(label, [_link(request, entry, figures, above) for entry in entries]))
        if are_views:
            found += [_section_of_views(request, *each) for each in (views or {}).items() if each[1]]
    return found


@lru_cache(maxsize=1_000)
def _offered(held: frozenset[str], _language: str | None) -> list[tuple[str, list[Offered], bool]]:
    """(label, entries, whether saved views follow) of the sections that *held* permissions open, in the active
    language: the same on every page.
    """
    return [
        (str(label), [_offer(entry) for entry in entries if _is_open(entry, held)], label is VIEWS)
        for label, entries in SECTIONS
    ]


def _is_open(entry: Entry, held: frozenset[str]) -> bool:
    return any(permission.value in held for permission in entry.any_of)


def _offer(entry: Entry) -> Offered:
    return Offered(str(entry.label), reverse(entry.url_name), entry.query, entry.figure)


def _section_of_views(request: HttpRequest, heading: str, views: list[OfferedView]) -> Section:
    current = request.GET.get("view", "")
    links = [(each.view.name, str(each.view.pk)) for each in views]
    return Section(
        heading, [Link(name, f"{request.path}?view={pk}", "page" if pk == current else "") for name, pk in links]
    )


def credits_for(request: HttpRequest, company: Company) -> CreditsLink | None:
    """The way to the credits with this month's figure, for those who manage them or the company."""
    if not any(holds(request.user, permission, company.pk) for permission in (P.MANAGE_CREDITS, P.MANAGE_COMPANY)):
        return None
    balance, meter_only = figure_of(company=company, at=timezone.now())
    address = reverse("credits:overview")
    figure = grouped(balance.used) if meter_only else f"{grouped(balance.taken)} / {grouped(balance.granted)}"
    meaning = _("Credits counted this month") if meter_only else _("Credits used of those of this month")
    return CreditsLink(address, _standing(request, address), figure, meaning)


def _figures(request: HttpRequest, company: Company) -> NavigationFigures | None:
    if not holds(request.user, P.VIEW_SUMMARIES, company.pk):
        return None
    return navigation_figures(company=company, viewer=request.user)  # type: ignore[arg-type]


def _link(request: HttpRequest, entry: Offered, figures: NavigationFigures | None, above: str) -> Link:
    found: Found | None = getattr(figures, entry.figure) if figures and entry.figure else None
    current = _current(request, entry.path, entry.query, above)
    return Link(entry.label, entry.path + entry.query, current, str(found) if found and found.sessions else "")


def _current(request: HttpRequest, path: str, query: str, above: str) -> str:
    """A view is current at its very address; a page wherever no view is."""
    if query:
        return "page" if request.get_full_path() == path + query else ""
    if request.path == path:
        is_saved_view = request.GET.get("view", "").isdigit()
        is_view = is_saved_view or f"?{request.META.get('QUERY_STRING', '')}" in _QUERIES
        return "" if is_view else "page"
    return "true" if path == above else _standing(request, path)


def _standing(request: HttpRequest, path: str) -> str:
    """Whether the page is the one at *path*, or below it; below the first page is everything, so nothing."""
    if request.path == path:
        return "page"
    return "true" if path != "/" and request.path.startswith(path) else ""
