"""How often a platform's key may ask: a token bucket for each key, in the memory of each web process.

In memory, for a check is to take milliseconds and a write to the database takes longer than that. Only keys that were
found good are counted, so there are never more buckets than keys.
"""

from math import ceil
from threading import Lock
from time import monotonic
from uuid import UUID

from django.conf import settings

from argine.desk.core.errors import TooManyError

MINUTE_S = 60.0
# Keys come and go; more than a desk will ever have at once.
MOST_BUCKETS = 10_000

_lock = Lock()
_buckets: dict[UUID, tuple[float, float]] = {}


def count(key: UUID) -> None:
    """Count one request of a key. A minute's worth may come at once.

    Raises:
        TooManyError: there were too many; `wait_s` says how long to wait.
    """
    most, moment = float(settings.CONFIG.key_per_minute), monotonic()
    with _lock:
        tokens, before = _buckets.get(key, (most, moment))
        tokens = min(most, tokens + (moment - before) * most / MINUTE_S)
        allowed = tokens >= 1
        if key not in _buckets and len(_buckets) >= MOST_BUCKETS:
            _buckets.pop(next(iter(_buckets)))
        _buckets[key] = (tokens - allowed, moment)
    if not allowed:
        wait = max(1, ceil((1 - tokens) * MINUTE_S / most))
        raise TooManyError("This key asks too often. Wait a little.", wait_s=wait)


def forget() -> None:
    """Begin anew."""
    with _lock:
        _buckets.clear()
