"""Which database a desk is in: the file of its folder, or one of a PostgreSQL server that several nodes share."""

from importlib import import_module
from pathlib import Path
from typing import Any

from argine.desk.config import Config
from argine.desk.config_rules import ConfigError, variable
from argine.desk.database_url import database_of
from argine.errors import ArgineError

# FULL: what was acknowledged survives a power cut, not only a crash. Writes here are few and weighty.
# secure_delete: what a person takes back is overwritten, not only unlinked.
# cache_size: 16 MiB a connection; the default of 2 MiB holds no index of a desk with ten thousand cases.
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA cache_size=-16384;"


class UnreachableError(ArgineError):
    code = "database_unreachable"


def of_config(config: Config) -> dict[str, Any]:
    """What Django takes as its database.

    Raises:
        ConfigError: the file of the password cannot be read, or the package of the server is missing.
    """
    return _shared(config) if config.database_url else sqlite(config.database)


def sqlite(file: Path, pragmas: str = PRAGMAS) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file.resolve(),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas},
    }


def _shared(config: Config) -> dict[str, Any]:
    try:
        import_module("psycopg")
    except ImportError:
        raise ConfigError(
            f"{variable('database_url')} is set, but the package for PostgreSQL is missing: pip install "
            "'argine[postgresql]'."
        ) from None
    return database_of(config.database_url, _password(config))


def _password(config: Config) -> str:
    if not config.database_password_file:
        return ""
    try:
        return Path(config.database_password_file).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise ConfigError(f"{variable('database_password_file')} cannot be read: {error}.") from None


def check_place(config: Config) -> None:
    """Refuse to begin an empty desk where the old one waits to be moved, or was moved from.

    Raises:
        ConfigError: with what to do.
    """
    if config.database_url and config.database.exists():
        raise ConfigError(
            f"{variable('database_url')} is set, but the folder {config.data} holds a desk of its own. `argine "
            "database move` brings it over; or move the file away, if it is to stay behind."
        )
    if not config.database_url and config.moved.exists() and not config.database.exists():
        raise ConfigError(
            f"The desk of the folder {config.data} was moved to PostgreSQL: set {variable('database_url')}. A new desk "
            "needs another folder."
        )


def holds_a_desk(config: Config) -> bool:
    """Say whether somebody has made a desk in the database, before Django is set up.

    Raises:
        ConfigError: as `of_config`.
        UnreachableError: the server does not answer, or does not let us in.
    """
    return _has_tables(_shared(config)) if config.database_url else config.database.exists()


def _has_tables(database: dict[str, Any]) -> bool:
    psycopg = import_module("psycopg")
    words = {"dbname": database["NAME"], "user": database["USER"], "password": database["PASSWORD"],
             "host": database["HOST"], "port": database["PORT"]}  # fmt: skip
    options = {name: value for name, value in database["OPTIONS"].items() if name != "isolation_level"}
    try:
        with psycopg.connect(**{**{name: text for name, text in words.items() if text}, **options}) as connection:
            return bool(connection.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone()[0])
    except psycopg.Error as error:
        raise UnreachableError(f"The PostgreSQL database cannot be used: {' '.join(str(error).split())}") from None
