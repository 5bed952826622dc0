"""Making the signals of what was uploaded, in confined processes, as the operator's settings say."""

from collections.abc import Collection
from functools import lru_cache

from django.conf import settings

from argine.desk.core.uploads import MIB
from argine.media.confine import Level
from argine.media.errors import UnsupportedMedia
from argine.media.film_kinds import is_film
from argine.media.film_limits import VideoLimits
from argine.media.limits import Limits
from argine.signals.films import Enough, hash_film_query, never
from argine.signals.hasher import ALL_TYPES, HashedFile, hash_query
from argine.signals.pool import FilmPool, HashPool, PoolLimits
from argine.signals.types import EXACT_TYPES, SignalType

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


def film_limits() -> VideoLimits:
    """How large and long a film may be, by the operator's settings."""
    config = settings.CONFIG
    return VideoLimits(
        max_bytes=config.max_film_mib * MIB,
        max_seconds=config.max_film_minutes * 60.0,
        max_pixels=config.max_film_pixels_million * 1_000_000,
    )


def most_bytes() -> int:
    """The largest file of any kind that is taken."""
    return max(limits().max_bytes, film_limits().max_bytes)


@lru_cache(maxsize=1)
def _film_pool(pool_limits: PoolLimits, limits: VideoLimits) -> FilmPool:
    return FilmPool(pool_limits, limits)


def film_pool() -> FilmPool:
    """The processes of this web process that hash films; none is started before there is a film."""
    config = settings.CONFIG
    least = Level.FULL if config.sandbox == FULL else Level.PROCESS
    return _film_pool(PoolLimits(config.film_processes, float(config.film_seconds), least), film_limits())


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


def hash_upload(data: bytes, types: Collection[SignalType] = ALL_TYPES, enough: Enough = never) -> HashedFile:
    """Make everything by which a copy of something banked is recognised, or of that what is asked for.

    Args:
        data: of a picture or a film.
        types: which signals to make.
        enough: of a film: asked now and then, with what there is so far, whether that is enough.

    Raises:
        MediaError: it is no picture or film that can be read, or its decoder failed.
        BusyError: too many pictures or films at once.
        UnsafeError: this machine cannot confine the decoder as far as the settings ask.
    """
    if is_film(data) and set(types) - EXACT_TYPES:
        return _hash_film(data, types, enough)
    if settings.CONFIG.sandbox == OFF:
        return hash_query(data, limits(), types)
    return pool().hash_query(data, types)


def _hash_film(data: bytes, types: Collection[SignalType], enough: Enough) -> HashedFile:
    if SignalType.VIDEO not in types:
        raise UnsupportedMedia("This is a film: ask for its signal `video`.")
    if settings.CONFIG.sandbox == OFF:
        return hash_film_query(data, types, film_limits(), enough)
    return film_pool().hash_query(data, types, enough)


def level() -> str:
    """How far the decoder is confined here: `full`, `partial`, `process`, or `none` where it was switched off."""
    return UNCONFINED if settings.CONFIG.sandbox == OFF else pool().confinement().level.value
