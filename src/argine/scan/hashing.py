"""Making the signals of one shard's files."""

from collections.abc import Iterable
from dataclasses import dataclass

from argine.errors import ArgineError
from argine.media.errors import MediaError
from argine.scan.sources import File, UnreadError, read
from argine.signals.files import FileHasher, FileLimits, Workers
from argine.signals.hasher import HashedFile, hash_file_bytes
from argine.signals.types import EXACT_TYPES, SignalType


@dataclass(frozen=True, slots=True)
class How:
    """What is made of each file, and within which limits. Small enough to be sent to another machine."""

    types: frozenset[SignalType]
    limits: FileLimits


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was made of one file.

    Attributes:
        hashed: its signals; of what is no picture or film only the exact ones; None where it could not be read at all.
        error: why there are no others, in words.
    """

    hashed: HashedFile | None
    error: str | None = None


class ShardHasher:
    """Hashes files where they lie. Safe to use from as many threads as it has workers.

    Args:
        workers: processes, for pictures and for films.
        how: what to make.
    """

    def __init__(self, workers: int, how: How) -> None:
        self._types, self._hasher = how.types, FileHasher(how.limits, Workers(workers, workers))

    def hash_files(self, files: Iterable[File]) -> list[Outcome]:
        """Read and hash files, one after the other. One that cannot be read does not stop the others."""
        return [self._outcome(file) for file in files]

    def close(self) -> None:
        """End the processes."""
        self._hasher.close()

    def _outcome(self, file: File) -> Outcome:
        try:
            data = read(file.name, self._hasher.limits.most_bytes)
        except UnreadError as error:
            return Outcome(None, str(error))
        try:
            return Outcome(self._hasher.hash_query(data, self._types))
        except MediaError as error:
            return Outcome(HashedFile(hash_file_bytes(data, EXACT_TYPES).signals, str(error)), str(error))
        except ArgineError as error:
            return Outcome(None, str(error))
