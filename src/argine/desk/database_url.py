"""The address of a PostgreSQL database, as libpq writes it, in Django's words.

Source: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING (34.1.1.2, connection URIs).
"""

from collections.abc import Mapping
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from argine.desk.config_rules import ConfigError, variable

BACKEND = "argine.desk.core.postgresql"
SCHEMES = frozenset({"postgresql", "postgres"})
# What an operator may need to say of the way there. Several hosts, by commas, are tried in turn: a standby takes over.
SAYABLE = frozenset(
    {"host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "channel_binding", "passfile",
     "target_session_attrs", "connect_timeout"}
)  # fmt: skip

# Over a network the server proves who it is, unless the operator writes that it need not. libpq's own default goes on
# in plain text if the server, or somebody between, says no (`prefer`); that and `allow` sound safe and are refused.
# Source: https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-SSLMODE-STATEMENTS (34.19.3).
VERIFIED = "verify-full"
SAID_MODES = ("verify-full", "verify-ca", "require", "disable")
THIS_MACHINE = "localhost"

# What the server keeps to for each of our connections.
# lock_timeout: as long as a writer waits for its turn (core.postgresql); SQLite's `timeout` is the same.
# idle_in_transaction_session_timeout, tcp_*: a node that froze or was cut off holds nobody up for longer.
SESSION = MappingProxyType(
    {"lock_timeout": "20s", "idle_in_transaction_session_timeout": "60s", "tcp_keepalives_idle": "10",
     "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
)  # fmt: skip
READ_COMMITTED = 2  # psycopg.IsolationLevel
CONNECT_S = 5


def database_of(url: str, password: str = "") -> dict[str, Any]:
    """Make what Django takes as a database of an address.

    Raises:
        ConfigError: it is no such address, or it holds a password. Neither is repeated.
    """
    name = variable("database_url")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ConfigError(f"{name} is no address. {_example()}") from None
    if parts.scheme not in SCHEMES or not parts.path.strip("/") or parts.fragment:
        raise ConfigError(f"{name} must name a PostgreSQL database. {_example()}")
    if parts.password is not None:
        raise ConfigError(
            f"{name} holds a password, which lists of processes may show. Put it into a file of its own and name that "
            f"by {variable('database_password_file')}."
        )
    said = _said(parts.query)
    host = said.pop("host", unquote(parts.hostname or ""))
    return {
        "ENGINE": BACKEND,
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": password,
        "HOST": host,
        "PORT": said.pop("port", str(port or "")),
        "CONN_MAX_AGE": None,
        # A server that was started again, or its standby, is found at the next request.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**_options(), **({} if _is_here(host) else {"sslmode": VERIFIED}), **said},
    }


def _is_here(hosts: str) -> bool:
    """Whether the way there leaves this machine nowhere: sockets, and addresses of its own."""
    return all(_is_own(host.strip()) for host in hosts.split(","))


def _is_own(host: str) -> bool:
    if not host or host == THIS_MACHINE or host.startswith(("/", "@")):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _said(query: str) -> dict[str, str]:
    said = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := sorted(said.keys() - SAYABLE):
        raise ConfigError(
            f"{variable('database_url')} may say {', '.join(sorted(SAYABLE))} after the question mark, not "
            f"{', '.join(unknown)}."
        )
    if said.get("sslmode", VERIFIED) not in SAID_MODES:
        raise ConfigError(
            f"{variable('database_url')}: sslmode is one of {', '.join(SAID_MODES)}. The first is taken if nothing is "
            "said and the database is on another machine; the last two do not see who answers."
        )
    return said


def _options() -> Mapping[str, Any]:
    settings = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
    return {
        # A writer reads after it got its turn: it must see what those before it have written.
        "isolation_level": READ_COMMITTED,
        "application_name": "argine",
        "connect_timeout": CONNECT_S,
        "options": settings,
    }


def _example() -> str:
    return "Such as postgresql://argine@db.example.org/argine"
