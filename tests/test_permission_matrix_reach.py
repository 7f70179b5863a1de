"""Every URL that names a session or a summary × members whose roles reach it or do not.

The URLs and what they are asked come from the rows of the permission matrix, so that a new URL with its row is here.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from summaries.models import SupportSession
from tests.permission_rows import ROWS
from tests.permission_world import Row, World, build_world
from tests.reach_world import Place, build_place
from tests.test_permission_matrix import ask

#: Each test undoes what it asks; the mark also makes the database that `world` stands in, whichever test runs alone.
pytestmark = pytest.mark.django_db

NAMES_A_SESSION = re.compile(r"(sessions|summaries)/(S-)?<")
#: Members whom another session is hidden from, and one who sees every session and acts on those of the team.
LIMITED = ("user group", "device group", "both groups", "own", "own in a group")


def routes(patterns: list, spaces: tuple[str, ...] = (), route: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, (*spaces, pattern.namespace) if pattern.namespace else spaces, here)
        elif isinstance(pattern, URLPattern):
            yield ":".join([*spaces, pattern.name or here]), here


NAMES = sorted({name for name, route in routes(get_resolver().url_patterns) if NAMES_A_SESSION.search(route)})
#: The rows of one URL that ask the same, as the matrix has them for its two sessions, are one here.
ASKED = {
    (name, row.method, tuple(sorted(row.data)), tuple(row.headers)): row
    for name in NAMES
    for row in ROWS.get(name, [])
    if row.statuses[0] != 405  # a method that the address does not have is refused before anybody looks for a session
}
CASES = [pytest.param(key[0], row, id=f"{key[0]}-{row.method}-{n}") for n, (key, row) in enumerate(ASKED.items())]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureDef) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def place(world: World) -> Place:
    return build_place(world.cast)


def answer(world: World, place: Place, persona: str, name: str, row: Row, session: SupportSession) -> int:
    people = {name: each.user for name, each in place.personas.items()}
    about = replace(world, people=people, session=session, own_session=session, summary=session.summary)
    return ask(about, persona, row.path(about, name), row)


def test_the_urls_of_sessions_are_found():
    assert {"summaries:session", "summaries:decide", "api:session-detail", "api:summary-detail"} <= set(NAMES)
    assert {key[0] for key in ASKED} == set(NAMES)


@pytest.mark.parametrize(("name", "row"), CASES)
def test_in_reach_a_limited_role_is_answered_like_an_unlimited_one(place, world, name, row):
    for persona in (*LIMITED, "acts in a group"):
        session = place.personas[persona].reached
        expected = answer(world, place, "everything", name, row, session)

        assert (persona, answer(world, place, persona, name, row, session)) == (persona, expected)


@pytest.mark.parametrize(("name", "row"), CASES)
def test_out_of_reach_there_is_no_such_session(place, world, name, row):
    with_summary = [session for session in place.sessions if hasattr(session, "summary")]
    for persona in LIMITED:
        hidden = [session for session in with_summary if not sees(place, persona, session)][:3]
        answers = {session.number: answer(world, place, persona, name, row, session) for session in hidden}

        assert (persona, answers) == (persona, dict.fromkeys(answers, 404))
        assert len(answers) >= 2


@pytest.mark.parametrize(("name", "row"), CASES)
def test_what_is_seen_but_not_reached_is_answered_as_to_one_who_only_reads_reports(place, world, name, row):
    session = next(session for session in place.sessions if session.number == 3)
    expected = answer(world, place, "reads reports", name, row, session)

    # Some addresses are closed to whom the permission is missing altogether, and lead to nothing for the others.
    assert answer(world, place, "acts in a group", name, row, session) in {
        expected,
        404 if expected == 403 else expected,
    }


def sees(place: Place, persona: str, session: SupportSession) -> bool:
    return SupportSession.objects.visible_to(place.personas[persona].user).filter(pk=session.pk).exists()
