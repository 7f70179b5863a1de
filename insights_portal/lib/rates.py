"""How often something may be done: counts in the shared cache, by window of time."""

from time import time

from django.core.cache import cache


def is_within_rate(*, key: str, limit: int, seconds: int) -> bool:
    """Count one more of *key* in the current window of *seconds*; False when that is more than *limit*.

    Of requests at the very same moment the cache may count one too few: a brake, not a lock.
    """
    # The window is part of the name: a cache's own expiry starts anew with each count.
    name = f"rate:{key}:{int(time() // seconds)}"
    cache.add(name, 0, timeout=2 * seconds)
    try:
        return cache.incr(name) <= limit
    except ValueError:
        # Thrown out of a full cache in between.
        return True
