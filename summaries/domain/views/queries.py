"""The saved views that a member may open, and which of them they may change."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, prefetch_related_objects

from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import access_or_404, holds
from insights_portal.lib.statements import Statement, columns_of, read_model
from summaries.enums import SessionList
from summaries.models import DefaultView, SavedView
from summaries.models.reach import READ_REPORTS


@dataclass(frozen=True, slots=True)
class OfferedView:
    """A view as its viewer meets it. *is_default*: the viewer's own list begins with it."""

    view: SavedView
    is_own: bool
    is_default: bool
    may_change: bool


def views_of(*, company: Company, viewer: User, with_owners: bool = False) -> list[OfferedView]:
    """One's own views and the shared ones by name. One query, beside the grants.

    *with_owners*: who owns them is read too, by another query, for a page that tells it.
    """
    if not any(holds(viewer, permission, company.pk) for permission in READ_REPORTS):
        return []
    reads_summaries = holds(viewer, Permission.VIEW_SUMMARIES, company.pk)
    rows = _offered(reads_summaries).rows(
        *(1, company.pk, viewer.pk, company.pk, viewer.pk), *([] if reads_summaries else [SessionList.HOME.value])
    )
    views = [(read_model(SavedView, row), row[-1]) for row in rows]
    if with_owners:
        prefetch_related_objects([view for view, _ in views], "owner")
    return [
        OfferedView(view, view.owner_id == viewer.pk, is_default, may_change(view=view, viewer=viewer))
        for view, is_default in views
    ]


@cache
def _offered(reads_summaries: bool) -> Statement:
    """`visible_views` with whether each is the viewer's default, put together once: every list asks for it."""

    def selected() -> QuerySet[SavedView, Any]:
        mine = DefaultView.objects.filter(company=0, user=0, view=OuterRef("pk"))
        found = SavedView.objects.filter(company=0).open_to(0)
        found = found if reads_summaries else found.exclude(list_name=SessionList.HOME)
        return found.values_list(*columns_of(SavedView), Exists(mine))

    return Statement(selected, is_planned_once=True)


def visible_views(*, company: Company, viewer: User) -> QuerySet[SavedView]:
    found: QuerySet[SavedView] = SavedView.objects.visible_in(viewer, company)
    return found


def view_or_404(*, company: Company, viewer: User, view_id: int) -> SavedView:
    """Raises Http404 for a view that is another's and not shared as for none."""
    return access_or_404(visible_views(company=company, viewer=viewer), pk=view_id)


def may_change(*, view: SavedView, viewer: User) -> bool:
    """Its owner may, and an administrator where it is shared."""
    is_administrator = holds(viewer, Permission.MANAGE_COMPANY, view.company_id)
    return view.owner_id == viewer.pk or (view.is_shared and is_administrator)
