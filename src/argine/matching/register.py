"""What is kept of each bank entry besides its near codes and patches: a stock, what left it, and what came since."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from argine.matching.banks import BankEntry
from argine.matching.stock import Stock
from argine.signals.patch.geometry import Rectangle
from argine.signals.types import Signal

Slot = int
"""The place of an entry; the same number is its key in the index. The rows of the stock come first."""


class Register:
    """Entries by id, by slot and by exact signal. Who writes must be alone; any number may read."""

    def __init__(self, stock: Stock | None = None) -> None:
        self._stock = Stock() if stock is None else stock
        self._gone = np.zeros(len(self._stock), np.bool_)
        self._gone_count = 0
        self._slots: dict[str, Slot] = {}
        self._ids: list[str] = []
        self._banks: list[str] = []
        self._exact_of: dict[Slot, tuple[Signal, ...]] = {}
        self._with: defaultdict[Signal, set[Slot]] = defaultdict(set)
        self._regions: dict[Slot, Rectangle] = {}
        self._free: list[Slot] = []

    def __len__(self) -> int:
        """Count the entries."""
        return len(self._stock) - self._gone_count + len(self._slots)

    def put(self, entry: BankEntry, exact: tuple[Signal, ...]) -> Slot:
        """Take up an entry that is not there."""
        slot = self._free.pop() if self._free else self._next()
        place = slot - len(self._stock)
        self._ids[place], self._banks[place] = entry.id, entry.bank
        self._slots[entry.id] = slot
        if exact:
            self._exact_of[slot] = exact
        for signal in exact:
            self._with[signal].add(slot)
        if entry.region is not None:
            self._regions[slot] = entry.region
        return slot

    def take(self, slot: Slot) -> None:
        """Give up an entry."""
        if slot < len(self._stock):
            self._gone[slot] = True
            self._gone_count += 1
            return
        place = slot - len(self._stock)
        del self._slots[self._ids[place]]
        self._ids[place] = self._banks[place] = ""
        self._free.append(slot)
        self._regions.pop(slot, None)
        for signal in self._exact_of.pop(slot, ()):
            self._with[signal].discard(slot)
            if not self._with[signal]:
                del self._with[signal]

    def slot_of(self, entry_id: str) -> Slot | None:
        """Find an entry; None if it is not there."""
        found = self._slots.get(entry_id)
        if found is not None:
            return found
        row = self._stock.row_of(entry_id)
        return None if row is None or self._gone[row] else row

    def id_of(self, slot: Slot) -> str:
        return self._stock.id_of(slot) if slot < len(self._stock) else self._ids[slot - len(self._stock)]

    def bank_of(self, slot: Slot) -> str:
        return self._stock.bank_of(slot) if slot < len(self._stock) else self._banks[slot - len(self._stock)]

    def region_of(self, slot: Slot) -> Rectangle | None:
        """The part that a match must agree in, of an entry that is bound to one."""
        return self._stock.regions.get(slot) if slot < len(self._stock) else self._regions.get(slot)

    def having(self, signal: Signal) -> Iterator[Slot]:
        """List the entries that have an exact signal."""
        yield from (row for row in self._stock.rows_with(signal) if not self._gone[row])
        yield from self._with.get(signal, ())

    def _next(self) -> Slot:
        self._ids.append("")
        self._banks.append("")
        return len(self._stock) + len(self._ids) - 1
