from types import SimpleNamespace

import pytest
from django_filters import rest_framework as filters
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts.models import Company
from insights_portal.api.filtering import FilterWhenAsked, asks_for_all


@pytest.mark.parametrize(
    ("query", "is_all"),
    [
        ("", True),
        ("page_size=20&cursor=cD0x", True),
        ("page_size=20&status=OPEN", False),
        ("status=", False),
        ("no_such_filter=1", False),
    ],
)
def test_only_what_says_something_about_pages_asks_for_all(query: str, is_all: bool) -> None:
    assert asks_for_all(Request(APIRequestFactory().get(f"/?{query}"))) is is_all


class CompanyFilter(filters.FilterSet):
    name = filters.CharFilter()
    created_at = filters.DateTimeFromToRangeFilter()
    plan = filters.CharFilter()

    class Meta:
        model = Company
        fields: list[str] = []


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name=North&page_size=2", ["name"]),
        ("created_at_after=2026-01-01&plan=", ["created_at", "plan"]),
        ("no_such_filter=1", []),
    ],
)
def test_only_the_filters_that_the_address_names_are_read(query: str, names: list[str]) -> None:
    request = Request(APIRequestFactory().get(f"/?{query}"))
    view = SimpleNamespace(filterset_class=CompanyFilter)

    filterset = FilterWhenAsked().get_filterset(request, Company.objects.all(), view)

    assert list(filterset.filters) == names
    assert list(CompanyFilter.base_filters) == ["name", "created_at", "plan"]
