"""What somebody asks of a list in an address or a saved view, brought down to what they may ask."""

from dataclasses import replace

from accounts.domain.pseudonyms import SupporterNames
from accounts.models import Company, User
from accounts.permissions import Permission
from accounts.tenancy import holds
from summaries.domain.reading.filters import SessionFilters, read_filters
from summaries.models.reach import READ_REPORTS, reached_in


def filters_for(*, query: str, company: Company, viewer: User, names: SupporterNames) -> SessionFilters:
    """The filters of *query*, an address or the text of a saved view, as *viewer* may use them.

    Without *View summaries* nothing is asked of summaries. In works-council mode nobody is filtered by whom the viewer
    does not see by name, nor by a group of members, which may be one person.
    """
    found = read_filters(query, may_read_summaries=holds(viewer, Permission.VIEW_SUMMARIES, company.pk))
    supporter = tuple(value for value in found.supporter if value == "me" or names.is_shown(int(value)))
    user_group = found.user_group if filters_by_user_group(company=company, viewer=viewer, names=names) else ()
    if (supporter, user_group) == (found.supporter, found.user_group):
        return found
    return replace(found, supporter=supporter, user_group=user_group)


def filters_by_user_group(*, company: Company, viewer: User, names: SupporterNames) -> bool:
    """Whether *viewer* may learn who is in which group: they read every report, by name."""
    return not names.is_on and reached_in(viewer, company.pk, READ_REPORTS).is_whole_company
