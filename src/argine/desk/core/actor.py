"""Who did it: one short word and an id, as the log writes it. Never a name."""

from typing import NewType
from uuid import UUID

Actor = NewType("Actor", str)

REPORTER = Actor("reporter")
SYSTEM = Actor("system")
SHELL = Actor("shell")


def staff(pk: int) -> Actor:
    return Actor(f"staff:{pk}")


def key(pk: UUID) -> Actor:
    return Actor(f"key:{pk}")


def staff_id(actor: str) -> int | None:
    kind, _, rest = actor.partition(":")
    return int(rest) if kind == "staff" and rest.isdecimal() else None
