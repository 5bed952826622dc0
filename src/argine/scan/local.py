"""Hashing on this machine."""

from collections.abc import Sequence

from argine.scan.hashing import How, Outcome, ShardHasher
from argine.scan.sources import File


class Local:
    """Hashes in this process's threads, which wait for confined processes.

    Args:
        workers: how many at a time.
        how: what to make of each file.
    """

    def __init__(self, workers: int, how: How) -> None:
        self.workers = workers
        self._hasher = ShardHasher(workers, how)

    def hash(self, files: Sequence[File]) -> list[Outcome]:
        """Hash a shard's files."""
        return self._hasher.hash_files(files)

    def close(self) -> None:
        """End the hashing processes."""
        self._hasher.close()
