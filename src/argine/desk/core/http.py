"""What is needed of a request, in one place."""

from enum import Enum, auto
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

PROGRAM_PREFIXES = ("/api/", "/hma/", "/exchange/")
"""Addresses that programs use: they are answered in JSON, whatever happens."""

# More digits than any length has: Python refuses to read a number of thousands of them.
LONGEST_LENGTH = 20
LENGTH_MISSING = "Say how long the body is: send a Content-Length, not chunks."
LENGTH_NO_NUMBER = "The Content-Length is not a number."
# Who has one IPv6 address mostly has 2**64 of them.
ONE_SUBSCRIBER = 64


class Length(Enum):
    """What is to be said of the length that a request announces."""

    FITS = auto()
    MISSING = auto()
    NO_NUMBER = auto()
    TOO_LARGE = auto()


def of_program(request: HttpRequest) -> bool:
    """Whether a program asks, and not a person with a browser."""
    return request.path_info.startswith(PROGRAM_PREFIXES)


def in_the_open(request: HttpRequest) -> bool:
    """Whether a request came to an https desk by its own name over plain http, so that others could read it.

    Only a proxy that is trusted knows how it came. What asks on the machine itself, or by a further name of the desk
    (`hosts`), goes no way that others read.
    """
    if not settings.CONFIG.trust_proxy or request.is_secure():  # asked of every upload: what costs least comes first
        return False
    base = urlsplit(settings.CONFIG.base_url)
    return base.scheme == "https" and request.get_host().partition(":")[0].lower() == base.hostname


def length_of(request: HttpRequest, most: int) -> Length:
    """Judge the announced length, before a byte is read."""
    if "HTTP_TRANSFER_ENCODING" in request.META:
        return Length.MISSING
    announced = str(request.META.get("CONTENT_LENGTH") or "0")
    if not announced.isascii() or not announced.isdecimal():
        return Length.NO_NUMBER
    return Length.TOO_LARGE if len(announced) > LONGEST_LENGTH or int(announced) > most else Length.FITS


def sender(request: HttpRequest) -> str:
    """The address that a request comes from, for throttling only: never stored, never logged.

    Of IPv6 the network of one subscriber. `X-Forwarded-For` counts only if `trust_proxy` is on and the connection comes
    from a proxy that the operator trusts; of it only what that proxy put there, the last.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if settings.CONFIG.trust_proxy and is_of_proxy(request):
        return _subscriber(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip())
    return _subscriber(peer)


def is_of_proxy(request: HttpRequest) -> bool:
    """Whether the connection comes from a proxy that the operator trusts."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    # A connection over a socket file has no address: it is of this machine.
    address = _address(peer)
    return not peer or (
        address is not None and any(address in net for net in _networks(settings.CONFIG.trusted_proxies))
    )


@lru_cache(maxsize=4)
def _networks(texts: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    return [ip_network(text, strict=False) for text in texts]


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _subscriber(text: str) -> str:
    address = _address(text)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, ONE_SUBSCRIBER), strict=False))
    return text if address is None else str(address)
