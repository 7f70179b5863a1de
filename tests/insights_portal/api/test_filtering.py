import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from insights_portal.api.filtering import asks_for_all


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
