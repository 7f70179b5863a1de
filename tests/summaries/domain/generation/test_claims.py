from uuid import uuid4

from django.utils import timezone

from summaries.domain.generation import claims as generation_claims
from tests.summaries.domain.remote import ask


def test_renew_and_put_back_touch_only_the_claims_own_row(cast, at):
    (summary,) = ask(cast.northwind, cast.bob, [1], at=at)
    claim = generation_claims.take(summary_id=summary.pk, at=at)
    foreign = generation_claims.Claim(claim.summary, uuid4(), at)

    assert generation_claims.take(summary_id=summary.pk, at=at) is None
    assert generation_claims.renew(claims=[foreign], at=at, lease_seconds=9) == 0
    assert generation_claims.renew(claims=[claim, foreign], at=at, lease_seconds=9) == 1
    assert generation_claims.put_back(claim=foreign, failure="x", retry_at=at, counts=True) == 0
    assert generation_claims.put_back(claim=claim, failure="x", retry_at=timezone.now(), counts=True) == 1


def test_take_all_claims_what_is_queued_in_the_order_that_is_named_and_nothing_else(cast, at):
    first, second, third = ask(cast.northwind, cast.bob, [1, 2, 3], at=at)
    generation_claims.take(summary_id=second.pk, at=at)

    taken = generation_claims.take_all(summary_ids=[third.pk, second.pk, first.pk], at=at)

    assert [each.summary.pk for each in taken] == [third.pk, first.pk]
    assert generation_claims.take_all(summary_ids=[first.pk, second.pk], at=at) == []


def test_take_all_asks_as_much_for_three_as_for_one(cast, at, django_assert_num_queries):
    one, *three = [each.pk for each in ask(cast.northwind, cast.bob, [1, 2, 3, 4], at=at)]

    for summary_ids in ([one], three):
        with django_assert_num_queries(2):
            for claim in generation_claims.take_all(summary_ids=summary_ids, at=at):
                session = claim.summary.session
                assert (session.company.ai_settings.is_active, session.device, session.supporter) == (
                    True,
                    None,
                    cast.bob,
                )
