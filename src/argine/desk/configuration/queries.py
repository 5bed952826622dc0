"""Reading what was set in the console."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import fields

from django.db import connection

from argine.desk import config_reading
from argine.desk.config import Config
from argine.desk.config_rules import variable
from argine.desk.configuration.enums import SETTABLE
from argine.desk.configuration.models import StoredSetting
from argine.desk.core.remembered import remembered
from argine.merkle.canonical import Json, canonical_json


@remembered
def version() -> int:
    """How often something was set; 0 while nothing ever was.

    Asked at every request: written out, since putting a query together takes longer than running it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(version) FROM configuration_storedsetting")
        return cursor.fetchone()[0] or 0


def stored() -> dict[str, str]:
    """By name: what was set in the console, also where the environment overrules it."""
    return {row.name: row.value for row in StoredSetting.objects.filter(name__in=SETTABLE)}


def from_environment(name: str, environment: Mapping[str, str] = os.environ) -> bool:
    return variable(name) in environment


def combined(chosen: Mapping[str, str], environment: Mapping[str, str] = os.environ) -> Config:
    """The settings as they are with what was chosen in the console; the environment comes first.

    Raises:
        ConfigError: they do not fit together.
    """
    return config_reading.read({**{variable(name): text for name, text in chosen.items()}, **environment})


def as_text(value: object) -> str:
    """Write a value as its environment variable would have it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def default_of(name: str) -> str:
    return next(as_text(item.default) for item in fields(Config) if item.name == name)


def commitment(row: StoredSetting) -> str:
    """What the log holds of a value: a salted hash, so that it proves the value and tells nothing of it."""
    facts: dict[str, Json] = {"name": row.name, "value": row.value, "version": row.version}
    return hashlib.sha256(row.salt.encode() + b"\n" + canonical_json(facts)).hexdigest()
