"""Brings Django up over a data folder. Everything that touches the desk from outside a web process starts here."""

import os
from pathlib import Path

import django

from argine.desk import config
from argine.desk.core import keys

SETTINGS = "argine.desk.settings"


def boot(data: Path | None = None) -> config.Config:
    """Make the data folder and its keys if they are missing, then set Django up.

    Raises:
        ConfigError: a setting is wrong.
    """
    if data is not None:
        os.environ[config.variable("data")] = str(data.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    settings = config.read()
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys.create_missing(settings.keys)
    django.setup()
    return settings
