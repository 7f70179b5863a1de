from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode

from django.core.exceptions import ValidationError
from django.db import DataError
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from insights_portal.lib.keyset import page_of, turned_round


class KeysetPagination(CursorPagination):
    """Pages by the key of the row beside them: page 5,000 costs what page 1 costs.

    Rest framework's own cursors count rows that are equal in the first column of the order, and know a thousand of
    them at most. Here the last column, which is unique, tells them apart: no row is left out or told twice, forth and
    back, however many began at the same moment. *ordering* names one column or two.
    """

    page_size = 50
    max_page_size = 500
    page_size_query_param = "page_size"
    ordering: Any = ("-pk",)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:  # noqa: ARG002
        """The rows of one page. Raises NotFound for a cursor that this API never gave out."""
        self._address = request.build_absolute_uri()
        size: int = self.get_page_size(request)  # type: ignore[assignment]
        try:
            position, is_backwards = self._read(request)
            order = turned_round(self.ordering) if is_backwards else self.ordering
            rows = self.take(queryset, order=order, position=position, count=size + 1)
        except (ValueError, OverflowError, ValidationError, DataError) as error:
            raise NotFound(_("This cursor is not one of ours. Start again without it.")) from error
        has_more, page = len(rows) > size, rows[:size]
        if is_backwards:
            page.reverse()
        has_next, has_previous = (True, has_more) if is_backwards else (has_more, bool(position))
        self._next = self._link(page[-1]) if page and has_next else None
        self._previous = self._link(page[0], is_backwards=True) if page and has_previous else None
        return page

    def take(self, rows: Any, *, order: Sequence[str], position: Sequence[str], count: int) -> list[Any]:
        """The first *count* of *rows* in *order* behind *position*; see `page_of`."""
        return list(page_of(rows, order=order, position=position, count=count))

    def get_next_link(self) -> str | None:
        return self._next

    def get_previous_link(self) -> str | None:
        return self._previous

    def _read(self, request: Request) -> tuple[list[str], bool]:
        """The position that the address names, and whether what precedes it is wanted. Raises ValueError."""
        encoded = request.query_params.get(self.cursor_query_param)
        if encoded is None:
            return [], False
        said = parse_qs(b64decode(encoded.encode("ascii")).decode("ascii"), keep_blank_values=True)
        position = said.get("p", [])
        if len(position) != len(self.ordering):
            raise ValueError(encoded)
        return position, "r" in said

    def _link(self, row: Any, *, is_backwards: bool = False) -> str:
        """Of the page that follows *row*, or precedes it."""
        position = [("p", str(getattr(row, column.removeprefix("-")))) for column in self.ordering]
        said = urlencode([("r", "1"), *position] if is_backwards else position)
        return replace_query_param(self._address, self.cursor_query_param, b64encode(said.encode("ascii")).decode())
