"""Where files in the forms of pages go: nowhere. Those that programs send are read by `forms`, into memory.

What films hold there together is bounded; pictures are by the number of threads.
"""

import threading

from django.core.exceptions import BadRequest
from django.core.files.uploadhandler import FileUploadHandler

KIB, MIB = 1024, 1024 * 1024


class RefuseFiles(FileUploadHandler):
    """For the faces that take no file at all: a picture stays on the person's device."""

    def new_file(self, *_args: object, **_kwargs: object) -> None:
        raise BadRequest("This page takes no files. Pictures are never sent.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:  # noqa: ARG002  # Django's shape
        return None

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002
        return None


class Room:
    """How much all films of a process may hold in memory, each as long as the thread that reads it answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = 0
        self._mine = threading.local()

    def is_mine(self) -> bool:
        """Whether this thread has taken some."""
        return bool(self._bytes_of_mine())

    def take(self, size: int, most: int) -> bool:
        """Take so many bytes for this thread, unless all together are then more than the most. False: they are."""
        with self._lock:
            if self._taken + size > most:
                return False
            self._taken += size
        self._mine.bytes = self._bytes_of_mine() + size
        return True

    def give_back(self) -> None:
        """Give back what this thread has taken, if it has."""
        if size := self._bytes_of_mine():
            self._mine.bytes = 0
            with self._lock:
                self._taken -= size

    def _bytes_of_mine(self) -> int:
        return int(getattr(self._mine, "bytes", 0))


FILMS = Room()
