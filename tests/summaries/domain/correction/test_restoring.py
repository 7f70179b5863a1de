import pytest

from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from summaries.content import content_from_json
from summaries.domain.correction.editing import correct
from summaries.domain.correction.restoring import UnableToRestore, newer_text, restore
from summaries.models import Summary, SummaryRevision
from tests.summaries.domain.correction.cases import content_of, summary_of, with_problem


@pytest.fixture
def summary(cast, at):
    """With an engine's text, and Bob's correction of it."""
    summary = summary_of(cast.northwind, cast.bob)
    correct(summary=summary, seen=1, content=with_problem(summary, "Stuck."), actor=cast.bob, at=at)
    summary.refresh_from_db()
    return summary


@pytest.fixture
def newer(summary, at):
    """What an engine wrote after the correction."""
    first = SummaryRevision.objects.get(number=1)
    first.pk, first.number = None, 3
    first.save()
    return first


def restored(summary, number, actor, at, seen=2):
    revision = restore(summary=summary, number=number, seen=seen, actor=actor, at=at)
    summary.refresh_from_db()
    return revision


def test_an_earlier_text_becomes_a_new_revision(cast, summary, at):
    first = SummaryRevision.objects.get(number=1)

    revision = restored(summary, 1, cast.mona, at)

    assert (revision.number, revision.author, revision.based_on) == (3, cast.mona, first)
    revision.refresh_from_db()
    assert content_from_json(revision.content) == content_from_json(first.content)
    assert (revision.engine, revision.facts) == ("BUILT_IN", first.facts)
    assert (summary.current, summary.review, summary.reviewed_by) == (revision, "AI_GENERATED", None)
    assert AuditEntry.objects.get(action="summary.restored").details == {"revision": 3, "from": 1, "instead_of": 2}


def test_a_persons_text_that_comes_back_is_reviewed(cast, summary, at):
    restored(summary, 1, cast.mona, at)

    restored(summary, 2, cast.mona, at, seen=3)

    assert (summary.review, summary.reviewed_by, content_of(summary).problem[0].text) == (
        "REVIEWED",
        cast.mona,
        "Stuck.",
    )


def test_a_newer_text_of_an_engine_is_taken_as_it_is(cast, summary, newer, at):
    assert newer_text(summary=summary) == newer

    restored(summary, 3, cast.bob, at)

    assert (summary.current, summary.review, SummaryRevision.objects.count()) == (newer, "AI_GENERATED", 3)
    assert newer_text(summary=summary) is None
    assert AuditEntry.objects.filter(action="summary.newer_text_used", actor=cast.bob).count() == 1


def test_there_is_no_newer_text_than_an_engines_own(cast):
    summary = summary_of(cast.northwind, cast.bob, 2)

    assert newer_text(summary=summary) is None
    assert newer_text(summary=Summary()) is None


@pytest.mark.parametrize("number", [2, 9])
def test_what_is_current_or_unknown_is_not_restored(cast, summary, at, number):
    with pytest.raises(UnableToRestore):
        restored(summary, number, cast.bob, at)


def test_another_summarys_revision_is_unknown(cast, summary, newer, at):
    other = summary_of(cast.northwind, cast.bob, 2)

    with pytest.raises(UnableToRestore):
        restored(other, 3, cast.bob, at, seen=1)


def test_another_company_restores_nothing(cast, summary, at):
    with pytest.raises(PermissionMissing):
        restored(summary, 1, cast.charlie, at)
