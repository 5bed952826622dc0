"""Files and folders that a command was given."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from argine.media.errors import TooManyBytes, UnsupportedMedia
from argine.media.film_kinds import HEAD_BYTES, is_film
from argine.media.film_limits import VideoLimits
from argine.media.limits import DEFAULT_LIMITS, Limits

Item = TypeVar("Item")


def walk(paths: Iterable[Path]) -> Iterator[Path]:
    """Hand on files as they are named, and each folder's files in the order of their names."""
    for path in paths:
        if path.is_dir():
            yield from sorted(inner for inner in path.rglob("*") if inner.is_file())
        else:
            yield path


def spread(items: Sequence[Item], limit: int | None) -> list[Item]:
    """As many as asked for, spread evenly; all where there is no limit."""
    step = max(1, len(items) // limit) if limit else 1
    return list(items[::step][:limit])


def read_file(path: Path, limits: Limits | VideoLimits = DEFAULT_LIMITS) -> bytes:
    """Read a whole file, if it is one and not larger than a picture may be.

    Raises:
        OSError: the file cannot be read.
        MediaError: it is no ordinary file, or too large.
    """
    size = path.stat().st_size
    if not path.is_file():
        raise UnsupportedMedia("This is no ordinary file.")
    if size > limits.max_bytes:
        raise TooManyBytes(f"The file has {size} bytes; up to {limits.max_bytes} are read.")
    return path.read_bytes()


def is_film_file(path: Path) -> bool:
    """Whether a file begins as a film does; false also of a folder or a pipe.

    Raises:
        OSError: the file cannot be read.
    """
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return is_film(file.read(HEAD_BYTES))
