"""What a few typed letters may mean: sessions by number, title or device, and members."""

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Company, Membership, User
from accounts.permissions import Permission
from accounts.tenancy import holds
from summaries.domain.reading.queries import sessions_of
from summaries.domain.reading.search_pages import Search, first_found
from summaries.models import SupportSession

#: Of each kind; who wants more searches the list.
MOST_HITS = 8
MAX_QUERY_CHARS = 100


@dataclass(frozen=True, slots=True)
class SessionHit:
    """*title* is empty where the viewer may not read the summary, or there is none."""

    number: int
    title: str
    device: str


def sessions_like(*, company: Company, viewer: User, part: str) -> list[SessionHit]:
    """The newest sessions with *part* as their number or in their words, of what *viewer* may see. A few queries, as a
    page of a search.

    Words are looked for in sessions whose summaries *viewer* reads only: a word of a summary is not to be guessed by
    what is found.
    """
    part = part.strip()[:MAX_QUERY_CHARS]
    if not part:
        return []
    digits = part.upper().removeprefix("S-")
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0  # noqa: PLR2004
    readable = SupportSession.objects.reached_with(viewer, Permission.VIEW_SUMMARIES, company)
    search = Search(part, company.pk)
    found = first_found(readable, search=search, order=("-started_at", "-pk"), limit=MOST_HITS)
    rows = sessions_of(company=company, viewer=viewer).filter(Q(number=number) | Q(pk__in=found))
    may_read = set(found)
    hits = [
        SessionHit(number, title or "" if pk in may_read else "", device or "")
        for pk, number, title, device in rows.order_by("-started_at", "-pk").values_list(
            "pk", "number", "summary__title", "device__name"
        )
    ]
    return hits[:MOST_HITS]


def members_like(*, company: Company, viewer: User, part: str) -> list[tuple[int, str]]:
    """(membership, name) of active members with *part* in their name, for who manages members; nobody else."""
    may_manage = any(holds(viewer, each, company.pk) for each in (Permission.MANAGE_USERS, Permission.MANAGE_COMPANY))
    if not may_manage or not part.strip():
        return []
    found = Membership.objects.filter(company=company, is_active=True, user__name__icontains=part.strip())
    return list(found.order_by("user__name", "pk").values_list("pk", "user__name")[:MOST_HITS])
