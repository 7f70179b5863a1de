import pytest

from accounts.domain import companies, sign_ins
from accounts.domain.time_zones import UnknownTimeZone, check_time_zone, time_zones
from accounts.models import Company, User

UNREAL = ["Mars/Olympus", "localtime", "Factory", "europe/berlin", "../../etc/passwd", "+02:00"]


def test_time_zones_are_real_places():
    assert {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"} <= set(time_zones())
    assert set(time_zones()) & set(UNREAL) == set()


@pytest.mark.parametrize("name", UNREAL)
def test_an_unreal_time_zone_is_refused_everywhere(cast, at, name):
    with pytest.raises(UnknownTimeZone):
        check_time_zone(name)
    with pytest.raises(UnknownTimeZone):
        companies.create_company(name="Fabrikam", slug="fabrikam", time_zone=name, at=at)
    with pytest.raises(UnknownTimeZone):
        companies.change_company(company=cast.northwind, values={"time_zone": name}, actor=cast.alice, at=at)
    with pytest.raises(UnknownTimeZone):
        sign_ins.change_profile(user=cast.bob, name="Bob", time_zone=name, language="", has_key_shortcuts=False, at=at)

    assert Company.objects.get(pk=cast.northwind.pk).time_zone == "UTC"
    assert User.objects.get(pk=cast.bob.pk).time_zone == ""


def test_a_person_goes_back_to_the_companys_time_zone(cast, at):
    sign_ins.change_profile(
        user=cast.bob, name="Bob", time_zone="Asia/Tokyo", language="", has_key_shortcuts=False, at=at
    )
    sign_ins.change_profile(user=cast.bob, name="Bob", time_zone="", language="", has_key_shortcuts=False, at=at)

    assert User.objects.get(pk=cast.bob.pk).time_zone == ""
