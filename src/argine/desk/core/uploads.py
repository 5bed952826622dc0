"""Where uploaded bytes may go: into memory, within a limit, or nowhere. Never onto a disk."""

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
    """Keeps one file in memory and stops reading as soon as it is larger than `max_bytes`."""

    def __init__(self, request: HttpRequest | None = None, *, max_bytes: int) -> None:
        super().__init__(request)
        self.max_bytes = max_bytes
        self.buffer = BytesIO()
        self.too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > self.max_bytes:
            self.too_large = True
            raise StopUpload(connection_reset=False)
        self.buffer.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.buffer.seek(0)
        return InMemoryUploadedFile(
            file=self.buffer,
            field_name=self.field_name,
            name="upload",
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
        )
