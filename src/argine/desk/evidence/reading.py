"""Taking pages apart in a confined process: what it answers is checked, since a page may have taken it over."""

import contextlib
import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from argine.desk.core.hashing import FULL
from argine.desk.evidence.markup import Medium
from argine.desk.evidence.payments import Payment
from argine.errors import ArgineError
from argine.media.confine import Level

SECONDS = 20.0
MOST_ANSWER = 4 * 1024 * 1024
CURRENCIES = ("BTC", "ETH", "XMR", "TRX")


class UnreadableError(ArgineError):
    """The page could not be taken apart: it kept the process too busy, or broke it."""

    code = "page_unreadable"


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says, without its media.

    Attributes:
        text: its words, a line for each block, headings and lists marked; media are named in square brackets.
        links: where its links lead, whole addresses.
        times: instants and days that the page itself states, as it writes them.
    """

    title: str
    language: str
    text: str
    links: tuple[str, ...]
    media: tuple[Medium, ...]
    mails: tuple[str, ...]
    handles: tuple[str, ...]
    payments: tuple[Payment, ...]
    times: tuple[str, ...]


def take_apart(data: bytes, base: str, charset: str) -> PageFacts:
    """Read a page.

    Args:
        data: its bytes, HTML or plain text.
        base: the address that it came from.
        charset: as the server named it; may be empty.

    Raises:
        UnreadableError: it took too long, or its process failed, or is less confined than the settings ask.
    """
    head = json.dumps({"base": base, "charset": charset}).encode() + b"\n"
    answer = _run(head + data)
    try:
        told = json.loads(answer)
        if settings.CONFIG.sandbox == FULL and told["confined"] != Level.FULL:
            raise UnreadableError("This machine cannot confine the reader of pages as far as the settings ask.")
        return _parsed(told)
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableError("The page could not be read: it is too deeply nested, too large, or broken.") from error


def _run(data: bytes) -> bytes:
    process = subprocess.Popen(  # our own module, no shell
        [sys.executable, "-m", "argine.desk.evidence.reader"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    watch = threading.Timer(SECONDS, process.kill)
    watch.start()
    try:
        with process:
            assert process.stdin is not None  # noqa: S101  # both were asked for
            assert process.stdout is not None  # noqa: S101
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(data)
                process.stdin.close()
            answer = process.stdout.read(MOST_ANSWER + 1)
            process.kill()
    finally:
        watch.cancel()
    return answer if len(answer) <= MOST_ANSWER else b""


def _parsed(told: dict[str, Any]) -> PageFacts:
    return PageFacts(
        title=_text(told["title"]),
        language=_text(told["language"]),
        text=_text(told["text"]),
        links=_texts(told["links"]),
        media=tuple(Medium(_text(m["kind"]), _text(m["address"]), _text(m["sha256"])) for m in told["media"]),
        mails=_texts(told["mails"]),
        handles=_texts(told["handles"]),
        payments=tuple(_payment(one) for one in told["payments"]),
        times=_texts(told["times"]),
    )


def _payment(told: dict[str, Any]) -> Payment:
    currency = told["currency"]
    if currency not in CURRENCIES:
        raise ValueError(currency)
    return Payment(currency, _text(told["address"]), checked=told["checked"] is True)


def _texts(told: list[object]) -> tuple[str, ...]:
    return tuple(map(_text, told))


def _text(told: object) -> str:
    """A text that can be stored and shown: no half characters, no control characters but line ends."""
    if not isinstance(told, str):
        raise TypeError
    whole = told.encode("utf-8", "replace").decode()
    return "".join(letter for letter in whole if letter == "\n" or letter.isprintable())
