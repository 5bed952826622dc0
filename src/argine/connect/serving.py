"""The servers of connectors: one event loop, a place to listen at, counts at another, and an end by a signal."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from argine.connect.asker import Asker
from argine.connect.errors import ConnectError
from argine.connect.metrics import CONTENT_TYPE

UNIX = "unix:"
LARGEST_PORT = 65535
MOST_HEAD_BYTES = 64 * 1024
METRICS_S = 10.0
# How long what a client still sends is read after the last word to it, so that it reads that word.
LINGER_S = 2.0

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server listens: at a port of a host, or at a socket in the file system."""

    host: str = ""
    port: int = 0
    path: Path | None = None

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Read HOST:PORT, [HOST]:PORT or unix:PATH.

        Raises:
            ConnectError: it is none of these.
        """
        if text.startswith(UNIX):
            return cls(path=Path(text.removeprefix(UNIX)))
        host, _, port = text.rpartition(":")
        if not host or not (port.isascii() and port.isdigit()) or int(port) > LARGEST_PORT:
            raise ConnectError("A place to listen at is like 127.0.0.1:3310, or unix:/run/argine/clamd.sock")
        return cls(host.strip("[]"), int(port))


async def serve(place: Place, handle: Handle, asker: Asker, metrics: Place | None, started: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; then let what is under way end.

    Raises:
        OSError: it cannot listen there.
    """
    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    servers = [await _listen(place, handle)]
    if metrics is not None:
        servers.append(await serve_metrics(metrics, asker))
    started()
    await stop.wait()
    for server in servers:
        server.close()
    await asyncio.to_thread(asker.close)


async def serve_metrics(place: Place, asker: Asker) -> asyncio.Server:
    """Give the counts under /metrics of a place, until the server is closed.

    Raises:
        OSError: it cannot listen there.
    """
    return await _listen(place, lambda reader, writer: _tell_metrics(asker, reader, writer))


async def _listen(place: Place, handle: Handle) -> asyncio.Server:
    async def kindly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Whatever a client does ends its own connection only."""
        with suppress(OSError, EOFError, TimeoutError, asyncio.LimitOverrunError, asyncio.CancelledError):
            await handle(reader, writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    if place.path is not None:
        return await asyncio.start_unix_server(kindly, place.path, limit=MOST_HEAD_BYTES)
    return await asyncio.start_server(kindly, place.host, place.port, limit=MOST_HEAD_BYTES)


async def last_word(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, word: bytes) -> None:
    """Say something and hang up, though the other may still be sending: it would otherwise not read what was said."""
    writer.write(word)
    with suppress(OSError, TimeoutError):
        await writer.drain()
        writer.write_eof()
        async with asyncio.timeout(LINGER_S):
            while await reader.read(MOST_HEAD_BYTES):
                pass


async def _tell_metrics(asker: Asker, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    async with asyncio.timeout(METRICS_S):
        asked = await reader.readuntil(b"\r\n\r\n")
        good = asked.startswith(b"GET /metrics ")
        body = asker.metrics_text().encode() if good else b"Ask for /metrics.\n"
        head = f"HTTP/1.1 {'200 OK' if good else '404 Not Found'}\r\nContent-Type: {CONTENT_TYPE}\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()
