"""The endpoint that pict-rs, the picture store of Lemmy, asks as its `external_validation`: a WSGI application.

pict-rs POSTs the bytes of each upload, after it has re-encoded them, with their media type, and lets in what is
answered with a status of 2xx. It sends no key of its own, so the address holds a secret.
"""

import hmac
from collections.abc import Iterable
from http import HTTPStatus
from typing import IO, TYPE_CHECKING

from argine.connect.asker import Asker
from argine.connect.metrics import CONTENT_TYPE
from argine.connect.policy import Outcome
from argine.connect.refusals import Refusal, refusal_of, too_large
from argine.connect.spool import PIECE_BYTES, spool

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NOT_HERE = Refusal(404, "There is nothing here.")
POST_ONLY = Refusal(405, "Send an upload by POST.")
LET_IN = Refusal(200, "This may be let in.")


def validation(asker: Asker, secret: str, most_bytes: int) -> "WSGIApplication":
    """Make the application. It answers under `/SECRET`, or `/` without one, and gives its counts under `/metrics`."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/metrics":
            counts = asker.metrics_text().encode()
            start_response("200 OK", [("Content-Type", CONTENT_TYPE), ("Content-Length", str(len(counts)))])
            return [counts]
        answer = _answer(environ, asker, secret, most_bytes)
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", answer.headers)
        return [answer.text.encode()]

    return application


def _answer(environ: "WSGIEnvironment", asker: Asker, secret: str, most_bytes: int) -> Refusal:
    if not hmac.compare_digest(environ["PATH_INFO"].encode("latin-1"), f"/{secret}".encode()):
        return NOT_HERE
    if environ["REQUEST_METHOD"] != "POST":
        return POST_ONLY
    with spool() as body:
        if not _spooled(environ["wsgi.input"], body, most_bytes):
            checked = asker.unasked(Outcome.UNREADABLE)
            return LET_IN if checked.accepted else too_large(most_bytes)
        checked = asker.ask(body)
    return LET_IN if checked.accepted else refusal_of(checked.answer.outcome)


def _spooled(source: IO[bytes], body: IO[bytes], most_bytes: int) -> bool:
    """Read an upload to its end; False if it is too large, and then it is not kept."""
    size = 0
    while piece := source.read(PIECE_BYTES):
        size += len(piece)
        if size <= most_bytes:
            body.write(piece)
    return size <= most_bytes
