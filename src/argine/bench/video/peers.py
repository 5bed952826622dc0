"""vPDQ's rule, as its Python package has it.

Frames of quality 50 and more, each hash once, 31 bits; a clip is found where at least 80 % of the query's hashes meet
one of its own (the bank's part may be anything).

Source: facebook/ThreatExchange, python-threatexchange, extensions/vpdq/vpdq_util.py.
"""

import json
import subprocess

import numpy as np
import numpy.typing as npt

from argine.signals.types import MIN_PDQ_QUALITY
from argine.signals.video import FrameKind, VideoSignal

LIMIT = 31
LEAST_QUERY_PART = 0.8

Words = npt.NDArray[np.uint64]


def hashes(signal: VideoSignal) -> Words:
    """uint64[n, 4], the different hashes of whole frames."""
    rows = signal.rows
    kept = rows[(rows["kind"] == FrameKind.WHOLE) & (rows["quality"] >= MIN_PDQ_QUALITY)]
    return np.unique(np.ascontiguousarray(kept["code"]), axis=0).view(np.uint64).reshape(-1, 4)


def found(query: Words, entry: Words) -> bool:
    """Whether the rule finds an entry in a query."""
    if not len(query) or not len(entry):
        return False
    distance = np.bitwise_count(query[:, None] ^ entry[None]).sum(axis=2)
    return float((distance.min(axis=1) <= LIMIT).mean()) >= LEAST_QUERY_PART


_PROGRAM = """
import json, sys, time, vpdq
start = time.process_time()
found = vpdq.computeHash(sys.argv[1], seconds_per_hash=1, thread_count=1)
print(json.dumps(time.process_time() - start))
"""


def cpu_seconds(python: str, path: str) -> float | None:
    """What the package `vpdq` takes to hash a film, one frame a second, one thread; None where it is not installed.

    Args:
        python: an interpreter that may have the package; it builds only with ffmpeg's headers, often elsewhere.
        path: of the film.
    """
    done = subprocess.run([python, "-c", _PROGRAM, path], capture_output=True, text=True, check=False)  # noqa: S603  # our own words
    return float(json.loads(done.stdout)) if done.returncode == 0 else None
