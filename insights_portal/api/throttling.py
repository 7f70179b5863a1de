import threading
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle

#: So many requests are taken out of the common limit at once at most, as a share of it,
MOST_AT_ONCE = 1 / 20
#: and what is left of them is void after so many seconds.
KEPT_SECONDS = 5.0
_MOST_KEPT = 10_000


class Portions:
    """What this process may still let through, by key, without asking the shared cache again.

    Whoever asks often gets twice as many each time; whoever asks seldom gets one, and the limit is exact.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: {key: (left, taken, until when)}
        self._kept: dict[str, tuple[int, int, float]] = {}

    def spend(self, key: str, now: float) -> bool:
        with self._lock:
            left, taken, until = self._kept.get(key, (0, 0, 0.0))
            if not left or now >= until:
                return False
            self._kept[key] = left - 1, taken, until
            return True

    def next_size(self, key: str, now: float) -> int:
        """How many to take now: one more than all of the last ones, if those were used up in time."""
        with self._lock:
            left, taken, until = self._kept.get(key, (0, 0, 0.0))
            return taken * 2 if taken and not left and now < until else 1

    def put(self, key: str, taken: int, now: float) -> None:
        """Keep *taken* requests, of which one is being let through."""
        with self._lock:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = taken - 1, taken, now + KEPT_SECONDS


class TokenOrMemberThrottle(UserRateThrottle):
    """So many requests a minute for each token, and for each member who is signed in to the portal.

    The cache is shared by all processes and holds when how many were taken: [(moment, requests)], the newest first.
    """

    scope = "api"
    portions: ClassVar[Portions] = Portions()
    #: An earlier release kept something else under its own name.
    cache_format = "taken_%(scope)s_%(ident)s"
    num_requests: int
    duration: int
    history: list[tuple[float, int]]

    def get_cache_key(self, request: Request, view: Any) -> str:  # noqa: ARG002
        token = getattr(request.auth, "pk", None)
        member = getattr(request.user, "pk", None)
        if token is not None:
            ident = f"token-{token}"
        else:
            ident = f"member-{member}" if member is not None else f"address-{self.get_ident(request)}"
        return self.cache_format % {"scope": self.scope, "ident": ident}

    def allow_request(self, request: Request, view: Any) -> bool:
        key, self.now = self.get_cache_key(request, view), self.timer()
        return self.portions.spend(key, self.now) or self._take(key)

    def wait(self) -> float | None:
        """Seconds until the oldest requests that count are a minute ago."""
        return self.history[-1][0] + self.duration - self.now

    def _take(self, key: str) -> bool:
        """Take the next requests out of the common limit, and let one of them through."""
        kept = self.cache.get(key, [])
        self.history = [each for each in kept if each[0] > self.now - self.duration]
        left = self.num_requests - sum(count for _, count in self.history)
        if left < 1:
            return False
        wish = self.portions.next_size(key, self.now)
        taken = max(min(wish, left, int(self.num_requests * MOST_AT_ONCE)), 1)
        self.cache.set(key, [(self.now, taken), *self.history], self.duration)
        self.portions.put(key, taken, self.now)
        return True
