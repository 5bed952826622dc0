"""The same place on the web, however its address was written: for finding it again under a keyed digest."""

from urllib.parse import urlsplit

from argine.desk.core.crypto import keyed_digest

DEFAULT_PORTS = {"http": 80, "https": 443}
PURPOSE, HOST_PURPOSE = "address", "host"


def canonical(url: str) -> str:
    """Bring an address to one form: without scheme, default port, fragment, end slash; host and `www.` told alike.

    Path and query stay as they are: servers tell their letters apart.
    """
    parts = urlsplit(url.strip())
    host = host_of(url)
    port = "" if parts.port in {None, DEFAULT_PORTS.get(parts.scheme.lower())} else f":{parts.port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{port}{parts.path.rstrip('/')}{query}"


def host_of(url: str) -> str:
    """The name of the machine in an address, small, without `www.` or a dot at its end; empty if there is none."""
    try:
        return (urlsplit(url.strip()).hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return ""


def host_digest(url: str) -> bytes:
    """What finds all addresses of one host again, as `address_digest` does one address; empty without a host."""
    host = host_of(url)
    return keyed_digest(HOST_PURPOSE, host) if host else b""


def address_digest(url: str) -> bytes:
    """What finds the address again without its text: HMAC-SHA-256 under a key beside the database, 32 bytes."""
    return keyed_digest(PURPOSE, canonical(url))
