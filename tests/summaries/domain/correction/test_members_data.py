"""What a member said about summaries is theirs: they get a copy of it, and it goes with them."""

from summaries.domain.correction.ratings import rate
from summaries.domain.keeping.erasure import erase
from summaries.models import SummaryRating
from tests.summaries.domain.correction.cases import summary_of
from tests.summaries.domain.keeping.test_data_subject_export import copy_of
from tests.summaries.domain.keeping.test_erasure import member_of


def rated_by(cast, at, *members):
    summary = summary_of(cast.northwind, cast.bob)
    for member in members:
        comment = f"A word of {member.name}."
        rate(summary=summary, seen=1, is_helpful=True, comment=comment, actor=member, at=at)


def test_a_copy_of_a_members_data_holds_their_ratings_alone(cast, at):
    rated_by(cast, at, cast.bob, cast.mona)

    copy = copy_of(cast, "member", str(cast.membership(cast.bob).pk), at)

    assert [row["comment"] for row in copy["ratings.jsonl"]] == ["A word of Bob."]


def test_the_ratings_of_a_member_who_is_erased_go(cast, at):
    rated_by(cast, at, cast.bob, cast.mona)

    erase(subject=member_of(cast, cast.bob), actor=cast.alice, at=at)

    assert [each.member for each in SummaryRating.objects.all()] == [cast.mona]
