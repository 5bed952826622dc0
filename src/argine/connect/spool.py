"""Files on their way: in memory while they are small, then in a file of the system's own that has no name."""

import os
from tempfile import SpooledTemporaryFile
from typing import IO

IN_MEMORY_BYTES = 1024 * 1024
PIECE_BYTES = 64 * 1024


def spool() -> SpooledTemporaryFile[bytes]:
    """Make an empty file that goes to disk only beyond 1 MiB, and is gone when it is closed or the process ends."""
    return SpooledTemporaryFile(IN_MEMORY_BYTES)


def size_of(file: IO[bytes]) -> int:
    """Give the length of a file, in bytes; its place is at the start afterwards."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size
