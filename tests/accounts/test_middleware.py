import pytest
from django.http import HttpResponse
from django.utils import timezone

from accounts.middleware import SESSION_KEY, CurrentCompanyMiddleware
from accounts.models import Company, User


def zone_seen_by(rf, user):
    """The time zone in which a page for *user* is made."""
    seen = []

    def page(request):
        seen.append(timezone.get_current_timezone_name())
        return HttpResponse()

    request = rf.get("/")
    request.user, request.session = user, {}
    CurrentCompanyMiddleware(page)(request)
    return seen[0]


@pytest.mark.parametrize(
    ("own", "companys", "seen"),
    [
        ("Asia/Tokyo", "Europe/Madrid", "Asia/Tokyo"),
        ("", "Europe/Madrid", "Europe/Madrid"),
        ("Moon/Crater", "Europe/Madrid", "UTC"),
        ("", "../../etc/passwd", "UTC"),
    ],
)
def test_times_are_shown_in_ones_own_zone_else_the_companys(rf, cast, own, companys, seen):
    User.objects.filter(pk=cast.bob.pk).update(time_zone=own)
    Company.objects.filter(pk=cast.northwind.pk).update(time_zone=companys)

    assert zone_seen_by(rf, User.objects.get(pk=cast.bob.pk)) == seen
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_chosen_company_that_is_not_ones_own_is_passed_over(rf, cast):
    request = rf.get("/")
    request.user, request.session = cast.bob, {SESSION_KEY: cast.contoso.pk}

    CurrentCompanyMiddleware(lambda request: HttpResponse())(request)

    assert request.company == cast.northwind
