"""Making the signals of what was uploaded, in confined processes, as the operator's settings say."""

from collections.abc import Collection
from functools import lru_cache

from django.conf import settings

from argine.desk.core.uploads import MIB
from argine.media.confine import Level
from argine.media.limits import Limits
from argine.signals.hasher import ALL_TYPES, HashedFile, hash_query
from argine.signals.pool import HashPool, PoolLimits
from argine.signals.types import SignalType

UNCONFINED = "none"
OFF, FULL = "off", "full"


def limits() -> Limits:
    """How large a picture may be, by the operator's settings."""
    config = settings.CONFIG
    return Limits(
        max_bytes=config.max_upload_mib * MIB,
        max_pixels=config.max_pixels_million * 1_000_000,
        max_frames=config.max_frames,
        max_animation_pixels=config.max_animation_pixels_million * 1_000_000,
    )


@lru_cache(maxsize=1)
def _pool(pool_limits: PoolLimits, file_limits: Limits) -> HashPool:
    return HashPool(pool_limits, file_limits)


def pool() -> HashPool:
    """The processes of this web process; a change of settings makes new ones."""
    config = settings.CONFIG
    return _pool(PoolLimits(config.hash_processes, float(config.hash_seconds), least()), limits())


def least() -> Level:
    """How far the decoder must be confined, by the operator's settings."""
    return Level.FULL if settings.CONFIG.sandbox == FULL else Level.PROCESS


def hash_upload(data: bytes, types: Collection[SignalType] = ALL_TYPES) -> HashedFile:
    """Make everything by which a copy of something banked is recognised, or of that what is asked for.

    Raises:
        MediaError: it is no picture that can be read, or its decoder failed.
        BusyError: too many pictures at once.
        UnsafeError: this machine cannot confine the decoder as far as the settings ask.
    """
    if settings.CONFIG.sandbox == OFF:
        return hash_query(data, limits(), types)
    return pool().hash_query(data, types)


def level() -> str:
    """How far the decoder is confined here: `full`, `partial`, `process`, or `none` where it was switched off."""
    return UNCONFINED if settings.CONFIG.sandbox == OFF else pool().confinement().level.value
