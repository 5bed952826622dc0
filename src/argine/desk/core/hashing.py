"""Making the signals of what was uploaded, in confined processes, as the operator's settings say."""

from collections.abc import Collection
from functools import lru_cache
from io import BytesIO

from django.conf import settings
from PIL import Image

from argine.desk.core import metrics
from argine.desk.core.uploads import FILMS, MIB
from argine.errors import ArgineError
from argine.media.confine import Level
from argine.media.film_kinds import is_film
from argine.media.film_limits import VideoLimits
from argine.media.limits import Limits
from argine.signals.files import FileHasher, FileLimits, Workers
from argine.signals.films import Enough, never
from argine.signals.hasher import ALL_TYPES, HashedFile
from argine.signals.pool import BusyError, FilmPool
from argine.signals.types import SignalType

UNCONFINED, REFUSED = "none", "refused"
OFF, FULL = "off", "full"
FILMS_WAITING = 2
"""Films that may wait in each web process: each keeps one of its threads, which pictures need too."""


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


def file_limits() -> FileLimits:
    """Within what limits any file is hashed, by the operator's settings."""
    config = settings.CONFIG
    least = Level.FULL if config.sandbox == FULL else Level.PROCESS
    return FileLimits(
        limits(),
        film_limits(),
        float(config.hash_seconds),
        float(config.film_seconds),
        None if config.sandbox == OFF else least,
    )


def most_bytes() -> int:
    """The largest file of any kind that is taken."""
    return file_limits().most_bytes


def most_of(head: bytes) -> int:
    """How large a file may be that begins so."""
    return film_limits().max_bytes if is_film(head) else limits().max_bytes


def most_with_room(length: int, head: bytes) -> int:
    """As `most_of`, for a request of a length, once there is room for it: what is larger than a picture waits for none.

    Raises:
        BusyError: of the request only the head was read so far; the films here hold all that they may, or so many of
            them wait that this one would be refused once it is read.
    """
    if length > limits().max_bytes and is_film(head) and not FILMS.is_mine():
        config = settings.CONFIG
        most = (config.film_processes + FILMS_WAITING) * film_limits().max_bytes
        if not _hasher().has_room_for_film() or not FILMS.take(length, most):
            raise BusyError(FilmPool.BUSY)
    return most_of(head)


@lru_cache(maxsize=1)
def _hasher_of(limits: FileLimits, workers: Workers) -> FileHasher:
    return FileHasher(limits, workers)


def _hasher() -> FileHasher:
    """The processes of this web process; a change of settings makes new ones."""
    config = settings.CONFIG
    return _hasher_of(file_limits(), Workers(config.hash_processes, config.film_processes, FILMS_WAITING))


def hash_upload(data: bytes, types: Collection[SignalType] = ALL_TYPES, enough: Enough = never) -> HashedFile:
    """Make everything by which a copy of something banked is recognised: see `FileHasher.hash_query`."""
    with metrics.hashing():
        return _hasher().hash_query(data, types, enough)


def hash_for_bank(data: bytes, types: Collection[SignalType] = ALL_TYPES) -> HashedFile:
    """Make the signals as a bank keeps them, and others expect them: see `FileHasher.hash_file_bytes`."""
    with metrics.hashing():
        return _hasher().hash_file_bytes(data, types)


def drawn_anew(data: bytes, side: int) -> bytes:
    """A picture as a small grey PNG, of which nothing but the pixels comes from whoever sent it.

    Raises:
        MediaError: it cannot be read.
        BusyError: too many at once.
    """
    drawn = _hasher().preview(data, side)
    file = BytesIO()
    Image.frombytes("L", (drawn.width, drawn.height), drawn.pixels).save(file, "PNG")
    return file.getvalue()


def found_level() -> str:
    """As `level`; `refused` where no decoder starts, or none that is confined as far as the settings ask."""
    try:
        return level()
    except ArgineError:
        return REFUSED


def level() -> str:
    """How far the decoder is confined here: `full`, `partial`, `process`, or `none` where it was switched off."""
    return UNCONFINED if settings.CONFIG.sandbox == OFF else _hasher().pictures.confinement().level.value
