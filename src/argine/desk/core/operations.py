"""Throttling, by a token bucket for each purpose and sender that all processes share; and signs of life."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.core.cache import cache
from django.db import connection, transaction

from argine.desk.core import time
from argine.desk.core.crypto import keyed_digest
from argine.desk.core.errors import TooManyError
from argine.desk.core.models import Bucket, Heartbeat

TOLD_EACH_S = 3600
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` at once, then one every `seconds_each`."""

    purpose: str
    burst: int
    seconds_each: float


# Not "case-code": that is the purpose of the digests of the codes themselves.
CASE_CODE = Rate("case-code-tries", burst=10, seconds_each=30)
NOTICE = Rate("notice", burst=10, seconds_each=60)
MESSAGE = Rate("message", burst=20, seconds_each=30)
# Each file of a case takes a quarter of a second of a processor, and an entry of the log that stays for good.
OWN_FILE = Rate("own-file", burst=5, seconds_each=600)
WITNESS = Rate("witness", burst=30, seconds_each=5)


def take(rate: Rate, sender: str) -> None:
    """Count one try.

    Raises:
        TooManyError: the bucket is empty.
    """
    moment = time.now()
    digest = keyed_digest(rate.purpose, f"{moment:%Y-%m-%d} {sender}")
    with transaction.atomic():
        bucket = Bucket.objects.select_for_update().filter(digest=digest).first()
        if bucket is None:
            bucket = Bucket(digest=digest, tokens=rate.burst, updated_at=moment)
        # A clock that was set back must lock nobody out until it is there again.
        gained = max(0.0, (moment - bucket.updated_at).total_seconds()) / rate.seconds_each
        tokens = min(float(rate.burst), bucket.tokens + gained)
        if tokens >= 1:
            bucket.tokens, bucket.updated_at = tokens - 1, moment
            bucket.save()
            return
    _tell(rate)
    raise TooManyError("Too many tries. Please wait a little.", wait_s=ceil((1 - tokens) * rate.seconds_each))


def _tell(rate: Rate) -> None:
    """Say that senders are slowed down, and not who: once an hour for each purpose, in the whole desk."""
    key = f"slowed:{rate.purpose}"
    if cache.get(key) is None and cache.add(key, 1, TOLD_EACH_S):
        log.warning("Senders are slowed down: %s. This is said once an hour.", rate.purpose)


def forget_old_buckets() -> int:
    """Drop the buckets of past days; tell how many."""
    return Bucket.objects.filter(updated_at__lt=time.now() - timedelta(days=1)).delete()[0]


def drop_old_pages() -> bool:
    """Empty the database's write-ahead log: what was overwritten stands in it until then; tell whether it was done.

    While somebody reads an older state it cannot be, and the next run does it. The file itself holds nothing of what
    was deleted: `secure_delete` overwrites it (settings).
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        busy, _pages, _done = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def beat(name: str) -> None:
    """A background process says that it works."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": time.now()})
