import pytest

from summaries.domain.reading import timeline
from summaries.domain.reading.queries import Page
from tests.summaries.session_rows import add_interactions, add_session


def places(page):
    return [interaction.number for interaction in page.rows]


@pytest.fixture
def long_session(cast):
    session = add_session(cast.northwind, cast.bob, 1)
    add_interactions(session, 450)
    return session


@pytest.mark.parametrize(
    ("asked", "numbers_of_page", "keys"),
    [
        ({}, (1, 200), ("200", "")),
        ({"after": 200}, (201, 400), ("400", "201")),
        ({"after": 400}, (401, 450), ("", "401")),
        ({"before": 401}, (201, 400), ("400", "201")),
        ({"before": 151}, (1, 150), ("150", "")),
        ({"at_number": 200}, (1, 200), ("200", "")),
        ({"at_number": 201}, (201, 400), ("400", "201")),
        ({"kind": "NOT_A_KIND"}, (1, 200), ("200", "")),
    ],
)
def test_timeline_page(long_session, asked, numbers_of_page, keys):
    page = timeline.timeline_page(session=long_session, **asked)

    assert (places(page)[0], places(page)[-1]) == numbers_of_page
    assert (page.newer, page.older) == keys


def test_timeline_page_by_kind_and_application(long_session):
    long_session.interactions.filter(number__in=[7, 300]).update(kind="CHAT")
    long_session.interactions.filter(number=300).update(application="Teams")

    assert places(timeline.timeline_page(session=long_session, kind="CHAT")) == [7, 300]
    assert places(timeline.timeline_page(session=long_session, kind="CHAT", application="Teams")) == [300]
    assert timeline.timeline_page(session=long_session, application="nothing") == Page([])


def test_timeline_choices_are_what_the_session_holds(long_session):
    long_session.interactions.filter(number__in=[7, 300]).update(kind="CHAT", application="")

    kinds, applications = timeline.timeline_choices(session=long_session)

    assert (kinds, applications) == ([("CHAT", "Chat", 2), ("OUTPUT", "Output", 448)], ["bash"])


def test_by_application_makes_runs(long_session):
    long_session.interactions.filter(number=2).update(application="Teams")

    groups = timeline.by_application(long_session.interactions.filter(number__lte=4))

    assert [(group.application, len(group.interactions)) for group in groups] == [
        ("bash", 1),
        ("Teams", 1),
        ("bash", 2),
    ]


def test_timeline_page_of_what_a_rule_masked(long_session):
    long_session.interactions.filter(number=7).update(text="mail to [EMAIL-2]")
    long_session.interactions.filter(number=9).update(title="Inbox of [EMAIL-1]")
    long_session.interactions.filter(number=11).update(text="[IBAN-1]")
    long_session.redaction_counts = {"EMAIL": 2}

    assert places(timeline.timeline_page(session=long_session, masked="EMAIL")) == [7, 9]
    # A rule that masked nothing here narrows nothing.
    assert len(timeline.timeline_page(session=long_session, masked="IBAN").rows) == 200
