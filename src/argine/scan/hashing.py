"""Making the signals of one shard's files."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from argine.errors import ArgineError
from argine.media.confine import Level
from argine.media.errors import MediaError, UnsupportedMedia
from argine.media.film_kinds import is_film
from argine.media.film_limits import VideoLimits
from argine.media.limits import Limits
from argine.scan.sources import File, UnreadError, read
from argine.signals.films import hash_film_query
from argine.signals.hasher import HashedFile, hash_file_bytes, hash_query
from argine.signals.pool import FilmPool, HashPool, PoolLimits
from argine.signals.types import EXACT_TYPES, SignalType


@dataclass(frozen=True, slots=True)
class How:
    """What is made of each file, and within which limits. Small enough to be sent to another machine.

    Attributes:
        types: the signals to make.
        limits, film_limits: of a picture and of a film.
        seconds, film_seconds: that one may take.
        least: how far the decoder must be confined; None: not at all, it works in this process.
    """

    types: frozenset[SignalType]
    limits: Limits
    film_limits: VideoLimits
    seconds: float
    film_seconds: float
    least: Level | None

    @property
    def most_bytes(self) -> int:
        """The largest file of any kind."""
        return max(self.limits.max_bytes, self.film_limits.max_bytes)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was made of one file.

    Attributes:
        hashed: its signals; of what is no picture or film only the exact ones; None where it could not be read at all.
        error: why there are no others, in words.
    """

    hashed: HashedFile | None
    error: str | None = None


class Hasher:
    """Hashes pictures and films, in confined processes. Safe to use from as many threads as it has workers.

    Args:
        workers: processes, of each kind; they start when they are first needed.
        how: what to make.
    """

    def __init__(self, workers: int, how: How) -> None:
        self.how = how
        least = how.least or Level.PROCESS
        self._pictures = HashPool(PoolLimits(workers, how.seconds, least), how.limits)
        self._films = FilmPool(PoolLimits(workers, how.film_seconds, least), how.film_limits)

    def hash_files(self, files: Iterable[File]) -> list[Outcome]:
        """Read and hash files, one after the other. One that cannot be read does not stop the others."""
        return [self._outcome(file) for file in files]

    def close(self) -> None:
        """End the processes."""
        self._pictures.close()
        self._films.close()

    def _outcome(self, file: File) -> Outcome:
        try:
            data = read(file.name, self.how.most_bytes)
        except UnreadError as error:
            return Outcome(None, str(error))
        try:
            return Outcome(self._make_of(data)(data))
        except MediaError as error:
            return Outcome(HashedFile(hash_file_bytes(data, EXACT_TYPES).signals, str(error)), str(error))
        except ArgineError as error:
            return Outcome(None, str(error))

    def _make_of(self, data: bytes) -> Callable[[bytes], HashedFile]:
        how, inside = self.how, self.how.least is None
        if not is_film(data) or how.types <= EXACT_TYPES:
            if inside:
                return lambda data: hash_query(data, how.limits, how.types)
            return lambda data: self._pictures.hash_query(data, how.types)
        if SignalType.VIDEO not in how.types:
            raise UnsupportedMedia("This is a film: ask for its signal `video`.")
        if inside:
            return lambda data: hash_film_query(data, how.types, how.film_limits)
        return lambda data: self._films.hash_query(data, how.types)
