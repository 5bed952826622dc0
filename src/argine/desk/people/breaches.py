"""Passwords known from breaches, looked up in a file of the operator's: none leaves the desk, not even in part.

The file is the one of Have I Been Pwned, or has its form: a line for each password, its SHA-1 in hexadecimal, perhaps a
colon and how often it was seen, sorted by the digest. The whole has some 40 GB, so it is searched where it lies, by
halving, in about as many reads as its size has bits.

Source: https://haveibeenpwned.com/API/v3#PwnedPasswords, and NIST SP 800-63B-4, 3.1.1.2 (blocklists).
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

LONGEST_LINE = 128
LOOKED_AT = 256
_LINE = re.compile(rb"([0-9A-Fa-f]{40})(?::[0-9]+)?\s*")


class BreachListError(ValueError):
    """The list cannot be searched; the text says why, and holds no password."""


@dataclass(frozen=True, slots=True)
class BreachList:
    path: Path

    def holds(self, password: str) -> bool:
        """Whether a password is in the list.

        Raises:
            BreachListError: it cannot be read, or is no such list.
        """
        wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        try:
            with self.path.open("rb") as file:
                return _search(file, wanted)
        except OSError as error:
            raise BreachListError(f"{self.path.name} cannot be read.") from error

    def check(self) -> None:
        """Look at lines from all over the list: a search in one that is not sorted would find nothing, and say so.

        Raises:
            BreachListError: it cannot be read, is empty, or is not sorted.
        """
        try:
            with self.path.open("rb") as file:
                found = _sample(file)
        except OSError as error:
            raise BreachListError(f"{self.path.name} cannot be read.") from error
        if not found:
            raise BreachListError(f"{self.path.name} is empty.")
        if found != sorted(found):
            raise BreachListError(f"{self.path.name} is not sorted by its digests. Sort it: LC_ALL=C sort -u")


def _search(file: BinaryIO, wanted: bytes) -> bool:
    """Halve the places at which the line may begin, until none is left."""
    low, high = 0, _size(file)
    while low < high:
        middle = (low + high) // 2
        begin, line = _line_from(file, middle)
        if not line or begin >= high:
            high = middle
        elif (digest := _digest(line)) == wanted:
            return True
        elif digest < wanted:
            low = begin + len(line)
        else:
            high = middle
    return False


def _sample(file: BinaryIO) -> list[bytes]:
    size = _size(file)
    lines = (_line_from(file, size * number // LOOKED_AT)[1] for number in range(LOOKED_AT))
    return [_digest(line) for line in lines if line]


def _size(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _line_from(file: BinaryIO, place: int) -> tuple[int, bytes]:
    """Find the first line that begins at a place or after it, and where it begins; empty at the end."""
    begin = 0
    if place:
        file.seek(place - 1)
        begin = place - 1 + len(_read_line(file))
    file.seek(begin)
    return begin, _read_line(file)


def _read_line(file: BinaryIO) -> bytes:
    line = file.readline(LONGEST_LINE)
    if len(line) == LONGEST_LINE:
        raise BreachListError("A line is too long for a list of SHA-1 digests in hexadecimal.")
    return line


def _digest(line: bytes) -> bytes:
    found = _LINE.fullmatch(line)
    if not found:
        raise BreachListError("A line is no SHA-1 digest in hexadecimal, or its count is no number.")
    return found[1].upper()
