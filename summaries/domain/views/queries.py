"""The saved views that a member may open, and which of them they may change."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import access_or_404, holds
from summaries.models import DefaultView, SavedView


@dataclass(frozen=True, slots=True)
class OfferedView:
    """A view as its viewer meets it. *is_default*: the viewer's own list begins with it."""

    view: SavedView
    is_own: bool
    is_default: bool
    may_change: bool


def views_of(*, company: Company, viewer: User, with_owners: bool = False) -> list[OfferedView]:
    """One's own views and the shared ones by name. One query, beside the grants.

    *with_owners*: who owns them is read too, for a page that tells it.
    """
    mine = DefaultView.objects.filter(company=company, user=viewer, view=OuterRef("pk"))
    rows = visible_views(company=company, viewer=viewer).annotate(is_default=Exists(mine))
    rows = rows.select_related("owner") if with_owners else rows
    return [
        OfferedView(view, view.owner_id == viewer.pk, view.is_default, may_change(view=view, viewer=viewer))
        for view in rows
    ]


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
