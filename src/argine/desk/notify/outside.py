"""One POST to an address outside, guarded: no private networks unless allowed, no redirect, little time, little read.

The name is looked up once and the connection made to the address that was judged, so that a name whose address changes
between the two leads nowhere else.
"""

import contextlib
import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from argine import __version__
from argine.desk.notify.enums import Problem
from argine.desk.notify.errors import NotTakenError

TIMEOUT_S = 10.0
MOST_READ = 4096
# Addresses that a gateway turns into IPv4 ones (RFC 6052), and those of a network's own gateway (RFC 8215).
TRANSLATION, LOCAL_TRANSLATION = IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48")
PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: of its body the first 4,096 bytes."""

    status: int
    kind: str
    body: bytes


def post(url: str, body: bytes, headers: Mapping[str, str], *, private: bool) -> Answer:
    """Send a body, and return the answer, whatever it is.

    Raises:
        NotTakenError: the address is private, does not answer in time, or cannot prove who it is.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        connection.sock = _connect(host, port, private=private, secure=parts.scheme == "https")
        with contextlib.closing(connection):
            connection.request("POST", target, body, {**headers, "User-Agent": f"argine/{__version__}"})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers.get_content_type(), answer.read(MOST_READ))
    except ssl.SSLError as error:
        raise NotTakenError(Problem.INSECURE) from error
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise NotTakenError(Problem.UNREACHABLE) from error


def _connect(host: str, port: int, *, private: bool, secure: bool) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(info[4][0]) for info in found]
    if not private and not all(map(is_public, addresses)):
        raise NotTakenError(Problem.PRIVATE)
    plain = socket.create_connection((addresses[0], port), timeout=TIMEOUT_S)
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
