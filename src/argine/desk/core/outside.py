"""One exchange with a server outside, guarded: no private networks unless allowed, no redirect, little time and data.

The name is looked up once and the connection made to the address that was judged, so that a name whose address changes
between the two leads nowhere else. The time is one for everything after the look-up: a server that sends a byte now and
then is cut off like one that sends none. No cookies, no credentials, no proxy of the environment.
"""

import contextlib
import hashlib
import http.client
import io
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from argine import __version__
from argine.errors import ArgineError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

USER_AGENT = f"argine/{__version__}"
PORTS = {"https": 443, "http": 80}
MOST_ADDRESSES = 4
# All of IPv6 that is handed out for the public internet (RFC 4291); the rest has other uses, or none.
GLOBAL_UNICAST = IPv6Network("2000::/3")
# Addresses that a gateway turns into IPv4 ones (RFC 6052). Those of a network's own gateway (RFC 8215) lie outside.
TRANSLATION = IPv6Network("64:ff9b::/96")
# Once led to the nearest gateway between IPv4 and IPv6, whosever it was (RFC 7526).
RELAY = IPv4Network("192.88.99.0/24")


class Trouble(StrEnum):
    """Why there is no answer."""

    PRIVATE = "private"
    INSECURE = "insecure"
    UNREACHABLE = "unreachable"
    SLOW = "slow"


class OutsideError(ArgineError):
    """No answer that can be used came from outside.

    Attributes:
        trouble: why.
    """

    code = "outside"

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(f"No answer from outside: {trouble.value}.")
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an exchange may take from the connection on, in seconds, and how much of the body is read, in bytes."""

    seconds: float
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked.

    Attributes:
        url: absolute, http or https, in ASCII.
        private: allow addresses of private networks.
        takes: how the type of content begins of which the body is read; of another none is. Empty: of any.
    """

    url: str
    method: str = "GET"
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    private: bool = False
    takes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        headers: names and values as they came, in order.
        body: at most as many bytes as the limit says; `is_whole` tells whether that is all.
        address: the IP address that answered.
        certificate: SHA-256 of the server's TLS certificate (DER), in hexadecimal; empty without TLS.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    is_whole: bool
    address: str
    certificate: str

    def header(self, name: str) -> str:
        """The first value of a header, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def exchange(request: Request, limits: Limits) -> Answer:
    """Ask one server once.

    Raises:
        OutsideError: its address is private, it does not answer in time, or cannot prove who it is.
    """
    try:
        return _exchange(request, limits)
    except ssl.SSLError as error:
        raise OutsideError(Trouble.INSECURE) from error
    except TimeoutError as error:
        raise OutsideError(Trouble.SLOW) from error
    except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: a host that is none
        raise OutsideError(Trouble.UNREACHABLE) from error


def _exchange(request: Request, limits: Limits) -> Answer:
    parts = urlsplit(request.url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    addresses = _look_up(host, port, private=request.private)
    until = monotonic() + limits.seconds
    with contextlib.closing(_connect(addresses, port, until)) as plain:
        secured = _secure(plain, host, until) if parts.scheme == "https" else plain
        with contextlib.closing(secured):
            connection = http.client.HTTPConnection(host, port)
            connection.sock = _Timed(secured, until)
            headers = {"User-Agent": USER_AGENT, "Connection": "close", **request.headers}
            connection.request(request.method, target, request.body, headers)
            answer = connection.getresponse()
            is_taken = not request.takes or answer.getheader("Content-Type", "").lower().startswith(request.takes)
            body = answer.read(limits.most_bytes + 1) if is_taken else b""
            return Answer(
                status=answer.status,
                headers=tuple(answer.getheaders()),
                body=body[: limits.most_bytes],
                is_whole=len(body) <= limits.most_bytes,
                address=str(secured.getpeername()[0]),
                certificate=_fingerprint(secured),
            )


def public_addresses(host: str) -> list[str]:
    """The addresses of a name, or none: where one of them is not public, or the name leads nowhere."""
    try:
        return _look_up(host, PORTS["https"], private=False)
    except (OutsideError, OSError, ValueError):
        return []


def _look_up(host: str, port: int, *, private: bool) -> list[str]:
    """The addresses of a name, each judged: one that is not public spoils all of them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    if not private and not all(map(is_public, addresses)):
        raise OutsideError(Trouble.PRIVATE)
    return addresses[:MOST_ADDRESSES]


def _connect(addresses: list[str], port: int, until: float) -> socket.socket:
    """Connect to the first of the judged addresses that takes it."""
    problem: OSError = OSError("The name has no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=_left(until))
        except TimeoutError:
            raise
        except OSError as error:
            problem = error
    raise problem


def _secure(plain: socket.socket, host: str, until: float) -> ssl.SSLSocket:
    plain.settimeout(_left(until))
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _fingerprint(connection: socket.socket) -> str:
    certificate = connection.getpeercert(binary_form=True) if isinstance(connection, ssl.SSLSocket) else None
    return hashlib.sha256(certificate).hexdigest() if certificate else ""


def _left(until: float) -> float:
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Reader(io.RawIOBase):
    """What a server sends, until the time is over."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self._connection, self._until = connection, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        self._connection.settimeout(_left(self._until))
        return self._connection.recv_into(buffer)


class _Timed:
    """Of a socket, what `http.client` uses: to send, and to read until the time is over. Closed by who opened it."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self._connection, self._until = connection, until

    def sendall(self, data: bytes) -> None:
        self._connection.settimeout(_left(self._until))
        self._connection.sendall(data)

    def makefile(self, *_mode: object, **_options: object) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._connection, self._until))

    def close(self) -> None:
        """Do nothing: `http.client` closes before the body is read."""


def is_public(text: str) -> bool:
    """Whether an address is one of the public internet; one that carries an IPv4 address within is judged by that."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and address not in RELAY
    if not all(is_public(str(inner)) for inner in _within(address)):
        return False
    return address in TRANSLATION or (address in GLOBAL_UNICAST and address.is_global)


def _within(address: IPv6Address) -> list[IPv4Address]:
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in TRANSLATION:
        found.append(IPv4Address(address.packed[-4:]))
    return [one for one in found if one is not None]
