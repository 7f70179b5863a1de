import pytest

from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from summaries.domain.reading import review
from tests.summaries.session_rows import add_session, add_summary


@pytest.fixture
def summary(cast):
    return add_summary(add_session(cast.northwind, cast.bob, 1))


def decide(act, summary, actor, at, revision_id=None):
    act(summary=summary, revision_id=revision_id or summary.current_id, actor=actor, at=at)
    summary.refresh_from_db()


def test_mark_reviewed_keeps_who_and_when(cast, summary, at):
    decide(review.mark_reviewed, summary, cast.bob, at)

    assert (summary.review, summary.reviewed_by, summary.reviewed_at) == ("REVIEWED", cast.bob, at)
    assert AuditEntry.objects.filter(action="summary.reviewed", actor=cast.bob).count() == 1


@pytest.mark.parametrize("before", ["AI_GENERATED", "REVIEWED"])
def test_approve_a_text_reviewed_or_not(cast, summary, at, before):
    summary.review = before
    summary.save(update_fields=["review"])

    decide(review.approve, summary, cast.mona, at)

    assert (summary.review, summary.reviewed_by) == ("APPROVED", cast.mona)


def test_approve_needs_the_permission(cast, summary, at):
    with pytest.raises(PermissionMissing):
        decide(review.approve, summary, cast.bob, at)


@pytest.mark.parametrize("act", [review.mark_reviewed, review.approve])
def test_another_company_decides_nothing(cast, summary, at, act):
    with pytest.raises(PermissionMissing):
        decide(act, summary, cast.charlie, at)


@pytest.mark.parametrize("act", [review.mark_reviewed, review.approve])
def test_a_text_that_was_replaced_is_not_decided_on(cast, summary, at, act):
    with pytest.raises(review.UnableToReview):
        decide(act, summary, cast.alice, at, revision_id=summary.current_id + 1)

    summary.refresh_from_db()
    assert summary.review == "AI_GENERATED"


def test_an_approved_text_is_not_reviewed_again(cast, summary, at):
    decide(review.approve, summary, cast.alice, at)

    with pytest.raises(review.UnableToReview):
        decide(review.mark_reviewed, summary, cast.alice, at)


def test_record_view_keeps_the_reader(cast, summary, at):
    review.record_view(summary=summary, actor=cast.bob, at=at, address="192.0.2.7")

    entry = AuditEntry.objects.get(action="summary.viewed")
    assert (entry.actor, entry.address, entry.object_id) == (cast.bob, "192.0.2.7", str(summary.public_id))
