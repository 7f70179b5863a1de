from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend, IsoDateTimeFilter
from rest_framework.request import Request

#: What an address of a list says about its pages, and not about which rows they hold.
_OF_PAGES = frozenset({"cursor", "page_size"})


def asks_for_all(request: Request) -> bool:
    """Whether the address of a list names nothing that could be a filter."""
    return request.query_params.keys() <= _OF_PAGES


class FilterWhenAsked(DjangoFilterBackend):
    """Reads the filters that the address names; a form with all the others takes longer than the list."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        if asks_for_all(request):
            return queryset
        filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return filtered

    def get_filterset(self, request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        filterset = super().get_filterset(request, queryset, view)
        if filterset is not None:
            # A filter may have several names that begin with its own: a range has two.
            named = tuple(request.query_params)
            filterset.filters = {
                name: each
                for name, each in filterset.filters.items()
                if any(parameter.startswith(name) for parameter in named)
            }
        return filterset


class _MomentField(IsoDateTimeField):
    """A moment that the database can be asked for: at the ends of the calendar some have no place in UTC."""

    def to_python(self, value: Any) -> datetime | None:
        moment = super().to_python(value)
        try:
            return moment.astimezone(UTC) if moment else None
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class MomentFilter(IsoDateTimeFilter):
    field_class = _MomentField
