"""One request outside, guarded: no private networks unless allowed, no redirect, little time, little read.

The name is looked up once and the connection made to the address that was judged, so that a name whose address changes
between the two leads nowhere else.
"""

import contextlib
import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic
from urllib.parse import urlsplit

from argine import __version__
from argine.errors import ArgineError

TIMEOUT_S = 10.0
MOST_READ = 4096
CHUNK = 64 * 1024
# Addresses that a gateway turns into IPv4 ones (RFC 6052), and those of a network's own gateway (RFC 8215).
TRANSLATION, LOCAL_TRANSLATION = IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48")
PORTS = {"https": 443, "http": 80}


class Trouble(StrEnum):
    """Why a request outside came to nothing."""

    UNREACHABLE = "unreachable"
    INSECURE = "insecure"
    PRIVATE = "private"
    TOO_LARGE = "too_large"


class OutsideError(ArgineError):
    """No answer was had, and nothing that was read may be used."""

    code = "outside"

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and how far its answer may go.

    Attributes:
        private: whether it may go to addresses that are not of the public internet.
        most_read: bytes of the answer that are taken; what is longer is refused, or left unread with `cut`.
        seconds: for the whole of it, however slowly the other side drips.
    """

    url: str
    method: str = "GET"
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    private: bool = False
    most_read: int = MOST_READ
    cut: bool = False
    seconds: float = TIMEOUT_S


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(asked: Asked) -> Answer:
    """Send a request, and give its answer.

    Raises:
        OutsideError: the address is private, does not answer in time, cannot prove who it is, or answers too much.
    """
    parts = urlsplit(asked.url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    end = monotonic() + asked.seconds
    try:
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        connection.sock = _connect(host, port, asked, secure=parts.scheme == "https")
        with contextlib.closing(connection):
            connection.request(
                asked.method, target, asked.body, {"User-Agent": f"argine/{__version__}", **asked.headers}
            )
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, headers, _read(answer, asked, end))
    except ssl.SSLError as error:
        raise OutsideError(Trouble.INSECURE) from error
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise OutsideError(Trouble.UNREACHABLE) from error


def _read(answer: http.client.HTTPResponse, asked: Asked, end: float) -> bytes:
    pieces: list[bytes] = []
    left = asked.most_read
    while piece := answer.read1(min(CHUNK, left + 1)):
        if len(piece) > left:
            if asked.cut:
                return b"".join([*pieces, piece[:left]])
            raise OutsideError(Trouble.TOO_LARGE)
        pieces.append(piece)
        left -= len(piece)
        if monotonic() > end:
            raise OutsideError(Trouble.UNREACHABLE)
    if answer.length:  # it ended before the length that it announced
        raise OutsideError(Trouble.UNREACHABLE)
    return b"".join(pieces)


def _connect(host: str, port: int, asked: Asked, *, secure: bool) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(info[4][0]) for info in found]
    if not asked.private and not all(map(is_public, addresses)):
        raise OutsideError(Trouble.PRIVATE)
    plain = socket.create_connection((addresses[0], port), timeout=min(TIMEOUT_S, asked.seconds))
    if not secure:
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def is_public(text: str) -> bool:
    """Whether an address is one of the public internet; one that carries an IPv4 address within is judged by that."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address) and not all(inner.is_global for inner in _within(address)):
        return False
    local = isinstance(address, IPv6Address) and address in LOCAL_TRANSLATION
    return address.is_global and not address.is_multicast and not local


def _within(address: IPv6Address) -> list[IPv4Address]:
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in TRANSLATION:
        found.append(IPv4Address(address.packed[-4:]))
    return [one for one in found if one is not None]
