"""What comes in beside an event loop: streams, bounded in length and number and spooled, and the files in them."""

import asyncio
from collections.abc import AsyncIterator
from enum import Enum
from typing import IO

from argine.connect.asker import Asker, Checked
from argine.connect.forms import files_in
from argine.connect.policy import Outcome, Reason
from argine.connect.spool import IN_MEMORY_BYTES, spool


class NotTaken(Enum):
    """Why a stream was not kept."""

    TOO_LARGE = "too large"
    TOO_MANY = "too many"


class Intake:
    """Takes streams in.

    Args:
        most_bytes: of one stream.
        most_streams: at once.
    """

    def __init__(self, asker: Asker, most_bytes: int, most_streams: int) -> None:
        self.asker, self.most_bytes, self.most_streams = asker, most_bytes, most_streams
        self._streams = 0

    async def take(self, pieces: AsyncIterator[bytes], *, drain: bool) -> IO[bytes] | NotTaken:
        """Spool a stream; the caller closes the file. What is not kept is read to its end only if `drain` says so."""
        if self._streams >= self.most_streams:
            return await _left(pieces, NotTaken.TOO_MANY, drain=drain)
        self._streams += 1
        file, size = spool(), 0
        try:
            async for piece in pieces:
                size += len(piece)
                if size > self.most_bytes:
                    file.close()
                    return await _left(pieces, NotTaken.TOO_LARGE, drain=drain)
                # What stays in memory is written at once; a disk may take its time.
                await asyncio.to_thread(file.write, piece) if size > IN_MEMORY_BYTES else file.write(piece)
        except BaseException:
            file.close()
            raise
        finally:
            self._streams -= 1
        return file

    def unasked(self, why: NotTaken) -> Checked:
        """Judge a stream that was not kept: a large one cannot be compared, for one too many nobody is there."""
        if why is NotTaken.TOO_LARGE:
            return self.asker.unasked(Outcome.UNREADABLE)
        return self.asker.unasked(Outcome.AWAY, Reason.LIMIT)


async def ask_each(asker: Asker, body: IO[bytes], content_type: str) -> list[Checked]:
    """Ask about each file of a body, up to the first that is not let in. A form is read beside the event loop.

    Raises:
        MalformedError: it is a form that cannot be read for certain.
    """
    checks: list[Checked] = []
    files = files_in(body, content_type)
    while (found := await asyncio.to_thread(next, files, None)) is not None:
        field, file = found
        checks.append(await asker.ask_soon(file, field=field))
        if not checks[-1].accepted:
            break
    return checks


async def _left(pieces: AsyncIterator[bytes], why: NotTaken, *, drain: bool) -> NotTaken:
    async for _ in pieces:
        if not drain:
            break
    return why
