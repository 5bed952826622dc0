"""Making the signals of one shard's files."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from argine.errors import ArgineError
from argine.media.errors import MediaError
from argine.scan.sources import File, UnreadError, read
from argine.signals.hasher import HashedFile, hash_file_bytes
from argine.signals.types import EXACT_TYPES

Hash = Callable[[bytes], HashedFile]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was made of one file.

    Attributes:
        hashed: its signals; of what is no picture only the exact ones; None where it could not be read at all.
        error: why there are no others, in words.
    """

    hashed: HashedFile | None
    error: str | None = None


def hash_files(files: Iterable[File], make: Hash, most_bytes: int) -> list[Outcome]:
    """Read and hash files, one after the other. One that cannot be read does not stop the others."""
    return [_hash(file, make, most_bytes) for file in files]


def _hash(file: File, make: Hash, most_bytes: int) -> Outcome:
    try:
        data = read(file.name, most_bytes)
    except UnreadError as error:
        return Outcome(None, str(error))
    try:
        return Outcome(make(data))
    except MediaError as error:
        return Outcome(HashedFile(hash_file_bytes(data, EXACT_TYPES).signals, str(error)), str(error))
    except ArgineError as error:
        return Outcome(None, str(error))
