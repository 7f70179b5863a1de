from datetime import timedelta

import pytest
from django.http import Http404

from accounts.models import UserGroup
from accounts.permissions import Permission
from summaries.domain.keeping import trash
from summaries.domain.keeping.removal import delete_log, delete_report, delete_summary
from summaries.domain.keeping.restoring import NotInTrash
from summaries.domain.keeping.trash import newest_of, page_of, record_of, records_of, records_of_session, sessions_of
from summaries.enums import TrashedKind
from summaries.models import SupportSession, TrashedRecord
from tests.role_limits import limited_role
from tests.summaries.session_rows import add_interactions, add_session, add_summary


def kept(company, supporter, number):
    session = add_session(company, supporter, number, interaction_count=1)
    add_interactions(session, 1)
    add_summary(session)
    return session


@pytest.fixture
def filled(cast, at):
    """A log, a summary and a report of Northwind, and a log of Contoso."""
    for number, delete in enumerate((delete_log, delete_summary, delete_report), start=1):
        delete(session=kept(cast.northwind, cast.bob, number), actor=cast.alice, at=at + timedelta(minutes=number))
    delete_log(session=kept(cast.contoso, cast.charlie, 1), actor=cast.charlie, at=at)


def test_the_trash_shows_what_one_could_have_deleted(cast, filled):
    def shown(company, viewer):
        return [(each.session.label, each.what) for each in records_of(company=company, viewer=viewer)]

    assert shown(cast.northwind, cast.alice) == [("S-3", "REPORT"), ("S-2", "SUMMARY"), ("S-1", "LOG")]
    assert shown(cast.northwind, cast.mona) == [("S-2", "SUMMARY")]
    assert (shown(cast.northwind, cast.bob), shown(cast.northwind, cast.charlie)) == ([], [])
    assert TrashedRecord.objects.visible_to(cast.alice).count() == 3
    assert TrashedRecord.objects.visible_to(None).count() == 0


def test_the_trash_ends_where_a_role_reaches_no_session(cast, filled):
    nobody = UserGroup.objects.create(company=cast.northwind, name="Nobody")
    limited_role(cast.membership(cast.bob), "Cleaner", [Permission.DELETE_SUMMARIES], [nobody])

    assert records_of(company=cast.northwind, viewer=cast.bob).count() == 0


def test_the_trash_is_read_page_by_page(cast, filled, monkeypatch):
    monkeypatch.setattr(trash, "PAGE_ROWS", 2)
    records = records_of(company=cast.northwind, viewer=cast.alice)

    first = page_of(records)
    second = page_of(records, before=first.older)

    labels = [[each.session.label for each in page.records] for page in (first, second)]
    assert (labels, second.older) == ([["S-3", "S-2"], ["S-1"]], "")
    assert [page_of(records, before=key).records for key in ("x", "zz-1", "f" * 40)] == [first.records] * 3


def test_a_session_in_the_trash_is_found_by_those_who_saw_it(cast, filled):
    found = sessions_of(company=cast.northwind, viewer=cast.mona).values_list("number", flat=True)
    assert sorted(found) == [1, 2, 3]
    assert trash.session_numbered(company=cast.northwind, viewer=cast.alice, number=3).status == "TRASHED"
    for company, viewer in ((cast.northwind, cast.charlie), (cast.contoso, cast.charlie)):
        with pytest.raises(Http404):
            trash.session_numbered(company=company, viewer=viewer, number=3)


def test_a_record_is_named_by_its_session_and_id_or_as_the_newest_of_a_kind(cast, filled, at):
    log = SupportSession.objects.get(company=cast.northwind, number=1)
    summarised = SupportSession.objects.get(company=cast.northwind, number=2)
    first = TrashedRecord.objects.get(session=summarised)
    add_summary(summarised)
    newer = delete_summary(session=summarised, actor=cast.alice, at=at + timedelta(hours=1))

    assert record_of(session=summarised, record_id=first.pk) == first
    assert newest_of(session=summarised, what=TrashedKind.SUMMARY) == newer
    with pytest.raises(NotInTrash, match="what was deleted of S-1 was brought back"):
        record_of(session=log, record_id=first.pk)


def test_the_page_of_a_session_shows_what_of_it_may_be_brought_back(cast, filled):
    log, summarised = (SupportSession.objects.get(company=cast.northwind, number=number) for number in (1, 2))

    def offered(viewer):
        return [len(records_of_session(session=each, viewer=viewer)) for each in (log, summarised)]

    assert [offered(viewer) for viewer in (cast.alice, cast.mona, cast.bob)] == [[1, 1], [0, 1], [0, 0]]
