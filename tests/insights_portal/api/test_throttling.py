from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIRequestFactory

from insights_portal.api import throttling
from insights_portal.api.throttling import Portions, TokenOrMemberThrottle

MINUTE = 60.0


@pytest.fixture
def limited(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of 40 a minute, of which a tenth may be taken at once and is kept for five seconds."""
    monkeypatch.setattr(TokenOrMemberThrottle, "THROTTLE_RATES", {"api": "40/min"})
    monkeypatch.setattr(TokenOrMemberThrottle, "portions", Portions())
    monkeypatch.setattr(throttling, "MOST_AT_ONCE", 0.1)
    monkeypatch.setattr(throttling, "KEPT_SECONDS", 5.0)
    cache.clear()


class Asker:
    """A process that asks at the moments it is told."""

    def __init__(self) -> None:
        self.portions = Portions()
        self.wait: float | None = None

    def ask(self, at: float) -> bool:
        throttle = TokenOrMemberThrottle()
        throttle.timer = lambda: at
        throttle.__dict__["portions"] = self.portions
        request: Any = APIRequestFactory().get("/")
        request.user = request.auth = None
        is_allowed = throttle.allow_request(request, None)
        self.wait = None if is_allowed else throttle.wait()
        return is_allowed


def test_many_requests_take_no_more_than_the_limit_and_ask_the_cache_less_and_less(
    limited: None, django_assert_max_num_queries: Any
) -> None:
    asker = Asker()

    with django_assert_max_num_queries(80):  # six for each of 12 portions; one by one they were 240
        allowed = [asker.ask(1_000 + number / 100) for number in range(40)]
    allowed += [asker.ask(1_001 + number / 100) for number in range(20)]

    assert allowed == [True] * 40 + [False] * 20
    assert asker.wait is not None
    assert 0 < asker.wait <= MINUTE


def test_processes_share_the_limit(limited: None) -> None:
    first, second = Asker(), Asker()

    allowed = [asker.ask(1_000 + number / 100) for number in range(40) for asker in (first, second)]

    assert allowed.count(True) == 40


def test_who_asks_seldom_is_counted_exactly_by_every_process(limited: None) -> None:
    askers = [Asker() for _ in range(4)]

    allowed = [asker.ask(1_000 + number * 6) for number in range(9) for asker in askers]

    assert allowed == [True] * 36


def test_what_was_taken_and_not_used_is_void_after_a_while(limited: None) -> None:
    asker = Asker()
    for number in range(4):  # one, two, and one of four
        asker.ask(1_000 + number / 100)

    assert [asker.portions.spend("throttle", 2_000), asker.portions.next_size("throttle", 2_000)] == [False, 1]


def test_a_minute_later_the_limit_begins_anew(limited: None) -> None:
    asker = Asker()
    for number in range(50):
        asker.ask(1_000 + number / 100)

    assert [asker.ask(1_001), asker.ask(1_062)] == [False, True]


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "_MOST_KEPT", 2)
    monkeypatch.setattr(throttling, "KEPT_SECONDS", 5.0)
    portions = Portions()
    for key in ("a", "b", "c"):
        portions.put(key, 2, 1_000.0)

    assert [portions.spend(key, 1_001.0) for key in ("a", "b", "c")] == [False, False, True]
