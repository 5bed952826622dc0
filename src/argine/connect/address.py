"""Where a desk is, and the key that it knows us by."""

import os
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from argine.connect.errors import ConnectError

KEY_VARIABLE = "ARGINE_KEY"


def parse_address(text: str, *, plain_http: bool = False) -> SplitResult:
    """Read a desk's address, such as https://desk.example.org.

    Raises:
        ConnectError: it is none, or what is sent to it could be read on the way.
    """
    try:
        address = urlsplit(text)
        valid = address.scheme in {"http", "https"} and bool(address.hostname) and address.port != 0
    except ValueError:
        valid = False
    if not valid or address.username or address.query or address.fragment:
        raise ConnectError("The server's address should be like https://desk.example.org")
    if address.scheme == "http" and not plain_http and not is_this_machine(address.hostname or ""):
        raise ConnectError(
            "Over http others can read what is sent. Use https, or allow it: --plain-http, the setting plain_http."
        )
    return address


def parse_key(given: str | None) -> str:
    """Take the key as it was given, from the file it names as `@FILE`, or from the environment.

    Raises:
        ConnectError: there is none, or it cannot be one. The key is not repeated.
        OSError: the file cannot be read.
    """
    key = text_or_file(given or os.environ.get(KEY_VARIABLE, ""))
    if not key:
        raise ConnectError(f"A server asks for a key: give KEY or @FILE, or set {KEY_VARIABLE}.")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConnectError("This is no key: it holds spaces or other characters that keys never have.")
    return key


def text_or_file(given: str) -> str:
    """Take a secret as it was given, or from the file it names as `@FILE`.

    Raises:
        OSError: the file cannot be read.
    """
    if not given.startswith("@"):
        return given
    return Path(given[1:]).read_text(encoding="utf-8", errors="replace").strip()


def is_this_machine(host: str) -> bool:
    """Say whether only this machine can reach a host, or be reached there."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
