"""What the web server answers to what is no request, or never became one: fixed words, and nothing of what was sent."""

import contextlib
import socket
from http import HTTPStatus

from django.conf import settings
from gunicorn.http import errors

from argine.desk.core.content_policy import NOTHING_SHOWN

OUR_FAULT = 500
TOO_SLOW = HTTPStatus.REQUEST_TIMEOUT

_STATUSES: dict[type[Exception], HTTPStatus] = {
    errors.InvalidResponseHeader: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InvalidResponseHeaderName: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.ConfigurationProblem: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.ParseException: HTTPStatus.BAD_REQUEST,
}
_WORDS = {
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here. Try again in a moment.",
    HTTPStatus.EXPECTATION_FAILED: "Of what a request may expect, only 100-continue is known here.",
    HTTPStatus.NOT_IMPLEMENTED: "Send the body as it is, with a Content-Length.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "The address is too long.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The headers are too many, or too long.",
    HTTPStatus.REQUEST_TIMEOUT: "The request took too long to arrive. Send it again.",
    HTTPStatus.BAD_REQUEST: "This is not a request that can be read. Look at its first line and its headers.",
}


def status_of(error: Exception) -> HTTPStatus:
    """What to answer to what gunicorn raised. The first that fits: the more special ones stand first."""
    fits = (status for kind, status in _STATUSES.items() if isinstance(error, kind))
    return next(fits, HTTPStatus.INTERNAL_SERVER_ERROR)


def answer(status: HTTPStatus) -> bytes:
    """The whole answer, after which the connection closes."""
    body = f"{_WORDS[status]}\n".encode()
    heads = {
        "Connection": "close",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Content-Security-Policy": NOTHING_SHOWN,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    if settings.SECURE_HSTS_SECONDS:
        heads["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {value}" for name, value in heads.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def send(sock: socket.socket, status: HTTPStatus) -> None:
    """Send it, if it can be sent at once: it is short, and nobody waits for who does not fetch it."""
    with contextlib.suppress(OSError):
        sock.send(answer(status), socket.MSG_DONTWAIT)
