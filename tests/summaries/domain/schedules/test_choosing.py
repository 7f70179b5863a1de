import pytest

from accounts.domain.members import add_member
from accounts.domain.pseudonyms import SupporterNames, names_for
from summaries.domain.schedules import choosing
from summaries.domain.schedules.choosing import choosable, typed_members
from summaries.domain.schedules.saving import MAX_RECIPIENTS, UnableToSchedule
from tests.conftest import NOW

NAMES = SupporterNames()


def typed(cast, text, names=NAMES):
    return typed_members(company=cast.northwind, names=names, typed=text)


def refusal(cast, text, names=NAMES):
    with pytest.raises(UnableToSchedule) as told:
        typed(cast, text, names)
    return str(told.value).partition(" is ")[0]


@pytest.mark.parametrize(("chosen", "shown"), [((), ["Alice", "Bob"]), (("mona",), ["Mona", "Alice"])])
def test_who_is_chosen_is_always_shown(cast, monkeypatch, chosen, shown):
    monkeypatch.setattr(choosing, "MOST_SHOWN", 2)

    found, has_more = choosable(company=cast.northwind, chosen=[getattr(cast, name).pk for name in chosen])

    assert ([user.name for user in found], has_more) == (shown, True)


def test_a_company_that_fits_has_no_more(cast, monkeypatch):
    monkeypatch.setattr(choosing, "MOST_SHOWN", 3)

    found, has_more = choosable(company=cast.northwind, chosen=[cast.charlie.pk])

    assert ([user.name for user in found], has_more) == (["Alice", "Bob", "Mona"], False)


def test_members_are_typed_by_name_or_address(cast):
    assert typed(cast, " bob \r\n\r\nMONA@northwind.example\nBob\x00") == {cast.bob.pk, cast.mona.pk}
    assert typed(cast, " \n") == frozenset()


def test_who_is_no_member_or_not_the_only_one_is_refused(cast):
    add_member(
        company=cast.northwind,
        email="bob2@northwind.example",
        name="Bob",
        role_names=["Supporter"],
        password=None,
        at=NOW,
    )

    assert refusal(cast, "Bob") == "“Bob”"
    assert refusal(cast, "Nobody") == "“Nobody”"
    assert refusal(cast, "Alice\ncharlie@contoso.example") == "“charlie@contoso.example”"
    assert refusal(cast, "x" * 100_000) == f"“{'x' * 100}”"
    assert typed(cast, "bob2@northwind.example") != {cast.bob.pk}


def test_no_more_are_looked_up_than_a_schedule_takes(cast):
    assert refusal(cast, "\n".join(f"n{number}" for number in range(MAX_RECIPIENTS + 1))) == (
        f"Choose {MAX_RECIPIENTS} members at most."
    )


def test_in_works_council_mode_a_colleague_is_known_by_the_pseudonym_alone(cast):
    cast.northwind.works_council_mode, cast.northwind.pseudonym_key = True, "k" * 64
    names = names_for(company=cast.northwind, viewer=cast.mona, at=NOW)

    assert typed(cast, f"{names.pseudonyms[cast.bob.pk]}\nMona", names) == {cast.bob.pk, cast.mona.pk}
    assert refusal(cast, "bob@northwind.example", names) == "“bob@northwind.example”"
    assert refusal(cast, "Bob", names) == "“Bob”"
