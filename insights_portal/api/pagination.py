from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class NewestFirstCursorPagination(CursorPagination):
    """Keyset pages: page 5,000 costs what page 1 costs."""

    page_size = 50
    max_page_size = 500
    page_size_query_param = "page_size"
    ordering: Any = ("-pk",)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """The rows of one page. Raises NotFound for a cursor that this API never gave out."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, OverflowError, ValidationError, DataError) as error:
            raise NotFound(_("This cursor is not one of ours. Start again without it.")) from error
