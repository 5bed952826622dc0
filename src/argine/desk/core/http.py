"""What is needed of a request, in one place."""

import contextlib
from time import monotonic

from django.conf import settings
from django.http import HttpRequest

from argine.desk.core.hashing import most_bytes
from argine.desk.core.uploads import MIB

PROGRAM_PREFIXES = ("/api/", "/hma/", "/exchange/")
"""Addresses that programs use: they are answered in JSON, whatever happens."""

DRAIN_CHUNK = 64 * 1024
DRAIN_SECONDS = 10.0


def drain(request: HttpRequest) -> None:
    """Read and drop what is left of a refused body, as far as a permitted upload would go.

    A client that is still sending when the connection closes is reset and never sees the answer.
    """
    stream = request.META["wsgi.input"] if request.META.get("wsgi.input_terminated") else request
    left, end = most_bytes() + MIB, monotonic() + DRAIN_SECONDS
    with contextlib.suppress(OSError):  # the client has left
        while left > 0 and monotonic() < end:
            chunk = stream.read(min(DRAIN_CHUNK, left))
            if not chunk:
                return
            left -= len(chunk)


def sender(request: HttpRequest) -> str:
    """The address that a request comes from, for throttling only: never stored, never logged."""
    if settings.CONFIG.trust_proxy:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
