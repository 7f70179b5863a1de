import pytest

from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from summaries.domain.correction.current import ChangedMeanwhile
from summaries.domain.correction.ratings import UnableToRate, rate, ratings_of
from summaries.models import SummaryRating
from tests.summaries.domain.correction.cases import summary_of


@pytest.fixture
def summary(cast):
    return summary_of(cast.northwind, cast.bob)


def rated(summary, actor, at, *, is_helpful=True, comment="", seen=1):
    return rate(summary=summary, seen=seen, is_helpful=is_helpful, comment=comment, actor=actor, at=at)


def test_a_rating_can_be_changed_and_there_is_one_for_each_member(cast, summary, at, later):
    rated(summary, cast.bob, at)
    rated(summary, cast.mona, at)
    rated(summary, cast.bob, later, is_helpful=False, comment="The cause is wrong.")

    rows = SummaryRating.objects.order_by("member__name").values_list("member__name", "is_helpful", "comment")
    assert list(rows) == [("Bob", False, "The cause is wrong."), ("Mona", True, "")]
    assert SummaryRating.objects.get(member=cast.bob).revision == summary.current


def test_managers_know_all_ratings_and_members_their_own(cast, summary, at):
    rated(summary, cast.mona, at)
    rated(summary, cast.bob, at)

    assert [each.member for each in ratings_of(summary=summary, viewer=cast.bob)] == [cast.bob]
    assert [each.member for each in ratings_of(summary=summary, viewer=cast.mona)] == [cast.mona, cast.bob]
    assert SummaryRating.objects.visible_to(cast.charlie).count() == 0
    assert SummaryRating.objects.visible_in(cast.mona, cast.northwind).count() == 2


def test_a_comment_is_masked_and_never_told_to_the_audit_log(cast, summary, at):
    rating = rated(summary, cast.bob, at, comment="Ask carla@customer.example")

    entry = AuditEntry.objects.get(action="summary.rated")
    assert rating.comment == "Ask [EMAIL-1]"
    assert entry.details == {"helpful": True, "revision": 1, "with_comment": True}


def test_a_long_comment_is_refused(cast, summary, at):
    with pytest.raises(UnableToRate):
        rated(summary, cast.bob, at, comment="x" * 501)
    assert SummaryRating.objects.count() == 0


def test_a_text_that_was_replaced_is_not_rated(cast, summary, at):
    with pytest.raises(ChangedMeanwhile):
        rated(summary, cast.bob, at, seen=2)


def test_who_may_not_read_does_not_rate(cast, summary, at):
    with pytest.raises(PermissionMissing):
        rated(summary, cast.charlie, at)
