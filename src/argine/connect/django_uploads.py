"""Upload handlers for Django that ask about every file of a form. Need Django; they are set up in the site's settings.

    FILE_UPLOAD_HANDLERS = [
        "argine.connect.django_uploads.MemoryHandler",
        "argine.connect.django_uploads.TemporaryFileHandler",
    ]
    ARGINE = {"address": "https://desk.example.org", "key": "@/etc/forum/argine.key", "fail": "closed"}

They are Django's own two handlers: a small file stays in memory, a large one goes to a temporary file piece by piece.
One that is not let in reaches no view: reading the form raises `UploadRefused`, which Django answers with 403. For
those that are, a view finds a list of `asker.Checked` in `request.META["argine.checks"]`.
"""

from functools import cache

from django.conf import settings as site
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler, TemporaryFileUploadHandler

from argine.connect.asker import CHECKS, Asker, Checked
from argine.connect.errors import ConnectError
from argine.connect.refusals import refusal_of
from argine.connect.settings import Settings
from argine.connect.spool import PIECE_BYTES


class UploadRefused(PermissionDenied):
    """A file was not let in. Its text is for the uploader; `checked` says why."""

    def __init__(self, checked: Checked) -> None:
        super().__init__(refusal_of(checked.answer.outcome).text)
        self.checked = checked


@cache
def asker() -> Asker:
    """Give the process's one client, set up by the site's setting `ARGINE`; `asker().metrics_text()` has its counts.

    Raises:
        ImproperlyConfigured: the setting is missing or wrong.
    """
    try:
        return Asker(Settings.read(getattr(site, "ARGINE", {})), "django")
    except (ConnectError, OSError) as error:
        raise ImproperlyConfigured(f"ARGINE: {error}") from error


class MemoryHandler(MemoryFileUploadHandler):
    """Keeps a small file in memory, and asks about it."""

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        return _asked(self, super().file_complete(file_size))


class TemporaryFileHandler(TemporaryFileUploadHandler):
    """Writes a file to a temporary one, and asks about it."""

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        return _asked(self, super().file_complete(file_size))


def _asked(handler: FileUploadHandler, file: "UploadedFile[bytes] | None") -> "UploadedFile[bytes] | None":
    if file is None or not file.size or file.file is None or handler.request is None:
        return file
    checked = asker().ask(file.file, field=handler.field_name or "")
    file.seek(0)
    if checked.accepted:
        handler.request.META.setdefault(CHECKS, []).append(checked)
        return file
    file.close()
    # Read to the end: a browser that is cut off while it sends shows a broken connection and not the answer.
    while handler.request.read(PIECE_BYTES):
        pass
    raise UploadRefused(checked)
