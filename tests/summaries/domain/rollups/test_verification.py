import pytest
from django.db import connection

from accounts.models import Company
from summaries.domain.rollups import counting, verification
from summaries.domain.rollups.verification import Finding, is_counted, mend, mend_some, verify
from summaries.models import CountedSession, SessionChange, SessionRollup, SupportSession
from summaries.models.rollup_triggers import NAMES, keep_triggers, standing
from summaries.models.rollups import Facet
from tests.summaries.session_rows import add_session, add_summary


@pytest.fixture
def counted(cast):
    for number in range(1, 4):
        session = add_session(cast.northwind, cast.bob, number, hours_ago=24 * 20 * number)
        add_summary(session, issue_types=("VPN",), applications=("Word",))
    Company.objects.filter(pk=cast.northwind.pk).update(next_session_number=4)
    counting.keep_up(keep_going=lambda: True)
    return cast


def whole(company):
    found = Finding()
    for each in verify(company=company):
        found = found.plus(each)
    return found


def test_right_sums_are_found_right(counted, monkeypatch):
    monkeypatch.setattr(verification, "_BATCH", 2)
    add_session(counted.northwind, counted.bob, 7)

    assert whole(counted.northwind) == Finding(looked_at=4)
    assert whole(counted.contoso) == Finding()


def unnoticed(statement):
    """What only somebody beside the triggers could do."""
    statement()
    SessionChange.objects.all().delete()


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (lambda: unnoticed(lambda: SupportSession.objects.filter(number=1).update(status="DELETED")), (3, 1, 0)),
        (lambda: CountedSession.objects.filter(session_id__gt=0).first().delete(), (3, 1, 14)),
        (lambda: SessionRollup.objects.filter(facet=Facet.PAIR).delete(), (3, 0, 5)),
        (lambda: SessionRollup.objects.filter(facet=Facet.SUMMARIES, grain=0).update(sessions=7), (3, 0, 3)),
    ],
)
def test_wrong_sums_are_found_and_mended(counted, harm, found):
    harm()
    before = whole(counted.northwind)
    assert before == Finding(*found)
    assert not before.is_right

    looked_at = SupportSession.objects.filter(company=counted.northwind).count()
    counting.begin_anew(company=counted.northwind)
    counting.keep_up(keep_going=lambda: True)

    assert whole(counted.northwind) == Finding(looked_at=looked_at)


def test_a_night_mends_some_sessions_and_the_newest_month(counted, at):
    unnoticed(lambda: SupportSession.objects.filter(number=3).update(ended_at=None))
    company = Company.objects.get(pk=counted.northwind.pk)

    assert mend_some(at=at) == [(company.pk, Finding(looked_at=3, sessions=1))]
    assert mend_some(at=at) == []
    assert whole(company).is_right

    SessionRollup.objects.filter(facet=Facet.LENGTH).delete()
    ((company_id, found),) = mend_some(at=at)
    assert (company_id, found.sessions) == (company.pk, 0)
    assert found.sums == 3
    assert not is_counted(company)
    assert mend(company=company) == Finding()
    assert list(verify(company=company)) == []


def test_each_night_looks_at_others(counted, monkeypatch):
    monkeypatch.setattr(verification, "SAMPLE", 2)
    company = Company.objects.get(pk=counted.northwind.pk)
    unnoticed(lambda: SupportSession.objects.filter(number=3).update(ended_at=None))

    found = [mend(company=company, turn=turn) for turn in range(3)]

    assert found == [Finding(looked_at=2), Finding(looked_at=2, sessions=1), Finding()]


@pytest.mark.django_db
def test_triggers_stand_and_come_back():
    with connection.cursor() as cursor:
        assert standing(cursor, vendor=connection.vendor) == NAMES
        table = " ON summaries_summary" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER summaries_note_summary_update{table}")

        keep_triggers(using="default")

        assert standing(cursor, vendor=connection.vendor) == NAMES
    keep_triggers(using="default")


@pytest.mark.django_db
def test_without_their_table_there_are_no_triggers(monkeypatch):
    monkeypatch.setattr("summaries.models.rollup_triggers.CHANGES", "no_such_table")
    with connection.cursor() as cursor:
        table = " ON summaries_summary" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER summaries_note_summary_update{table}")

        keep_triggers(using="default")

        assert len(standing(cursor, vendor=connection.vendor)) == len(NAMES) - 1
