"""One index in one file, laid out so that it can be mapped into memory and used where it lies.

    offset  bytes   what
    0       8       magic: ARGINEHX
    8       4       format version
    12      4       bits of a code
    16      8       number of pairs, n
    24      32      SHA-256 of everything from offset 64 on
    56      8       zero
    64      8 n     keys, uint64
    ...     0..63   zero, up to a multiple of 64
    ...     32 n    codes

All numbers are little-endian. Each byte is checked: the head by itself, the rest by SHA-256.
"""

import hashlib
import os
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from argine.index.errors import IndexFileError
from argine.index.interface import CODE_BITS, CODE_BYTES, Codes, Keys

VERSION = 1
MAGIC = b"ARGINEHX"
ALIGNMENT = 64  # bytes: a cache line

_LAYOUT = struct.Struct("<8sIIQ32s8s")
_KEY_BYTES = 8
_REBUILD = "Delete it and build the index again from its banks."


@dataclass(frozen=True, slots=True)
class _Header:
    version: int
    code_bits: int
    count: int
    checksum: bytes

    def pack(self) -> bytes:
        return _LAYOUT.pack(MAGIC, self.version, self.code_bits, self.count, self.checksum, bytes(8))

    @classmethod
    def unpack(cls, head: bytes) -> Self:
        if len(head) < _LAYOUT.size or not head.startswith(MAGIC):
            raise IndexFileError("This file is no Argine index. Name a file that Argine saved.")
        _, version, code_bits, count, checksum, zero = _LAYOUT.unpack(head)
        if version > VERSION:
            raise IndexFileError("This index was saved by a newer Argine. Update Argine, or build the index again.")
        if version != VERSION or code_bits != CODE_BITS or any(zero):
            raise IndexFileError(f"The head of this index file is damaged. {_REBUILD}")
        return cls(version, code_bits, count, checksum)


def write(path: Path, keys: Keys, codes: Codes) -> None:
    """Write the pairs beside `path`, flush them to the disk, and only then give the file its name.

    Args:
        path: the file to make or replace. Whoever has the old one open keeps the old one.
        keys: uint64[n].
        codes: uint8[n, 32].

    Raises:
        OSError: the folder cannot be written; the old file is untouched.
    """
    stored_keys = np.ascontiguousarray(keys, "<u8").view(np.uint8).data
    parts = (stored_keys, bytes(_padding(len(keys))), codes.reshape(-1).data)
    checksum = hashlib.sha256()
    for part in parts:
        checksum.update(part)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_Header(VERSION, CODE_BITS, len(keys), checksum.digest()).pack())
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def read(path: Path) -> tuple[Keys, Codes]:
    """Check the file and map it into memory, copy-on-write: changes to the arrays never reach the file.

    Returns:
        keys uint64[n] and codes uint8[n, 32].

    Raises:
        IndexFileError: the file is foreign, cut short, altered, or from a newer Argine.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        header = _Header.unpack(file.read(_LAYOUT.size))
        size = os.fstat(file.fileno()).st_size
        codes_at = _LAYOUT.size + _KEY_BYTES * header.count + _padding(header.count)
        _check_size(size, codes_at + CODE_BYTES * header.count)
        content = np.memmap(file, np.uint8, mode="c")
    if hashlib.sha256(content[_LAYOUT.size :].data).digest() != header.checksum:
        raise IndexFileError(f"This index file was altered since it was saved. {_REBUILD}")
    keys = content[_LAYOUT.size : _LAYOUT.size + _KEY_BYTES * header.count].view("<u8")
    codes = content[codes_at:].reshape(-1, CODE_BYTES)
    return np.asarray(keys, np.uint64), np.asarray(codes)


def _check_size(size: int, expected: int) -> None:
    if size < expected:
        raise IndexFileError(f"This index file is cut short: {size} bytes of {expected}. {_REBUILD}")
    if size > expected:
        raise IndexFileError(f"This index file was altered: {size} bytes, not {expected}. {_REBUILD}")


def _padding(count: int) -> int:
    return -count * _KEY_BYTES % ALIGNMENT


def _flush_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
