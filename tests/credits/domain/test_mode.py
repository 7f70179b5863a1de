import pytest

from accounts.models import AISettings, AuditEntry
from accounts.tenancy import PermissionMissing
from credits.domain.mode import UnableToChangeMode, set_mode
from tests.at_once import at_once, shared_database


def give_key(company, **fields):
    values = {"engine": "CLAUDE", "engine_key_encrypted": "sealed", **fields}
    AISettings.objects.filter(company=company).update(**values)


def is_metered(company):
    return AISettings.objects.get(company=company).meter_only


def entered(company):
    changes = AuditEntry.objects.filter(company=company, action="credits.mode_changed").order_by("pk")
    return [(entry.actor_id, entry.details) for entry in changes]


@pytest.mark.parametrize(
    "fields", [{}, {"engine_key_encrypted": "", "engine_base_url": "https://models.northwind.example"}]
)
def test_a_company_on_its_own_key_or_server_changes_to_and_fro(cast, at, fields):
    give_key(cast.northwind, **fields)

    changes = [
        set_mode(company=cast.northwind, meter_only=wanted, actor=cast.alice, at=at) for wanted in (True, True, False)
    ]

    assert changes == [True, False, True]
    assert (is_metered(cast.northwind), is_metered(cast.contoso)) == (False, False)
    assert entered(cast.northwind) == [
        (cast.alice.pk, {"mode": "meter only"}),
        (cast.alice.pk, {"mode": "budget"}),
    ]


@pytest.mark.parametrize("fields", [{"engine": "BUILT_IN"}, {"engine_key_encrypted": ""}])
def test_without_its_own_key_a_company_stays_with_its_budget(cast, at, fields):
    give_key(cast.northwind, **fields)

    with pytest.raises(UnableToChangeMode, match="Enter a key"):
        set_mode(company=cast.northwind, meter_only=True, actor=cast.alice, at=at)

    assert (is_metered(cast.northwind), entered(cast.northwind)) == (False, [])


def test_back_to_the_budget_needs_no_key(cast, at):
    AISettings.objects.filter(company=cast.northwind).update(meter_only=True)

    assert set_mode(company=cast.northwind, meter_only=False, actor=cast.alice, at=at) is True


@pytest.mark.parametrize("name", ["bob", "mona", "charlie"])
def test_only_who_manages_the_company_changes_it(cast, at, name):
    give_key(cast.northwind)

    with pytest.raises(PermissionMissing):
        set_mode(company=cast.northwind, meter_only=True, actor=getattr(cast, name), at=at)

    assert (is_metered(cast.northwind), entered(cast.northwind)) == (False, [])


@pytest.mark.django_db(transaction=True)
def test_changed_by_two_at_once_it_is_changed_once(cast, at, tmp_path):
    give_key(cast.northwind)

    def change():
        return set_mode(company=cast.northwind, meter_only=True, actor=cast.alice, at=at)

    with shared_database(tmp_path):
        changes = at_once(change, change)
        (written,) = at_once(lambda: len(entered(cast.northwind)))

    assert (sorted(changes), written) == ([False, True], 1)
