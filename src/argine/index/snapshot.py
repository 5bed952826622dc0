"""One segment in one file, laid out so that it can be mapped into memory and used where it lies.

    offset  bytes      what
    0       8          magic: ARGINEHX
    8       4          format version
    12      4          bits of a code
    16      8          number of pairs, n
    24      8          what is added to each key
    32      4          bytes of a key: 4 or 8
    36      4          number of sections: 3 without tables, 8 with
    40      48 each    the sections: offset, bytes, SHA-256 of those bytes
    ...                zero, up to offset 992
    992     32         SHA-256 of everything before
    4096               the sections, each from a multiple of 4096 on: order, keys, codes and, with tables, offsets,
                       nexts, thirds, lows, highs (see `Segment` and `Tables`)

All numbers are little-endian. Opening reads the head, and of the rest only what could lead a search astray into
foreign memory: the order of the bits and the borders of the buckets, a few megabytes at most. So it takes
milliseconds whatever the size. To read the other sections would take seconds, and bring in pages that no search may
ever touch. `verify` does that, when and where the caller wants.

A file is written under another name, flushed to the disk, and then given its own name: it appears whole or not at
all. Whoever has the old one open keeps it.
"""

import hashlib
import mmap
import os
import struct
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from argine.index.checks import WIDEST, WIDTH_STEP
from argine.index.errors import IndexFileError
from argine.index.pairs import Pairs
from argine.index.segment import Segment, check_tables, layout
from argine.index.tables import Shapes

VERSION = 2
MAGIC = b"ARGINEHX"
PAGE = 4096
HEAD_BYTES = 1024

_HEAD = struct.Struct("<8sIIQQII")
_SECTION = struct.Struct("<QQ32s")
_DIGEST = struct.Struct("32s")
_CHECKED_AT_ONCE = ("order", "offsets")
_STEP = 16 << 20  # bytes hashed at a time
_WITHOUT_TABLES, _WITH_TABLES = 3, 8
_KEY_BYTES = frozenset({4, 8})
_REBUILD = "Delete it and build the index again from its banks."
_DAMAGED = f"The head of this index file is damaged. {_REBUILD}"


@dataclass(frozen=True, slots=True)
class _Section:
    offset: int
    size: int
    digest: bytes = bytes(32)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the beginning of a file."""

    bits: int
    rows: int
    key_base: int
    key_bytes: int
    sections: tuple[_Section, ...]

    @property
    def shapes(self) -> Shapes:
        """The arrays that the sections hold."""
        key_type = np.uint32 if self.key_bytes == np.uint32().nbytes else np.uint64
        with_tables = len(self.sections) == _WITH_TABLES
        return layout(self.rows, self.bits, key_type, with_tables=with_tables)

    def pack(self) -> bytes:
        head = _HEAD.pack(
            MAGIC, VERSION, self.bits, self.rows, self.key_base, self.key_bytes, len(self.sections)
        ) + b"".join(_SECTION.pack(section.offset, section.size, section.digest) for section in self.sections)
        head = head.ljust(HEAD_BYTES - _DIGEST.size, b"\0")
        return head + hashlib.sha256(head).digest()

    @classmethod
    def unpack(cls, head: bytes) -> Self:
        if len(head) < HEAD_BYTES or not head.startswith(MAGIC):
            raise IndexFileError("This file is no Argine index. Name a file that Argine saved.")
        _, version, bits, rows, key_base, key_bytes, count = _HEAD.unpack_from(head)
        if version > VERSION:
            raise IndexFileError("This index was saved by a newer Argine. Update Argine, or build the index again.")
        if version < VERSION:
            raise IndexFileError(f"This index was saved by an older Argine, or is damaged. {_REBUILD}")
        if hashlib.sha256(head[: -_DIGEST.size]).digest() != head[-_DIGEST.size :]:
            raise IndexFileError(_DAMAGED)
        if count not in {_WITHOUT_TABLES, _WITH_TABLES}:
            raise IndexFileError(_DAMAGED)
        sections = tuple(
            _Section(*_SECTION.unpack_from(head, _HEAD.size + number * _SECTION.size)) for number in range(count)
        )
        found = cls(bits, rows, key_base, key_bytes, sections)
        if not found.is_possible:
            raise IndexFileError(_DAMAGED)
        return found

    @property
    def is_possible(self) -> bool:
        """Whether codes and keys have a width that there is, and the sections lie one behind the other."""
        parts = [_Section(0, PAGE), *self.sections]
        in_order = all(one.offset + one.size <= other.offset for one, other in pairwise(parts))
        return in_order and self.key_bytes in _KEY_BYTES and self.bits in range(WIDTH_STEP, WIDEST + 1, WIDTH_STEP)


class Mapped:
    """An open file: its head and its arrays, which are pages of the file shared by all who opened it."""

    def __init__(self, head: Head, content: mmap.mmap) -> None:
        self.head = head
        self.arrays = _views(head, content)

    def verify(self) -> None:
        """Read everything and compare it with the checksums.

        Raises:
            IndexFileError: a section was altered.
        """
        for name in self.arrays:
            self.verify_section(name)

    def verify_section(self, name: str) -> None:
        section = self.head.sections[list(self.arrays).index(name)]
        if _digest(self.arrays[name]) != section.digest:
            raise IndexFileError(f"This index file was altered since it was saved ({name}). {_REBUILD}")


def read(path: Path) -> Segment:
    """Check the head of a file and map the rest.

    Raises:
        IndexFileError: the file is foreign, cut short, altered, or from another version of Argine.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        head = Head.unpack(file.read(HEAD_BYTES))
        _check_size(os.fstat(file.fileno()).st_size, _end(head))
        # Copy on write: numpy then takes the arrays for ordinary ones; nobody writes to them.
        mapped = Mapped(head, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
    for name in _CHECKED_AT_ONCE:
        if name in mapped.arrays:
            mapped.verify_section(name)
    segment = Segment(head.key_base, mapped.arrays, mapped)
    if not check_tables(segment):
        raise IndexFileError(f"The tables of this index file are damaged. {_REBUILD}")
    return segment


def write(path: Path, segment: Segment) -> None:
    """Write a segment as it is.

    Raises:
        OSError: the folder cannot be written; the old file is untouched.
    """
    with _Draft(path) as draft:
        arrays = draft.allocate({name: (array.shape, array.dtype.type) for name, array in segment.arrays.items()})
        for name, array in segment.arrays.items():
            arrays[name][...] = array
        draft.finish(segment.key_base)


def build(path: Path, pairs: Pairs, threads: int = 1) -> None:
    """Build a segment in its file: the memory of what is being built is the file's, and can be paged out.

    Args:
        path: the file to make or replace.
        pairs: sorted by key and free of repeats.
        threads: how many build tables at a time.

    Raises:
        OSError: the folder cannot be written; the old file is untouched.
    """
    with _Draft(path) as draft:
        segment = Segment.build(pairs, allocate=draft.allocate, threads=threads)
        draft.finish(segment.key_base)


class _Draft:
    """A file in the making. Unless it is finished nothing of it remains."""

    def __init__(self, path: Path) -> None:
        self._path = path
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        self._file, self._name = os.fdopen(handle, "r+b"), Path(name)
        self._head: Head | None = None
        self._content: mmap.mmap | None = None
        self._arrays: dict[str, NDArray[Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._name.unlink(missing_ok=True)

    def allocate(self, shapes: Shapes) -> dict[str, NDArray[Any]]:
        sections, end = [], PAGE
        for shape, kind in shapes.values():
            size = prod(shape) * np.dtype(kind).itemsize
            sections.append(_Section(end, size))
            end = -(-(end + size) // PAGE) * PAGE
        bits, rows = shapes["order"][0][0], shapes["keys"][0][0]
        self._head = Head(bits, rows, 0, np.dtype(shapes["keys"][1]).itemsize, tuple(sections))
        self._file.truncate(end)
        self._content = mmap.mmap(self._file.fileno(), end)
        self._arrays = _views(self._head, self._content)
        return self._arrays

    def finish(self, key_base: int) -> None:
        assert self._head is not None  # noqa: S101 - allocated before
        assert self._content is not None  # noqa: S101 - as above
        parts = zip(self._head.sections, self._arrays.values(), strict=True)
        sections = tuple(_Section(part.offset, part.size, _digest(array)) for part, array in parts)
        head = Head(self._head.bits, self._head.rows, key_base, self._head.key_bytes, sections)
        self._content[:HEAD_BYTES] = head.pack()
        self._content.flush()
        os.fsync(self._file.fileno())
        self._name.replace(self._path)
        flush(self._path.parent)


def _views(head: Head, content: mmap.mmap) -> dict[str, NDArray[Any]]:
    arrays = {}
    for section, (name, (shape, kind)) in zip(head.sections, head.shapes.items(), strict=True):
        if section.size != prod(shape) * np.dtype(kind).itemsize or section.offset % PAGE:
            raise IndexFileError(_DAMAGED)
        flat = np.frombuffer(content, kind, prod(shape), section.offset)
        arrays[name] = flat.reshape(shape)
    return arrays


def _digest(array: NDArray[Any]) -> bytes:
    content, checksum = array.reshape(-1).view(np.uint8), hashlib.sha256()
    for start in range(0, len(content), _STEP):
        checksum.update(content[start : start + _STEP].data)
    return checksum.digest()


def _end(head: Head) -> int:
    last = head.sections[-1]
    return -(-(last.offset + last.size) // PAGE) * PAGE


def _check_size(size: int, expected: int) -> None:
    if size < expected:
        raise IndexFileError(f"This index file is cut short: {size} bytes of {expected}. {_REBUILD}")
    if size > expected:
        raise IndexFileError(f"This index file was altered: {size} bytes, not {expected}. {_REBUILD}")


def flush(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk. Windows has no such call for folders and needs none."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
