"""Where the law's facts were read: sources.toml, a key and a neutral description each."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from argine.law.errors import RegimeError
from argine.law.strict import Table

_FILE = "sources.toml"


@cache
def all_sources() -> Mapping[str, str]:
    """Read every source by its key, in the order of the file.

    Raises:
        RegimeError: the file breaks its schema; the text names file and key.
    """
    return parse((files("argine.law") / _FILE).read_bytes())


def parse(data: bytes) -> Mapping[str, str]:
    """Read a file of sources.

    Raises:
        RegimeError: not TOML, an unknown or missing key, or a source listed twice.
    """
    try:
        table = Table(_FILE, tomllib.loads(data.decode()))
    except ValueError as error:
        raise RegimeError(f"{_FILE}: not TOML in UTF-8: {error}.") from None
    found: dict[str, str] = {}
    for part in table.tables("sources"):
        key, title = part.text("key"), part.text("title")
        part.close()
        if key in found:
            raise part.error("key", f"{key} is listed twice")
        found[key] = title
    table.close()
    return MappingProxyType(found)
