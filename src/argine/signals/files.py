"""Pictures and films by one call, each kind hashed by confined processes of its own, or in this process."""

from collections.abc import Collection
from dataclasses import dataclass

from argine.media.confine import Level
from argine.media.errors import UnsupportedMedia
from argine.media.film_kinds import is_film
from argine.media.film_limits import VideoLimits
from argine.media.limits import Limits
from argine.media.preview import Preview, preview
from argine.signals.films import Enough, hash_film, hash_film_query, never
from argine.signals.hasher import ALL_TYPES, HashedFile, hash_file_bytes, hash_query
from argine.signals.pool import MOST_WAITING, FilmPool, HashPool, PoolLimits
from argine.signals.types import EXACT_TYPES, SignalType


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Within what limits files are hashed. Small enough to be sent to another machine.

    Attributes:
        picture, film: how large one may be.
        seconds, film_seconds: how long one may take.
        least: how far the decoder must be confined; None: not at all, it works in this process.
    """

    picture: Limits
    film: VideoLimits
    seconds: float
    film_seconds: float
    least: Level | None

    @property
    def most_bytes(self) -> int:
        """The largest file of any kind."""
        return max(self.picture.max_bytes, self.film.max_bytes)


@dataclass(frozen=True, slots=True)
class Workers:
    """At most so many processes for pictures and for films, and so many films that may wait for one."""

    pictures: int
    films: int
    films_waiting: int = MOST_WAITING


class FileHasher:
    """Hashes pictures and films; safe to call from many threads. Processes start when they are first needed.

    Args:
        limits: of the files.
        workers: how many processes.
    """

    def __init__(self, limits: FileLimits, workers: Workers) -> None:
        self.limits = limits
        least = limits.least or Level.PROCESS
        self.pictures = HashPool(PoolLimits(workers.pictures, limits.seconds, least), limits.picture)
        self._films = FilmPool(
            PoolLimits(workers.films, limits.film_seconds, least, workers.films_waiting), limits.film
        )

    def hash_query(self, data: bytes, types: Collection[SignalType] = ALL_TYPES, enough: Enough = never) -> HashedFile:
        """Make everything by which a copy of something banked is recognised, or of that what is asked for.

        Args:
            data: of a picture or a film.
            types: which signals to make.
            enough: of a film: asked now and then, with what there is so far, whether that is enough.

        Raises:
            MediaError: it is no picture or film that can be read, or its decoder failed.
            BusyError: too many at once.
            UnsafeError: this machine cannot confine the decoder as far as is asked.
        """
        if _is_film(data, types):
            if self.limits.least is None:
                return hash_film_query(data, types, self.limits.film, enough)
            return self._films.hash_query(data, types, enough)
        if self.limits.least is None:
            return hash_query(data, self.limits.picture, types)
        return self.pictures.hash_query(data, types)

    def hash_file_bytes(self, data: bytes, types: Collection[SignalType] = ALL_TYPES) -> HashedFile:
        """Make the signals as a bank keeps them: of the whole picture. Errors are those of `hash_query`."""
        if _is_film(data, types):
            if self.limits.least is None:
                return hash_film(data, types, self.limits.film)
            return self._films.hash_film(data, types)
        if self.limits.least is None:
            return hash_file_bytes(data, types, self.limits.picture)
        return self.pictures.hash_file_bytes(data, types)

    def has_room_for_film(self) -> bool:
        """Whether a film that came now would be hashed, or wait; otherwise it would be refused."""
        return self.limits.least is None or self._films.has_room()

    def preview(self, data: bytes, side: int) -> Preview:
        """Draw a picture anew, small and grey: see `preview.preview`. Errors are those of `hash_query`."""
        if self.limits.least is None:
            return preview(data, side, self.limits.picture)
        return self.pictures.preview(data, side)

    def close(self) -> None:
        """End the processes that wait."""
        self.pictures.close()
        self._films.close()


def _is_film(data: bytes, types: Collection[SignalType]) -> bool:
    """Whether frames of a film are to be hashed; exact signals are made of any bytes."""
    if not is_film(data) or not set(types) - EXACT_TYPES:
        return False
    if SignalType.VIDEO not in types:
        raise UnsupportedMedia("This is a film: ask for its signal `video`.")
    return True
