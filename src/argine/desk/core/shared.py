"""Django's cache, kept in the database: one for all processes and nodes of a desk.

django-allauth counts log-ins and remembers used six-digit codes in it. In the memory of each process, as Django does by
default, a code that one process took would open the account once more at another, and each would allow as many tries.
Keys are kept as keyed digests, since they name addresses; values as JSON, since Django's own cache in the database
would run what somebody wrote there.
"""

from datetime import datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import transaction

from argine.desk.core import time
from argine.desk.core.crypto import keyed_digest
from argine.desk.core.models import SharedValue

PURPOSE = "shared"
LONGEST_S = 86_400.0
Timeout = float | object | None


class SharedCache(BaseCache):
    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: str, value: object, timeout: Timeout = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        digest, now = self._digest(key, version), time.now()
        with transaction.atomic():
            SharedValue.objects.filter(digest=digest, ends_at__lte=now).delete()
            made: bool = SharedValue.objects.get_or_create(
                digest=digest, defaults={"value": value, "ends_at": self._end(now, timeout)}
            )[1]
        return made

    def get(self, key: str, default: object = None, version: int | None = None) -> Any:  # noqa: ANN401 - what was set
        found = SharedValue.objects.filter(digest=self._digest(key, version), ends_at__gt=time.now()).first()
        return default if found is None else found.value

    def set(self, key: str, value: object, timeout: Timeout = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        SharedValue.objects.update_or_create(
            digest=self._digest(key, version), defaults={"value": value, "ends_at": self._end(time.now(), timeout)}
        )

    def touch(self, key: str, timeout: Timeout = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        now = time.now()
        there = SharedValue.objects.filter(digest=self._digest(key, version), ends_at__gt=now)
        return bool(there.update(ends_at=self._end(now, timeout)))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(SharedValue.objects.filter(digest=self._digest(key, version)).delete()[0])

    def clear(self) -> None:
        SharedValue.objects.all().delete()

    def _digest(self, key: str, version: int | None) -> bytes:
        return keyed_digest(PURPOSE, self.make_and_validate_key(key, version))

    def _end(self, now: datetime, timeout: Timeout) -> datetime:
        """Nothing stays for more than a day."""
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return now + timedelta(
            seconds=min(LONGEST_S, float(seconds) if isinstance(seconds, int | float) else LONGEST_S)
        )


def forget_old_values() -> int:
    """Drop what has ended; tell how many."""
    return SharedValue.objects.filter(ends_at__lte=time.now()).delete()[0]
