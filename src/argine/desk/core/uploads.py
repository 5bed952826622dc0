"""Where uploaded bytes may go: into memory, within a limit, or nowhere. Never onto a disk."""

from collections.abc import Callable
from io import BytesIO

from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

MIB = 1024 * 1024


class RefuseFiles(FileUploadHandler):
    """For the faces that take no file at all: a picture stays on the person's device."""

    def new_file(self, *_args: object, **_kwargs: object) -> None:
        raise BadRequest("This page takes no files. Pictures are never sent.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:  # noqa: ARG002  # Django's shape
        return None

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002
        return None


class MemoryOnly(FileUploadHandler):
    """Keeps one file in memory and stops reading as soon as it is larger than `most` says of its first bytes."""

    chunk_size = 256 * 1024  # each piece is searched, copied and handed on by itself

    def __init__(self, request: HttpRequest | None = None, *, most: Callable[[bytes], int]) -> None:
        super().__init__(request)
        self.most, self.max_bytes = most, 0
        self.pieces: list[bytes] = []
        self.too_large = False

    @property
    def data(self) -> bytes:
        """The whole file."""
        return b"".join(self.pieces)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start == 0:
            self.max_bytes = self.most(raw_data)
        if start + len(raw_data) > self.max_bytes:
            self.too_large = True
            raise StopUpload(connection_reset=False)
        self.pieces.append(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        return InMemoryUploadedFile(
            file=BytesIO(),  # who wants it takes `data`: it is not copied
            field_name=self.field_name,
            name="upload",
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
        )
