"""The bulk of the banks as arrays that never change: for millions of entries, in memory or mapped from files.

A stock tells of each entry its id and bank, and of each exact signal which entry has it. Near codes are in an index
beside it, under the rows of the stock. Entries that come or go later are kept by `register`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from argine.signals.patch.geometry import Rectangle
from argine.signals.types import Signal, SignalType

ID = np.dtype([("high", "<u8"), ("low", "<u8")])
EXACT = np.dtype([("key", "<u8"), ("row", "<u4"), ("type", "u1"), ("value", "u1", (32,))])
"""One exact signal: the first eight bytes of its value to look it up by, its entry's row, its type, its value."""

EXACT_CODES = {SignalType.SHA256: 1, SignalType.MD5: 2}

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """Entries in the order of their ids.

    Attributes:
        ids: ID[n], ascending.
        banks: uint16[n], places in `names`.
        exact: EXACT[m], ascending by key.
        names: ids of the banks.
        regions: by row, of entries that are bound to a part of their picture.
    """

    ids: NDArray[np.void] = field(default_factory=lambda: np.empty(0, ID))
    banks: NDArray[np.uint16] = field(default_factory=lambda: np.empty(0, np.uint16))
    exact: NDArray[np.void] = field(default_factory=lambda: np.empty(0, EXACT))
    names: tuple[str, ...] = ()
    regions: Mapping[int, Rectangle] = field(default_factory=dict)

    def __len__(self) -> int:
        """Count the entries."""
        return len(self.ids)

    def row_of(self, entry_id: str) -> int | None:
        """Find an entry; None if it is not here."""
        if not len(self):
            return None
        try:
            number = UUID(entry_id).int
        except ValueError:
            return None
        high, low = number >> 64, number & (2**64 - 1)
        first = int(np.searchsorted(self.ids["high"], np.uint64(high)))
        while first < len(self) and self.ids["high"][first] == high:
            if self.ids["low"][first] == low:
                return first
            first += 1
        return None

    def id_of(self, row: int) -> str:
        return str(UUID(int=int(self.ids["high"][row]) << 64 | int(self.ids["low"][row])))

    def bank_of(self, row: int) -> str:
        return self.names[int(self.banks[row])]

    def rows_with(self, signal: Signal) -> Iterator[int]:
        """List the entries that have an exact signal."""
        if not len(self.exact):
            return
        wanted = exact_row(signal, 0)
        place = int(np.searchsorted(self.exact["key"], wanted["key"]))
        while place < len(self.exact) and self.exact["key"][place] == wanted["key"]:
            found = self.exact[place]
            if found["type"] == wanted["type"] and bytes(found["value"]) == bytes(wanted["value"]):
                yield int(found["row"])
            place += 1


def exact_row(signal: Signal, row: int) -> np.void:
    """An exact signal as the stock keeps it."""
    found: np.void = exact_rows(EXACT_CODES[signal.type], [signal.value], np.array([row]))[0]
    return found


def exact_rows(code: int, values: Sequence[bytes], rows: Rows) -> NDArray[np.void]:
    """EXACT[n]: exact signals of one type, in the order given."""
    found = np.zeros(len(values), EXACT)
    size = len(values[0]) if values else 0
    raw = np.frombuffer(b"".join(values), np.uint8).reshape(len(values), size)
    found["value"][:, :size] = raw
    found["key"] = np.ascontiguousarray(raw[:, :8]).view("<u8")[:, 0] if values else 0
    found["row"], found["type"] = rows, code
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Everything of a matcher's entries but their patch sets, as arrays.

    Attributes:
        stock: the entries.
        near_rows: int64[k], the entry of each `pdq` that can be searched for.
        near_codes: uint8[k, 32].
    """

    stock: Stock
    near_rows: Rows
    near_codes: NDArray[np.uint8]

    @classmethod
    def of(
        cls,
        ids: bytes,
        banks: NDArray[np.uint16],
        names: tuple[str, ...],
        signals: Mapping[SignalType, tuple[bytes, Sequence[bytes]]],
        regions: Mapping[bytes, Rectangle] | None = None,
    ) -> Self:
        """Bring entries into order.

        Args:
            ids: 16 bytes for each entry, each once.
            banks: uint16[n], places in `names`.
            names: ids of the banks.
            signals: by type (exact ones, and `pdq` that are hashable): the ids of the entries, 16 bytes each, and the
                values; those of an unknown entry are passed over, and so is the `pdq` of one that is bound to a region.
            regions: by the entry's 16 bytes.
        """
        found = _ids(ids)
        order = np.argsort(found, order=("high", "low"))
        sorted_ids = found[order]
        bound = {_row_in(sorted_ids, one): region for one, region in (regions or {}).items()}
        exact = [_exact_of(sorted_ids, code, *signals[kind]) for kind, code in EXACT_CODES.items() if kind in signals]
        table = np.concatenate(exact) if exact else np.empty(0, EXACT)
        stock = Stock(sorted_ids, banks[order], table[np.argsort(table["key"], kind="stable")], names, bound)
        near_ids, values = signals.get(SignalType.PDQ, (b"", ()))
        rows = rows_of(sorted_ids, _ids(near_ids))
        kept = (rows >= 0) & ~np.isin(rows, np.array([*bound], np.int64))
        codes = np.frombuffer(b"".join(values), np.uint8).reshape(-1, SignalType.PDQ.size)
        return cls(stock, rows[kept], codes[kept])


def _ids(raw: bytes) -> NDArray[np.void]:
    words = np.frombuffer(raw, ">u8").reshape(-1, 2)
    found = np.empty(len(words), ID)
    found["high"], found["low"] = words[:, 0], words[:, 1]
    return found


def _row_in(ids: NDArray[np.void], raw: bytes) -> int:
    return int(rows_of(ids, _ids(raw))[0])


def rows_of(ids: NDArray[np.void], wanted: NDArray[np.void]) -> Rows:
    """int64[n]: where ids stand among ascending ones; -1 where they do not."""
    if not len(ids):
        return np.full(len(wanted), -1, np.int64)
    rows = np.minimum(np.searchsorted(ids["high"], wanted["high"]), len(ids) - 1)
    same = (ids["high"][rows] == wanted["high"]) & (ids["low"][rows] == wanted["low"])
    for place in np.flatnonzero(~same & (ids["high"][rows] == wanted["high"])):  # ids of one half: next to never
        twins = np.flatnonzero(ids["high"] == wanted["high"][place])
        match = twins[ids["low"][twins] == wanted["low"][place]]
        if len(match):
            rows[place], same[place] = match[0], True
    return np.where(same, rows, -1)


def _exact_of(ids: NDArray[np.void], code: int, owners: bytes, values: Sequence[bytes]) -> NDArray[np.void]:
    rows = rows_of(ids, _ids(owners))
    return exact_rows(code, values, np.maximum(rows, 0))[rows >= 0]
