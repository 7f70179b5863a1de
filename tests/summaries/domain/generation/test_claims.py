from uuid import uuid4

from django.utils import timezone

from summaries.domain.generation import claims as generation_claims
from tests.summaries.domain.remote import ask


def test_renew_and_put_back_touch_only_the_claims_own_row(cast, at):
    (summary,) = ask(cast.northwind, cast.bob, [1], at=at)
    claim = generation_claims.take(summary_id=summary.pk, at=at)
    foreign = generation_claims.Claim(claim.summary, uuid4(), at)

    assert generation_claims.take(summary_id=summary.pk, at=at) is None
    assert generation_claims.renew(tokens=[foreign.token], at=at, lease_seconds=9) == 0
    assert generation_claims.put_back(claim=foreign, failure="x", retry_at=at, counts=True) == 0
    assert generation_claims.put_back(claim=claim, failure="x", retry_at=timezone.now(), counts=True) == 1
