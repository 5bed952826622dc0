"""A matcher's stock in a folder, so that every process of a machine maps the same pages and starts in milliseconds.

    stock.json      what the other files are: version, the caller's note, sizes, SHA-256, banks, regions
    near.index      the near codes (`argine.index.snapshot`)
    ids.npy, banks.npy, exact.npy    the arrays of `Stock`

The folder is written under another name, flushed, and then given its own: it appears whole or not at all. There are no
patch sets in it: those are sealed at rest. Nothing is pickled, and nothing that a file says can make a search leave
its arrays.
"""

import hashlib
import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from argine.index import HammingIndex, IndexFileError
from argine.index.snapshot import flush
from argine.matching.matcher import Matcher
from argine.matching.stock import EXACT, ID, Columns, Stock
from argine.signals.patch.geometry import Rectangle

VERSION = 1
TOLD, NEAR = "stock.json", "near.index"
_KINDS: dict[str, np.dtype[Any]] = {"ids": ID, "banks": np.dtype(np.uint16), "exact": EXACT}
_REBUILD = "Delete the folder; it is made again from the database."


@dataclass(frozen=True, slots=True)
class Opened:
    """A matcher that begins with what a folder holds, and the note that was saved with it."""

    matcher: Matcher
    note: str


def save(folder: Path, columns: Columns, note: str) -> None:
    """Write a folder.

    Args:
        folder: to make; the folder above it must be there.
        columns: all entries.
        note: words to be given back by `open_`.

    Raises:
        OSError: the disk is full or cannot be written, or there is a folder of that name; nothing is left behind.
    """
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        _write(draft, columns, note)
        draft.rename(folder)
        flush(folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def open_(folder: Path) -> Opened:
    """Map a folder. It takes milliseconds, whatever the size; `verify` reads it all.

    Raises:
        IndexFileError: it is incomplete, altered, or from another version of Argine.
        OSError: it cannot be read.
    """
    told = _told(folder)
    for name, file in told["files"].items():
        if (folder / name).stat().st_size != file["bytes"]:
            raise IndexFileError(f"{name} is not as long as it was when it was saved. {_REBUILD}")
    arrays = {name: _mapped(folder / f"{name}.npy", kind) for name, kind in _KINDS.items()}
    regions = {int(row): Rectangle(*corners) for row, corners in told["regions"].items()}
    stock = Stock(arrays["ids"], arrays["banks"], arrays["exact"], tuple(told["names"]), regions)
    if len(stock.ids) != len(stock.banks):
        raise IndexFileError(f"The arrays of this folder do not belong together. {_REBUILD}")
    return Opened(Matcher(stock, HammingIndex.open(folder / NEAR)), told["note"])


def verify(folder: Path) -> None:
    """Read every file and compare it with its checksum: some seconds for each 10 million entries.

    Raises:
        IndexFileError: a file was altered since it was saved.
        OSError: one cannot be read.
    """
    for name, file in _told(folder)["files"].items():
        if _checksum(folder / name) != file["sha256"]:
            raise IndexFileError(f"{name} was altered since it was saved. {_REBUILD}")


def _write(draft: Path, columns: Columns, note: str) -> None:
    stock = columns.stock
    HammingIndex.write(draft / NEAR, columns.near_rows.astype(np.uint64), columns.near_codes)
    for name in _KINDS:
        np.save(draft / f"{name}.npy", getattr(stock, name), allow_pickle=False)
    files = {path.name: {"bytes": path.stat().st_size, "sha256": _checksum(path)} for path in sorted(draft.iterdir())}
    regions = {str(row): list(asdict(region).values()) for row, region in stock.regions.items()}
    told = {"version": VERSION, "note": note, "names": list(stock.names), "regions": regions, "files": files}
    (draft / TOLD).write_text(json.dumps(told, indent=1), "utf-8")
    for path in (*draft.iterdir(), draft):
        flush(path)


def _told(folder: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads((folder / TOLD).read_text("utf-8"))
        version = told["version"]
    except (ValueError, KeyError, TypeError):
        raise IndexFileError(f"{TOLD} is damaged. {_REBUILD}") from None
    if version != VERSION:
        raise IndexFileError(f"This folder was saved by another version of Argine. {_REBUILD}")
    return told


def _mapped(path: Path, kind: np.dtype[Any]) -> NDArray[Any]:
    try:
        found: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError):
        raise IndexFileError(f"{path.name} is damaged. {_REBUILD}") from None
    if found.dtype != kind or found.ndim != 1:
        raise IndexFileError(f"{path.name} holds something else. {_REBUILD}")
    return found.view(np.ndarray)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
