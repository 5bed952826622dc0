"""Where a person is led: about a minor, because no desk may act there; an adult, for help.

The entries are data, in routes.toml. A phone number is given only where it was read at its source or in two
independent quotations: a wrong number costs a person in need more than none.
"""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from argine.law.errors import RegimeError
from argine.law.regime import Mark
from argine.law.strict import Table, Words

_FILE = "routes.toml"


class Audience(StrEnum):
    MINOR = "minor"
    """The person shown was under 18: for them, or for who reports."""
    ADULT = "adult"


@dataclass(frozen=True, slots=True)
class Route:
    """One service: who may turn to it, and what it does. No countries means everywhere."""

    id: str
    name: str
    audience: Audience
    countries: tuple[str, ...]
    address: str | None
    """An https address, where one is known; else the name is what to look for."""
    phone: str | None
    who: Words
    text: Words
    mark: Mark


@cache
def all_routes() -> tuple[Route, ...]:
    """Read every route that Argine ships, in the order of the file.

    Raises:
        RegimeError: the file breaks its schema; the text names file and key.
    """
    return parse((files("argine.law") / _FILE).read_bytes())


def routes_for(audience: Audience, country: str | None) -> tuple[Route, ...]:
    """Return the routes for a person: those of their country first, then those for everywhere.

    Args:
        audience: about a minor, or an adult.
        country: ISO 3166 alpha-2; None if unknown: then those for everywhere first, then every country's.
    """
    fitting = [route for route in all_routes() if route.audience is audience]
    everywhere = [route for route in fitting if not route.countries]
    if country is None:
        return (*everywhere, *(route for route in fitting if route.countries))
    return (*(route for route in fitting if country in route.countries), *everywhere)


def parse(data: bytes) -> tuple[Route, ...]:
    """Read a file of routes.

    Raises:
        RegimeError: not TOML, an unknown or missing key, an address that is not https, an unconfirmed entry, or
            a phone number that was only reported.
    """
    try:
        table = Table(_FILE, tomllib.loads(data.decode()))
    except ValueError as error:
        raise RegimeError(f"{_FILE}: not TOML in UTF-8: {error}.") from None
    routes = tuple(_route(part) for part in table.tables("routes"))
    table.close()
    return routes


def _route(table: Table) -> Route:
    route = Route(
        id=table.text("id"),
        name=table.text("name"),
        audience=table.choice("audience", Audience),
        countries=table.countries("countries"),
        address=table.optional_text("address"),
        phone=table.optional_text("phone"),
        who=table.words("who"),
        text=table.words("text"),
        mark=table.choice("mark", Mark),
    )
    table.close()
    _check(table, route)
    return route


def _check(table: Table, route: Route) -> None:
    if route.address is not None and not route.address.startswith("https://"):
        raise table.error("address", "expected an https address")
    if route.mark is Mark.MEMORY:
        raise table.error("mark", "an unconfirmed route is left out")
    if route.phone is not None and route.mark.needs_operators_yes:
        raise table.error("phone", f"a number marked {route.mark} is left out")
