"""A clamd that looks for known pictures instead of viruses: what scans with ClamAV over a socket can ask a desk.

Source: the manual page clamd(8), section COMMANDS. `INSTREAM` is the one way in which a file comes; commands that name
files of this machine are refused, for a desk's client reads none.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

from argine import __version__
from argine.connect.asker import Checked
from argine.connect.intake import Intake, NotTaken
from argine.connect.policy import Judgement
from argine.connect.serving import last_word
from argine.connect.spool import PIECE_BYTES
from argine.connect.threats import THREATS

QUIET_S = 120.0
LENGTH_BYTES = 4
MOST_COMMAND_BYTES = 1024
TOO_LARGE = "INSTREAM size limit exceeded. ERROR"
COMMANDS = "PING VERSION VERSIONCOMMANDS INSTREAM IDSESSION END"
READS_FILES = {"SCAN", "RAWSCAN", "CONTSCAN", "MULTISCAN", "ALLMATCHSCAN", "FILDES"}
NO_FILES = "No files of this machine are read: use INSTREAM (clamdscan --stream). ERROR"
NOT_ASKED = "stream: The desk could not be asked. ERROR"


class Clamd:
    """Speaks with one client after another.

    Args:
        intake: takes the streams.
        started: since when it runs; clients take it for the age of the signatures.
    """

    def __init__(self, intake: Intake, started: datetime) -> None:
        self.intake = intake
        # As clamd writes it; some clients take it apart at the slashes.
        self.version = f"ClamAV 1.4.0-argine-{__version__}/1/{started:%a %b %d %H:%M:%S %Y}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one command, or in a session those that come."""
        session, number, go_on = False, 0, True
        while go_on:
            async with asyncio.timeout(QUIET_S):
                command, end = await _read_command(reader)
            if command == "IDSESSION":
                session = True
                continue
            if command in {"END", ""}:
                return
            number += 1
            answer, go_on = await self._answer(command, reader)
            told = (f"{number}: " if session else "").encode() + answer.encode() + end
            if not (go_on and session):
                await last_word(reader, writer, told)
                return
            writer.write(told)
            await writer.drain()

    async def _answer(self, command: str, reader: asyncio.StreamReader) -> tuple[str, bool]:
        """Give the answer, and whether the connection can go on."""
        if command == "INSTREAM":
            return await self._scan(reader)
        if command.partition(" ")[0] in READS_FILES:
            return NO_FILES, False
        plain = {"PING": "PONG", "VERSION": self.version, "VERSIONCOMMANDS": f"{self.version}| COMMANDS: {COMMANDS}"}
        return plain.get(command, "UNKNOWN COMMAND"), True

    async def _scan(self, reader: asyncio.StreamReader) -> tuple[str, bool]:
        taken = await self.intake.take(_pieces(reader), drain=False)
        if taken is NotTaken.TOO_LARGE:
            return TOO_LARGE, False
        if isinstance(taken, NotTaken):
            return said_of(self.intake.unasked(taken)), False
        with taken:
            return said_of(await self.intake.asker.ask_soon(taken)), True


def said_of(checked: Checked) -> str:
    """Say what happens to a stream, as clamd does."""
    match checked.judgement:
        case Judgement.ACCEPT:
            return "stream: OK"
        case Judgement.REFUSE:
            return f"stream: {THREATS[checked.answer.outcome]} FOUND"
        case Judgement.ERROR:
            return NOT_ASKED


async def _read_command(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """Read a command in one of its three forms, and give what its answer ends with.

    Raises:
        EOFError: the client has gone.
    """
    form = await reader.readexactly(1)
    end = {b"z": b"\0", b"n": b"\n"}.get(form)
    if end is None:
        # The oldest form has no mark; it may come without a line's end.
        said = form + (await reader.read(MOST_COMMAND_BYTES)).partition(b"\n")[0]
        return said.decode("latin-1").strip(), b"\n"
    said = (await reader.readuntil(end))[: -len(end)]
    return said.decode("latin-1").strip(), end


async def _pieces(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Read a stream: lengths of four bytes, the most significant first, each before so many bytes; a 0 ends it."""
    while True:
        async with asyncio.timeout(QUIET_S):
            left = int.from_bytes(await reader.readexactly(LENGTH_BYTES))
        if left == 0:
            return
        while left:
            async with asyncio.timeout(QUIET_S):
                piece = await reader.read(min(left, PIECE_BYTES))
            if not piece:
                raise EOFError
            left -= len(piece)
            yield piece
