"""Brings Django up over a data folder. Everything that touches the desk from outside a web process starts here."""

import os
from pathlib import Path

import django

from argine.desk import config_reading
from argine.desk.config import Config
from argine.desk.config_rules import variable
from argine.desk.core import databases, key_commands, keys

SETTINGS = "argine.desk.settings"


def boot(data: Path | None = None) -> Config:
    """Make the data folder and its keys if they are missing, then set Django up.

    Raises:
        ConfigError: a setting is wrong.
        MissingKeyError: the database is there but not its keys.
        KeyCommandError: the keys lie wrapped, and cannot be opened; or new ones cannot be wrapped.
        UnreachableError: the database's server does not answer.
    """
    settings = _read(data)
    databases.check_place(settings)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    key_commands.use(settings.key_commands)
    keys.create_missing(settings.keys, is_new=not databases.holds_a_desk(settings))
    django.setup()
    return settings


def attach(data: Path | None = None) -> Config:
    """Set Django up for a data folder that may not be there; nothing is made, so a slip of the name leaves no trace.

    Raises:
        ConfigError: a setting is wrong.
    """
    settings = _read(data)
    django.setup()
    return settings


def _read(data: Path | None) -> Config:
    if data is not None:
        os.environ[variable("data")] = str(data.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    return config_reading.read()
