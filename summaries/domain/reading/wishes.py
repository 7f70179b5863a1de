"""What somebody asks of a list in an address or a saved view, brought down to what they may ask."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from accounts.domain.pseudonyms import SupporterNames
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import holds
from summaries.domain.reading.filters import SessionFilters, read_filters, view_alone_in
from summaries.models import SavedView
from summaries.models.reach import READ_REPORTS, reached_in


def filters_for(
    *,
    query: str,
    company: Company,
    viewer: User,
    names: SupporterNames,
    views: Mapping[int, SavedView] | None = None,
) -> SessionFilters:
    """The filters of *query*, an address or the text of a saved view, as *viewer* may use them.

    An address that holds nothing but a view (`view=12`) means what the view keeps; *views* are those that the viewer
    may open, None: not read yet. Without *View summaries* nothing is asked of summaries. In works-council mode nobody
    is filtered by whom the viewer does not see by name, nor by a group of members, which may be one person.
    """
    view_id = view_alone_in(query)
    if view_id is not None:
        if views is None:
            views = {view.pk: view for view in SavedView.objects.visible_in(viewer, company).filter(pk=view_id)}
        query = query_of(views[view_id]) if view_id in views else ""
    found = read_filters(query, may_read_summaries=holds(viewer, Permission.VIEW_SUMMARIES, company.pk))
    return _permitted(found, company=company, viewer=viewer, names=names)


def query_of(view: SavedView) -> str:
    """The whole of what *view* keeps as the text of an address."""
    shown = {"sort": view.sort, "columns": ",".join(view.columns), "view": str(view.pk)}
    parts = [view.query, urlencode({name: value for name, value in shown.items() if value})]
    return "&".join(filter(None, parts))


def asks_more_than_permitted(*, view: SavedView, company: Company, viewer: User, names: SupporterNames) -> bool:
    """Whether *viewer* meets less of the view's filters than it holds, because they may not filter so."""
    whole = read_filters(query_of(view))
    return whole != filters_for(query=query_of(view), company=company, viewer=viewer, names=names)


def filters_by_user_group(*, company: Company, viewer: User, names: SupporterNames) -> bool:
    """Whether *viewer* may learn who is in which group: they read every report, by name."""
    return not names.is_on and reached_in(viewer, company.pk, READ_REPORTS).is_whole_company


def _permitted(found: SessionFilters, *, company: Company, viewer: User, names: SupporterNames) -> SessionFilters:
    supporter = tuple(value for value in found.supporter if value == "me" or names.is_shown(int(value)))
    user_group = found.user_group if filters_by_user_group(company=company, viewer=viewer, names=names) else ()
    if (supporter, user_group) == (found.supporter, found.user_group):
        return found
    return replace(found, supporter=supporter, user_group=user_group)
