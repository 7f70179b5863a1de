import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain import disclosures
from accounts.domain.pseudonyms import NAMELESS, SupporterNames, make_pseudonyms, names_for
from accounts.models import Disclosure


@pytest.fixture
def council(cast, at):
    """Northwind in works-council mode."""
    disclosures.switch_on(company=cast.northwind, actor=cast.alice, at=at)
    return cast.northwind


def reveal(company, subject, *, to, until):
    Disclosure.objects.create(
        company=company,
        subject=subject,
        reason="A complaint",
        requested_by=to[0],
        requested_at=until - timedelta(hours=25),
        confirmed_by=to[1],
        confirmed_at=until - timedelta(hours=24),
        ends_at=until,
    )


def test_without_the_mode_everybody_has_their_name(cast, at):
    names = names_for(company=cast.northwind, viewer=cast.alice, at=at)

    assert names == SupporterNames()
    assert names.name_of(cast.bob.pk, "Bob") == "Bob"
    assert names.called("Bob") == "Bob"


def test_in_the_mode_only_ones_own_name_is_shown(cast, at, council):
    names = names_for(company=council, viewer=cast.bob, at=at)

    assert names.name_of(cast.bob.pk, "Bob") == "Bob"
    assert re.fullmatch(r"Supporter [B-Z][2-9][B-Z]", names.name_of(cast.mona.pk, "Mona"))
    assert names.called("Mona") == names.pseudonyms[cast.mona.pk]
    assert names.called("Somebody else") == "Somebody else"
    assert names.name_of(cast.charlie.pk, "Charlie") == NAMELESS


def test_pseudonyms_are_the_same_for_everybody_and_in_each_request(cast, at, council):
    seen = {
        names_for(company=council, viewer=viewer, at=at).pseudonyms[cast.bob.pk]
        for viewer in (cast.alice, cast.mona, cast.alice)
    }

    assert len(seen) == 1


def test_a_pseudonym_stays_when_the_secret_key_changes(cast, at, council, settings):
    before = names_for(company=council, viewer=cast.alice, at=at).pseudonyms
    settings.SECRET_KEY = "the-next-secret"

    assert names_for(company=council, viewer=cast.alice, at=at).pseudonyms == before


def test_a_pseudonym_says_nothing_in_another_company():
    first = make_pseudonyms(key="one", user_ids=range(50))
    second = make_pseudonyms(key="two", user_ids=range(50))

    assert sum(first[pk] == second[pk] for pk in range(50)) < 3


def test_no_two_members_share_a_pseudonym_and_nobodys_changes_when_others_join():
    few = make_pseudonyms(key="one", user_ids=range(500))
    many = make_pseudonyms(key="one", user_ids=range(2_000))

    assert len(set(many.values())) == 2_000
    assert {pk: many[pk] for pk in few} == few
    assert max(len(name) for name in many.values()) > len("Supporter K7Q")


@pytest.mark.parametrize("spelling", ["{}", " {} ", "supporter", "{code}", "{low}"])
def test_a_pseudonym_leads_back_to_the_member(cast, at, council, spelling):
    names = names_for(company=council, viewer=cast.alice, at=at)
    code = names.pseudonyms[cast.bob.pk].split()[1]
    text = spelling.format(names.pseudonyms[cast.bob.pk], code=code, low=code.lower())

    assert names.user_id_of(text) == (None if spelling == "supporter" else cast.bob.pk)


def test_a_revealed_name_is_shown_to_the_two_members_until_it_ends(cast, at, council):
    reveal(council, cast.bob, to=(cast.alice, cast.mona), until=at + timedelta(hours=1))

    def shown(viewer, moment):
        return names_for(company=council, viewer=viewer, at=moment).is_shown(cast.bob.pk)

    assert [shown(viewer, at) for viewer in (cast.alice, cast.mona, cast.charlie)] == [True, True, False]
    assert not shown(cast.alice, at + timedelta(hours=1))
    assert names_for(company=council, viewer=cast.alice, at=at).revealed == {cast.bob.pk}


def test_names_take_one_query_and_none_without_the_mode(cast, at):
    for expected in (0, 1):
        with CaptureQueriesContext(connection) as queries:
            names_for(company=cast.northwind, viewer=cast.alice, at=at)
        assert len(queries) == expected
        disclosures.switch_on(company=cast.northwind, actor=cast.alice, at=at)
