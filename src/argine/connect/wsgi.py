"""WSGI middleware: asks about every file that is uploaded, before the application sees it."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any

from argine.connect.asker import CHECKS, Asker, Checked
from argine.connect.forms import BodyTooLargeError, MalformedError, files_in, holds_files
from argine.connect.refusals import MALFORMED_FORM, Refusal, refusal_of, too_large
from argine.connect.settings import MIB, Settings
from argine.connect.spool import PIECE_BYTES, spool

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class UploadMiddleware:
    """Puts a desk between uploads and a WSGI application.

    The body of a request that may hold files is spooled (1 MiB in memory, then a file without a name) and its files are
    asked about. If all are let in, the application gets the same body, and finds a list of `asker.Checked` under
    `argine.checks` in its environment. If one is not, it is not called.

    Args:
        application: what takes the uploads.
        most_body_mib: a larger body is refused with 413, in MiB. Set it to what the application itself takes.
        settings: those of `Settings.read`: `address`, `key` and `fail` at least.

    Raises:
        ConnectError: a setting is missing or wrong.
    """

    def __init__(self, application: "WSGIApplication", *, most_body_mib: int = 256, **settings: object) -> None:
        self.application, self.most_bytes = application, most_body_mib * MIB
        self.asker = Asker(Settings.read(settings), "wsgi")

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ.pop(CHECKS, None)
        if not holds_files(environ["REQUEST_METHOD"], environ.get("CONTENT_TYPE", "")):
            return self.application(environ, start_response)
        try:
            body = self._spooled(environ)
        except BodyTooLargeError:
            return _refuse(too_large(self.most_bytes), start_response)
        return self._checked(body, environ, start_response)

    def _checked(self, body: IO[bytes], environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            checks = self._ask(body, environ.get("CONTENT_TYPE", ""))
        except MalformedError:
            body.close()
            return _refuse(MALFORMED_FORM, start_response)
        if checks and not checks[-1].accepted:
            body.close()
            return _refuse(refusal_of(checks[-1].answer.outcome), start_response)
        body.seek(0)
        environ[CHECKS], environ["wsgi.input"] = checks, body
        return self.application(environ, start_response)

    def _ask(self, body: IO[bytes], content_type: str) -> list[Checked]:
        """Ask about each file, up to the first that is not let in."""
        checks: list[Checked] = []
        for field, file in files_in(body, content_type):
            checks.append(self.asker.ask(file, field=field))
            if not checks[-1].accepted:
                break
        return checks

    def _spooled(self, environ: "WSGIEnvironment") -> IO[bytes]:
        """Read the body; its length is then known, whether it was announced or came in chunks.

        Raises:
            BodyTooLargeError: it is larger than is taken.
        """
        announced = environ.get("CONTENT_LENGTH") or ""
        left = int(announced) if announced.isdigit() else None
        if left is not None and left > self.most_bytes:
            raise BodyTooLargeError
        if left is None and not environ.get("wsgi.input_terminated"):
            left = 0  # no length, and nobody who says where the body ends: by PEP 3333 it is empty
        source, body, size = environ["wsgi.input"], spool(), 0
        while piece := source.read(PIECE_BYTES if left is None else min(PIECE_BYTES, left - size)):
            size += len(piece)
            if size > self.most_bytes:
                body.close()
                raise BodyTooLargeError
            body.write(piece)
        environ["CONTENT_LENGTH"] = str(size)
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        return body


def _refuse(refusal: Refusal, start_response: "StartResponse") -> list[bytes]:
    headers: list[tuple[str, Any]] = refusal.headers
    start_response(f"{refusal.status} {HTTPStatus(refusal.status).phrase}", headers)
    return [refusal.text.encode()]
