from rest_framework.pagination import CursorPagination


class NewestFirstCursorPagination(CursorPagination):
    """Keyset pages: page 5,000 costs what page 1 costs."""

    page_size = 50
    max_page_size = 500
    page_size_query_param = "page_size"
    ordering = ("-pk",)
