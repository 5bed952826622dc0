"""ASGI middleware: asks about every file that is uploaded, before the application sees it."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import IO, Any

from argine.connect.asker import CHECKS, Asker, Checked
from argine.connect.forms import BodyTooLargeError, MalformedError, holds_files
from argine.connect.intake import ask_each
from argine.connect.refusals import MALFORMED_FORM, Refusal, refusal_of, too_large
from argine.connect.settings import MIB, Settings
from argine.connect.spool import IN_MEMORY_BYTES, PIECE_BYTES, spool

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class ClientGoneError(Exception):
    pass


class UploadMiddleware:
    """Puts a desk between uploads and an ASGI application: the ASGI twin of `wsgi.UploadMiddleware`.

    The application finds a list of `asker.Checked` under `argine.checks` in its scope.

    Args:
        application: what takes the uploads.
        most_body_mib: a larger body is refused with 413, in MiB. Set it to what the application itself takes.
        settings: those of `Settings.read`: `address`, `key` and `fail` at least.

    Raises:
        ConnectError: a setting is missing or wrong.
    """

    def __init__(self, application: Application, *, most_body_mib: int = 256, **settings: object) -> None:
        self.application, self.most_bytes = application, most_body_mib * MIB
        self.asker = Asker(Settings.read(settings), "asgi")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.pop(CHECKS, None)
        types = headers_of(scope, b"content-type") or [""]
        if scope["type"] != "http" or not any(holds_files(scope["method"], one) for one in types):
            await self.application(scope, receive, send)
        elif len(types) > 1:
            await _refuse(MALFORMED_FORM, send)  # of two types, each framework may believe another
        else:
            await self._check(scope, receive, send, types[0])

    async def _check(self, scope: Scope, receive: Receive, send: Send, content_type: str) -> None:
        with spool() as body:
            try:
                await self._read(scope, receive, body)
                checks = await ask_each(self.asker, body, content_type)
            except BodyTooLargeError:
                await _refuse(too_large(self.most_bytes), send)
            except MalformedError:
                await _refuse(MALFORMED_FORM, send)
            except ClientGoneError:
                return
            else:
                await self._go_on(scope, receive, send, body, checks)

    async def _go_on(self, scope: Scope, receive: Receive, send: Send, body: IO[bytes], checks: list[Checked]) -> None:
        if checks and not checks[-1].accepted:
            await _refuse(refusal_of(checks[-1].answer.outcome), send)
            return
        scope[CHECKS] = checks
        await self.application(scope, _again(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive, body: IO[bytes]) -> None:
        """Spool the body.

        Raises:
            BodyTooLargeError: it is larger than is taken.
            ClientGoneError: nobody waits for an answer any more.
        """
        announced = headers_of(scope, b"content-length")
        if any(one.isdigit() and int(one) > self.most_bytes for one in announced):
            raise BodyTooLargeError
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGoneError
            piece, more = message.get("body", b""), message.get("more_body", False)
            size += len(piece)
            if size > self.most_bytes:
                raise BodyTooLargeError
            # What stays in memory is written at once; a disk may take its time.
            await asyncio.to_thread(body.write, piece) if size > IN_MEMORY_BYTES else body.write(piece)


def headers_of(scope: Scope, name: bytes) -> list[str]:
    """Give the values of a header, in order."""
    return [value.decode("latin-1") for key, value in scope.get("headers", ()) if key.lower() == name]


def _again(body: IO[bytes], receive: Receive) -> Receive:
    """Hand the body out once more, piece by piece, then what the server itself has to say."""
    body.seek(0)
    ended = False

    async def replay() -> Message:
        nonlocal ended
        if ended:
            return await receive()
        piece = await asyncio.to_thread(body.read, PIECE_BYTES)
        ended = len(piece) < PIECE_BYTES
        return {"type": "http.request", "body": piece, "more_body": not ended}

    return replay


async def _refuse(refusal: Refusal, send: Send) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in refusal.headers]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": refusal.text.encode()})
