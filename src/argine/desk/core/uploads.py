"""Where files in the forms of pages go: nowhere. Those that programs send are read by `forms`, into memory."""

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
