"""An ICAP server that looks for known pictures instead of viruses (RFC 3507: OPTIONS, REQMOD, RESPMOD, previews, 204).

What is let in is answered with 204, or handed back as it came; what is not, with a page that says so and the headers by
which products that scan over ICAP know an infected file.
"""

import asyncio
from dataclasses import dataclass
from typing import IO

from argine import __version__
from argine.connect.asker import Asker, Checked
from argine.connect.forms import MalformedError
from argine.connect.icap_messages import (
    BadRequestError,
    Body,
    Head,
    Parts,
    chunk,
    message,
    read_head,
    read_parts,
)
from argine.connect.intake import Intake, NotTaken, ask_each
from argine.connect.policy import Judgement, Outcome
from argine.connect.refusals import refusal_of
from argine.connect.serving import last_word
from argine.connect.spool import PIECE_BYTES
from argine.connect.threats import THREATS

PREVIEW_BYTES = 1024
TTL_S = 3600
# Answers do not depend on a state of ours that a cache should know of, save the version.
TAG = f'"argine-{__version__}"'
BOTH = "RESPMOD, REQMOD"
METHODS = {"reqmod": "REQMOD", "respmod": "RESPMOD"}
OWN = {"ISTag": TAG, "Service": f"Argine {__version__}"}
UNAVAILABLE = message("503 Service Unavailable", {**OWN, "Connection": "close"}, (), "null-body")


class Icap:
    """Speaks with one client after another."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests until the client has gone."""
        try:
            while await self._answer(reader, writer):
                await writer.drain()
        except BadRequestError:
            await last_word(reader, writer, message("400 Bad Request", OWN, (), "null-body"))

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; say whether the connection goes on."""
        head = await read_head(reader)
        if head.method == "OPTIONS":
            writer.write(self._options(head))
        elif head.method in {"REQMOD", "RESPMOD"}:
            answered = await self._modify(head, reader, writer)
            return answered and head.keeps
        else:
            await last_word(reader, writer, message("405 Method Not Allowed", OWN, (), "null-body"))
            return False
        return head.keeps

    def _options(self, head: Head) -> bytes:
        service = head.path.rstrip("/").rpartition("/")[2].partition("?")[0].lower()
        said = {
            "Methods": METHODS.get(service, BOTH),
            "Allow": "204",
            "Preview": str(PREVIEW_BYTES),
            "Transfer-Preview": "*",
            "Options-TTL": str(TTL_S),
            "Max-Connections": str(self.intake.most_streams),
        }
        return message("200 OK", {**OWN, **said}, (), "null-body")

    async def _modify(self, head: Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer about a message; False if all that could be said is that it could not."""
        parts = await read_parts(head, reader)
        if parts.body is None:
            return await _let_in(Original(parts, None, plain=head.allows_204 or head.preview), writer)
        body = Body(reader)
        taken = await self.intake.take(body.all_pieces(head, writer), drain=True)
        # Within a preview that is all there is, no client may object to it.
        plain = head.allows_204 or (head.preview and body.whole)
        if isinstance(taken, NotTaken):
            return await _say(self.intake.unasked(taken), Original(parts, None, plain=plain), writer)
        with taken:
            checked = await check(self.intake.asker, taken, parts.content_type())
            return await _say(checked, Original(parts, taken, plain=plain), writer)


@dataclass(frozen=True, slots=True)
class Original:
    """What was asked about: its heads, its body if that was kept, and whether 204 may stand for both."""

    parts: Parts
    body: IO[bytes] | None
    plain: bool


async def _say(checked: Checked, original: Original, writer: asyncio.StreamWriter) -> bool:
    match checked.judgement:
        case Judgement.ACCEPT:
            return await _let_in(original, writer)
        case Judgement.REFUSE:
            writer.write(refused(checked.answer.outcome))
            return True
        case Judgement.ERROR:
            writer.write(UNAVAILABLE)
            return False


async def check(asker: Asker, body: IO[bytes], content_type: str) -> Checked:
    """Ask about every file of a body, up to the first that is not let in; give that one, or the last."""
    try:
        checks = await ask_each(asker, body, content_type)
    except MalformedError:
        return asker.unasked(Outcome.UNREADABLE)
    return checks[-1] if checks else asker.unasked(Outcome.ALLOW)


def refused(outcome: Outcome) -> bytes:
    """Answer with a page of HTTP in place of what was asked about, whichever way that went."""
    threat, page = THREATS[outcome], refusal_of(outcome)
    told = {
        "X-Infection-Found": f"Type=0; Resolution=2; Threat={threat};",
        "X-Virus-ID": threat,
        "X-Response-Info": "Blocked",
    }
    lines = ["HTTP/1.1 403 Forbidden", *(f"{name}: {value}" for name, value in page.headers), "", ""]
    heads = (("res-hdr", "\r\n".join(lines).encode()),)
    return message("200 OK", {**OWN, **told}, heads, "res-body") + chunk(page.text.encode()) + chunk(b"")


async def _let_in(original: Original, writer: asyncio.StreamWriter) -> bool:
    """Say that nothing is to be changed, or, to a client that does not know that answer, the same again."""
    parts, body = original.parts, original.body
    if original.plain:
        writer.write(message("204 No Content", OWN, (), "null-body"))
    elif parts.body is None:
        writer.write(message("200 OK", OWN, parts.back(), "null-body"))
    elif body is None:
        writer.write(UNAVAILABLE)  # it was not kept, so it cannot be handed back
    else:
        writer.write(message("200 OK", OWN, parts.back(), parts.body))
        body.seek(0)
        while piece := await asyncio.to_thread(body.read, PIECE_BYTES):
            writer.write(chunk(piece))
            await writer.drain()
        writer.write(chunk(b""))
    return original.plain or parts.body is None or body is not None
