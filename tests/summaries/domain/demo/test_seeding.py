import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from summaries.content import content_from_json, facts_from_json
from summaries.domain.demo import seeding
from summaries.domain.reading.search import matching, text_for
from summaries.domain.rollups.verification import verify
from summaries.models import SessionRollup, Summary, SummaryRevision, SupportSession
from tests.summaries.session_rows import add_session


def seed(*options):
    call_command("seed", *options)


@pytest.fixture
def seeded(db):
    seed("--sessions=60", "--companies=2")
    return seeding.seeded_companies()


def test_sizes_are_unequal_and_add_up():
    assert seeding.sizes(sessions=100, companies=3) == [55, 27, 18]


def test_seed_makes_sessions_as_the_portal_itself_would_have(seeded):
    sessions = SupportSession.objects.select_related("device", "summary__current").order_by("pk")

    assert [sessions.filter(company=company).count() for company in seeded] == [40, 20]
    for session in sessions:
        summary = getattr(session, "summary", None)
        revision = summary.current if summary else None
        content = content_from_json(revision.content) if revision else None
        assert text_for(session=session, content=content) == session.search_text
        assert revision is None or facts_from_json(revision.facts).duration_ms > 0
    assert 20 < Summary.objects.filter(current__isnull=False).count() < 60
    assert Summary.issue_types.through.objects.count() == SummaryRevision.objects.count()


def test_seeded_sessions_are_counted_and_found(seeded):
    findings = [finding for company in seeded for finding in verify(company=company)]

    assert sum(finding.looked_at for finding in findings) == 60
    assert all(finding.is_right for finding in findings)
    last = SupportSession.objects.select_related("device").latest("pk")
    assert matching(SupportSession.objects.all(), f"{last.label} {last.device.name}").get() == last


def test_seed_goes_on_with_numbers_where_it_ended(seeded):
    seed("--sessions=3", "--companies=2")

    assert SupportSession.objects.filter(company=seeded[0], number__in=(41, 42)).count() == 2
    assert User.objects.filter(email__startswith="reader@").count() == 1


def test_seed_keeps_away_from_real_sessions_unless_told(cast):
    add_session(cast.northwind, cast.bob, 1)

    with pytest.raises(CommandError, match="real sessions"):
        seed("--sessions=2", "--companies=1")
    seed("--sessions=2", "--companies=1", "--yes")

    assert SupportSession.objects.count() == 3


@pytest.mark.django_db
def test_seed_wants_a_session_for_each_company():
    with pytest.raises(CommandError, match="a session for each"):
        seed("--sessions=2", "--companies=3")


def test_seed_removes_what_it_added_and_nothing_else(cast, seeded):
    kept = add_session(cast.northwind, cast.bob, 1)

    seed("--remove")

    assert SupportSession.objects.get() == kept
    assert Summary.objects.count() == SummaryRevision.objects.count() == 0
    assert SessionRollup.objects.filter(company__in=seeded).count() == 0
    assert User.objects.filter(email__endswith="@seeded-01.example").count() == 1


def test_remove_sessions_refuses_another_company(cast):
    with pytest.raises(ValueError, match="northwind"):
        list(seeding.remove_sessions(company=cast.northwind))
