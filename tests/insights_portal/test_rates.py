import pytest
from django.core.cache import cache

from insights_portal.lib import rates
from insights_portal.lib.rates import is_within_rate


@pytest.fixture(autouse=True)
def empty_cache(db):
    cache.clear()


@pytest.fixture
def moment(monkeypatch):
    """Set the seconds that the module reads."""

    def at(seconds: float) -> None:
        monkeypatch.setattr(rates, "time", lambda: seconds)

    at(0)
    return at


def ask(key="test", times=1):
    return [is_within_rate(key=key, limit=2, seconds=60) for _ in range(times)]


def test_so_many_are_within_and_the_next_is_not(moment):
    assert ask(times=4) == [True, True, False, False]


def test_each_key_counts_for_itself(moment):
    ask(times=3)

    assert ask(key="other") == [True]


def test_the_next_window_begins_anew(moment):
    ask(times=3)
    moment(60)

    assert ask() == [True]
