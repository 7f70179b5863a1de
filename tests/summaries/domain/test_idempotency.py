from datetime import datetime, timedelta

import pytest

from summaries.domain.idempotency import KeyInUse, KeyMisused, claim_key, release_key, settle_key
from summaries.models import IdempotencyKey
from tests.conftest import Cast


def claim(cast: Cast, at: datetime, *, key: str = "k", fingerprint: str = "f", user: str = "bob") -> IdempotencyKey:
    member = getattr(cast, user)
    return claim_key(company=cast.membership(member).company, user=member, key=key, fingerprint=fingerprint, at=at)


def test_claim_key_remembers_what_was_made(cast: Cast, at: datetime) -> None:
    settle_key(key=claim(cast, at), result="made")

    assert claim(cast, at + timedelta(hours=23)).result == "made"
    assert IdempotencyKey.objects.count() == 1


def test_claim_key_refuses_another_request(cast: Cast, at: datetime) -> None:
    settle_key(key=claim(cast, at), result="made")

    with pytest.raises(KeyMisused, match="used for another request"):
        claim(cast, at, fingerprint="other")


def test_claim_key_refuses_while_the_first_request_runs(cast: Cast, at: datetime) -> None:
    claim(cast, at)

    with pytest.raises(KeyInUse, match="still running"):
        claim(cast, at + timedelta(hours=1))


def test_claim_key_takes_over_from_a_request_that_was_cut_off(cast: Cast, at: datetime) -> None:
    claim(cast, at)

    assert claim(cast, at + timedelta(hours=3)).result == ""


def test_claim_key_forgets_after_a_day(cast: Cast, at: datetime) -> None:
    settle_key(key=claim(cast, at), result="made")

    assert claim(cast, at + timedelta(hours=25), fingerprint="other").result == ""


def test_claim_key_is_each_members_own(cast: Cast, at: datetime) -> None:
    settle_key(key=claim(cast, at), result="made")

    assert [claim(cast, at, user=user).result for user in ("mona", "charlie")] == ["", ""]


def test_release_key_frees_it_for_another_attempt(cast: Cast, at: datetime) -> None:
    release_key(key=claim(cast, at))

    assert claim(cast, at, fingerprint="other").result == ""


@pytest.mark.parametrize("key", ["", "x" * 101, "a\nb", "schlüssel"])
def test_claim_key_refuses_what_is_no_key(cast: Cast, at: datetime, key: str) -> None:
    with pytest.raises(KeyMisused, match="1 to 100 printable"):
        claim(cast, at, key=key)


def test_claim_key_takes_a_key_of_100_characters(cast: Cast, at: datetime) -> None:
    assert claim(cast, at, key="x" * 100).key == "x" * 100
