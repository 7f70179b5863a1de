"""The command palette: pages, saved views, sessions, devices and members that a few letters may mean."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from summaries.domain.reading.filter_choices import devices_like
from summaries.domain.reading.finding import MAX_QUERY_CHARS, MOST_HITS, members_like, sessions_like
from summaries.domain.views.queries import views_of
from summaries.views import navigation
from summaries.views.access import READ_REPORTS, MemberRequest, may, portal_page


@dataclass(frozen=True, slots=True)
class Hit:
    label: str
    address: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """What is offered of one kind, MOST_HITS at most."""

    label: str
    hits: list[Hit]


@require_GET
@portal_page(*Permission)
def palette(request: MemberRequest) -> HttpResponse:
    """What `q` may mean; a fragment for the dialog, a page for everybody else."""
    wanted = request.GET.get("q", "").replace("\x00", "").strip()[:MAX_QUERY_CHARS]
    groups = [group for group in _groups(request, wanted) if group.hits]
    is_fragment = request.headers.get("X-Fragment") == "palette"
    template = "includes/_palette_hits.html" if is_fragment else "summaries/palette.html"
    return render(request, template, {"groups": groups, "wanted": wanted})


def _groups(request: MemberRequest, wanted: str) -> list[Hits]:
    company, viewer = request.company, request.user
    groups = [Hits(_("Pages"), _among(_pages(request), wanted))]
    if any(may(request, permission) for permission in READ_REPORTS):
        sessions = sessions_like(company=company, viewer=viewer, part=wanted)
        devices = devices_like(company=company, viewer=viewer, part=wanted)
        groups += [
            Hits(_("Saved views"), _among(_views(request), wanted)),
            Hits(_("Sessions"), [_session(hit.number, hit.title, hit.device) for hit in sessions]),
            Hits(_("Devices"), [Hit(name, _device_address(name)) for name in devices[:MOST_HITS]]),
        ]
    members = members_like(company=company, viewer=viewer, part=wanted)
    groups.append(Hits(_("Members"), [Hit(name, _member_address(pk)) for pk, name in members]))
    return groups


def _pages(request: MemberRequest) -> list[Hit]:
    """The pages of the navigation, as the navigation offers them."""
    sections = [*navigation.sections_for(request, request.company), *navigation.operator_sections_for(request)]
    pages = [Hit(link.label, link.address, section.label) for section in sections for link in section.links]
    credits_link = navigation.credits_for(request, request.company)
    if credits_link:
        pages.append(Hit(_("Credits"), credits_link.address))
    return [*pages, Hit(_("Profile"), reverse("accounts:profile"))]


def _views(request: MemberRequest) -> list[Hit]:
    offered = views_of(company=request.company, viewer=request.user)
    return [
        Hit(each.view.name, f"{reverse(f'summaries:{each.view.list_name.lower()}')}?view={each.view.pk}")
        for each in offered
    ]


def _among(hits: list[Hit], wanted: str) -> list[Hit]:
    """Those with *wanted* in their label; what begins with it comes first."""
    folded = wanted.casefold()
    found = [hit for hit in hits if folded in str(hit.label).casefold()]
    found.sort(key=lambda hit: not str(hit.label).casefold().startswith(folded))
    return found[:MOST_HITS]


def _session(number: int, title: str, device: str) -> Hit:
    note = " · ".join(filter(None, [f"S-{number}" if title else "", device]))
    return Hit(title or f"S-{number}", reverse("summaries:session", args=[number]), note)


def _device_address(name: str) -> str:
    return f"{reverse('summaries:reports')}?{urlencode({'device': name, 'period': 'all'})}"


def _member_address(membership_id: int) -> str:
    return reverse("admin:accounts_membership_change", args=[membership_id])
