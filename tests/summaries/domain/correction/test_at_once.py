"""Two people, or one who presses twice, at the same moment: one text wins, and the other one is told."""

import pytest

from summaries.domain.correction.current import ChangedMeanwhile
from summaries.domain.correction.editing import correct
from summaries.domain.correction.ratings import rate
from summaries.domain.correction.restoring import restore
from summaries.models import Summary, SummaryRating, SummaryRevision
from tests.at_once import at_once, seen, shared_database
from tests.conftest import build_cast
from tests.summaries.domain.correction.cases import summary_of, with_problem


@pytest.mark.django_db(transaction=True)
def test_of_corrections_made_at_once_one_is_saved(tmp_path, at):
    cast = build_cast()
    summary = summary_of(cast.northwind, cast.bob)
    texts = {cast.bob: with_problem(summary, "Bob's."), cast.mona: with_problem(summary, "Mona's.")}

    def correction(actor):
        fresh = Summary.objects.select_related("session").get(pk=summary.pk)
        return correct(summary=fresh, seen=1, content=texts[actor], actor=actor, at=at).number

    with shared_database(tmp_path):
        outcomes = at_once(*(lambda actor=actor: correction(actor) for actor in (cast.bob, cast.mona, cast.mona)))
        numbers = seen(lambda: list(SummaryRevision.objects.order_by("number").values_list("number", flat=True)))
        current = seen(lambda: Summary.objects.values_list("current__number", "review").get())

    assert sorted(map(str, outcomes)) == sorted(["2", str(ChangedMeanwhile), str(ChangedMeanwhile)])
    assert (numbers, current) == ([1, 2], (2, "REVIEWED"))


@pytest.mark.django_db(transaction=True)
def test_restores_and_ratings_made_at_once_are_one(tmp_path, at):
    cast = build_cast()
    summary = summary_of(cast.northwind, cast.bob)
    correct(summary=summary, seen=1, content=with_problem(summary, "Bob's."), actor=cast.bob, at=at)

    def act(call):
        return call(
            summary=Summary.objects.select_related("session").get(pk=summary.pk), seen=2, actor=cast.mona, at=at
        )

    with shared_database(tmp_path):
        rated = at_once(*[lambda: act(lambda **now: rate(is_helpful=True, comment="", **now).is_helpful)] * 3)
        outcomes = at_once(*[lambda: act(lambda **now: restore(number=1, **now).number)] * 3)
        ratings = seen(SummaryRating.objects.count)

    assert rated == [True, True, True]
    assert ratings == 1
    assert sorted(map(str, outcomes)) == sorted(["3", str(ChangedMeanwhile), str(ChangedMeanwhile)])
