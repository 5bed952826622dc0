"""Hashing on this machine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from argine.scan.hashing import Hash, Outcome, hash_files
from argine.scan.sources import File


@dataclass(frozen=True, slots=True)
class Local:
    """Hashes in this process's threads, which wait for confined processes.

    Attributes:
        workers: how many at a time.
        make: hashes one file; safe to call from several threads.
        most_bytes: of a file; of a larger one only so much is read that it shows.
        end: called at the end.
    """

    workers: int
    make: Hash
    most_bytes: int
    end: Callable[[], None]

    def hash(self, files: Sequence[File]) -> list[Outcome]:
        """Hash a shard's files."""
        return hash_files(files, self.make, self.most_bytes)

    def close(self) -> None:
        """End the hashing processes."""
        self.end()
