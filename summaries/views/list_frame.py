"""What stands around the rows of a list: the saved views, the columns with their order, the chips."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from accounts.adapters import shown_names
from accounts.permissions import Permission
from summaries.domain.reading.filters import SHOWN, SessionFilters, view_alone_in
from summaries.domain.reading.layout import COLUMNS, FIXED, OF_SUMMARIES, ORDERS, Column, columns_of
from summaries.domain.reading.wishes import asks_more_than_permitted, filters_for, query_of
from summaries.domain.views.queries import OfferedView, views_of
from summaries.enums import SessionList
from summaries.views.access import MemberRequest, may


@dataclass
class ListFrame:
    """One list as the address and the member's saved views ask for it."""

    request: MemberRequest
    list_name: SessionList

    @cached_property
    def views(self) -> list[OfferedView]:
        offered = views_of(company=self.request.company, viewer=self.request.user)
        return [each for each in offered if each.view.list_name == self.list_name]

    @cached_property
    def query(self) -> str:
        """The address; for one without any parameter that of the view with which the member's list begins."""
        asked = self.request.GET.urlencode()
        return asked or next((f"view={each.view.pk}" for each in self.views if each.is_default), "")

    @cached_property
    def filters(self) -> SessionFilters:
        return self._filters_of(self.query)

    @cached_property
    def opened(self) -> OfferedView | None:
        """The saved view that the list began with."""
        return next((each for each in self.views if str(each.view.pk) == self.filters.view), None)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        reads_summaries = may(self.request, Permission.VIEW_SUMMARIES)
        return columns_of(list_name=self.list_name, wish=self.filters.columns, reads_summaries=reads_summaries)

    def context(self) -> dict[str, Any]:
        mine = [each for each in self.views if each.is_own]
        return {
            "filters": self.filters,
            "list_name": self.list_name.lower(),
            # Of files: a list's columns are called otherwise than theirs.
            "export_stem": self.filters.changed(**dict.fromkeys(SHOWN, "")).stem(),
            "views": self.views,
            "own_views": mine,
            "shared_views": [each for each in self.views if not each.is_own],
            "opened_view": self.opened,
            "is_view_changed": self._is_changed(),
            "view_notice": self._notice(),
            "save_as": self.request.GET.get("save_as", "")[:60],
            "columns": [self._head(column) for column in self.columns],
            "column_choices": self._column_choices(),
        }

    def _filters_of(self, query: str) -> SessionFilters:
        views = {each.view.pk: each.view for each in self.views}
        names = shown_names(self.request)
        company, viewer = self.request.company, self.request.user
        return filters_for(query=query, company=company, viewer=viewer, names=names, views=views)

    def _is_changed(self) -> bool:
        """Whether the list is no longer as its view was saved."""
        return self.opened is not None and self._filters_of(query_of(self.opened.view)) != self.filters

    def _notice(self) -> str:
        """What of a view could not be opened; empty: nothing."""
        wanted = view_alone_in(self.query)
        if self.opened is None:
            gone = wanted is not None or (self.filters.view and self.filters.view != "none")
            return _("This view is no longer there, or no longer shared. You see the list without it.") if gone else ""
        company, viewer = self.request.company, self.request.user
        names = shown_names(self.request)
        if wanted is None or not asks_more_than_permitted(
            view=self.opened.view, company=company, viewer=viewer, names=names
        ):
            return ""
        return _("This view filters by something that you may not filter by. That filter was left out.")

    def _head(self, column: Column) -> dict[str, Any]:
        """A column's head: its label, and the address that sorts by it or turns the order round."""
        sort = self.filters.sort
        head = {"column": column, "address": "", "aria_sort": "", "arrow": ""}
        if not column.orders:
            return head
        first, other = column.orders
        head["address"] = self.filters.address(sort=other if sort == first else first)
        if sort in column.orders:
            is_descending = ORDERS[sort].is_descending
            head["aria_sort"] = "descending" if is_descending else "ascending"
            head["arrow"] = "↓" if is_descending else "↑"
        return head

    def _column_choices(self) -> list[tuple[Column, bool]]:
        shown = {column.code for column in self.columns}
        hidden = () if may(self.request, Permission.VIEW_SUMMARIES) else OF_SUMMARIES
        choices = [column for column in COLUMNS.values() if column.code not in (FIXED, *hidden)]
        return [(column, column.code in shown) for column in choices]
