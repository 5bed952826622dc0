"""Hashing on a Ray cluster: every node must see the files under the same names and have Argine installed.

What a task makes is the same wherever it runs. A worker that dies is replaced and its shard hashed again by Ray; the
book is written by who started the scan, so nothing is counted twice.
"""

import os
from collections.abc import Sequence
from functools import lru_cache

import ray

from argine.scan.hashing import How, Outcome, ShardHasher
from argine.scan.sources import File

TRIES = 5
AHEAD = 2  # shards on their way for each processor, so that none waits for the network


class OnRay:
    """Hashes on a cluster.

    Args:
        address: of the cluster, such as `ray://head:10001`; `local` starts one on this machine.
        how: what to make of each file.
    """

    def __init__(self, address: str, how: How) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        if not ray.is_initialized():
            ray.init(address=address, log_to_driver=False, configure_logging=False)
        self.workers = max(1, int(ray.cluster_resources().get("CPU", 1))) * AHEAD
        self._how = how
        self._task = ray.remote(num_cpus=1, max_retries=TRIES)(_hash_there)

    def hash(self, files: Sequence[File]) -> list[Outcome]:
        """Hash a shard's files somewhere on the cluster."""
        outcomes: list[Outcome] = ray.get(self._task.remote(list(files), self._how))
        return outcomes

    def close(self) -> None:
        """Leave the cluster."""
        ray.shutdown()


def _hash_there(files: list[File], how: How) -> list[Outcome]:
    return _hasher(how).hash_files(files)


@lru_cache(maxsize=1)
def _hasher(how: How) -> ShardHasher:
    """The one confined process of this worker, kept from task to task."""
    return ShardHasher(1, how)
