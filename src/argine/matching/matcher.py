"""The banks in memory, and which of their entries a picture's signals match."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count

import numpy as np

from argine.index import CODE_BYTES, Codes, HammingIndex
from argine.matching.banks import Bank, BankEntry, Match
from argine.matching.locks import ReadWriteLock
from argine.signals.types import Signal, SignalType

_TYPE_ORDER = list(SignalType)


class Matcher:
    """Answers which bank entries match, while entries come and go.

    Exact types are looked up, `pdq` is searched for by distance. A `pdq` signal that is not `hashable` takes
    no part on either side: to it all flat pictures look alike.

    Any number of threads may call any method. Reads run together and writes alone (a `ReadWriteLock`), so a
    replaced entry is at no moment absent. A plain lock would let only one search run at a time; copying on
    each write would cost time in proportion to all entries.
    """

    def __init__(self) -> None:
        self._lock = ReadWriteLock()
        self._banks: dict[str, Bank] = {}
        self._entries: dict[str, BankEntry] = {}
        self._exact: defaultdict[Signal, set[str]] = defaultdict(set)
        self._index = HammingIndex()
        self._new_keys = count()
        self._key_of: dict[str, int] = {}
        self._entry_of: dict[int, str] = {}

    def put_bank(self, bank: Bank) -> None:
        """Add a bank, or replace its name, kind and threshold; its entries stay."""
        with self._lock.writing():
            self._banks[bank.id] = bank

    def put_entry(self, entry: BankEntry) -> None:
        """Add an entry, or replace the one of the same id.

        Raises:
            ValueError: its bank was not put before; nothing has changed.
        """
        self.put_entries([entry])

    def put_entries(self, entries: Iterable[BankEntry]) -> None:
        """Do `put_entry` for many at once, much faster: for filling the matcher at the start.

        Raises:
            ValueError: a bank was not put before; nothing has changed.
        """
        latest = {entry.id: entry for entry in entries}
        codes = {entry.id: _codes(entry.signals) for entry in latest.values()}
        with self._lock.writing():
            for entry in latest.values():
                self._check_bank(entry)
            self._forget(latest)
            for entry in latest.values():
                self._remember(entry)
            self._add_codes(codes)

    def withdraw(self, entry_id: str) -> None:
        """Let an entry match no more. One that is not there is passed over: news may come twice."""
        with self._lock.writing():
            self._forget([entry_id])

    def match(self, signals: Sequence[Signal], banks: frozenset[str] | None = None) -> list[Match]:
        """Find the bank entries that match.

        Args:
            signals: of one picture.
            banks: ids of the banks to ask; all if None.

        Returns:
            The best match of each entry and signal type: exact types first, then by distance.
        """
        codes = _codes(signals)
        with self._lock.reading():
            asked = {key: bank for key, bank in self._banks.items() if banks is None or key in banks}
            found = [*self._exact_matches(signals, asked), *self._near_matches(codes, asked)]
        return _best(found)

    def __len__(self) -> int:
        """Count the entries."""
        return len(self._entries)

    def _check_bank(self, entry: BankEntry) -> None:
        if entry.bank not in self._banks:
            raise ValueError(f"there is no bank {entry.bank}: put the bank before its entries")

    def _remember(self, entry: BankEntry) -> None:
        self._entries[entry.id] = entry
        for signal in _exact_signals(entry.signals):
            self._exact[signal].add(entry.id)

    def _add_codes(self, codes: Mapping[str, Codes]) -> None:
        near = {entry: rows for entry, rows in codes.items() if len(rows)}
        if not near:
            return
        for entry in near:
            key = next(self._new_keys)
            self._key_of[entry], self._entry_of[key] = key, entry
        keys = np.array([self._key_of[entry] for entry in near], np.uint64)
        self._index.add(np.repeat(keys, [len(rows) for rows in near.values()]), np.concatenate([*near.values()]))

    def _forget(self, entry_ids: Iterable[str]) -> None:
        known = [self._entries.pop(entry_id) for entry_id in entry_ids if entry_id in self._entries]
        for entry in known:
            for signal in _exact_signals(entry.signals):
                self._exact[signal].discard(entry.id)
                if not self._exact[signal]:
                    del self._exact[signal]
        keys = [self._key_of.pop(entry.id) for entry in known if entry.id in self._key_of]
        for key in keys:
            del self._entry_of[key]
        self._index.remove(np.array(keys, np.uint64))

    def _exact_matches(self, signals: Sequence[Signal], banks: Mapping[str, Bank]) -> Iterator[Match]:
        for signal in _exact_signals(signals):
            for entry_id in self._exact.get(signal, ()):
                bank = banks.get(self._entries[entry_id].bank)
                if bank is not None:
                    yield Match(bank.id, bank.kind, entry_id, signal.type, distance=0, threshold=0)

    def _near_matches(self, codes: Codes, banks: Mapping[str, Bank]) -> Iterator[Match]:
        if not len(codes) or not banks:
            return
        # One search at the widest threshold, then each bank's own.
        found = self._index.search(codes, max(bank.pdq_threshold for bank in banks.values()))
        for key, distance in zip(found.key.tolist(), found.distance.tolist(), strict=True):
            entry_id = self._entry_of[key]
            bank = banks.get(self._entries[entry_id].bank)
            if bank is not None and distance <= bank.pdq_threshold:
                yield Match(bank.id, bank.kind, entry_id, SignalType.PDQ, distance, bank.pdq_threshold)


def _exact_signals(signals: Iterable[Signal]) -> Iterator[Signal]:
    return (signal for signal in signals if signal.type is not SignalType.PDQ)


def _codes(signals: Iterable[Signal]) -> Codes:
    values = [signal.value for signal in signals if signal.type is SignalType.PDQ and signal.hashable]
    return np.frombuffer(b"".join(values), np.uint8).reshape(len(values), CODE_BYTES)


def _best(matches: Iterable[Match]) -> list[Match]:
    best: dict[tuple[str, SignalType], Match] = {}
    for match in sorted(matches, key=_rank):
        best.setdefault((match.entry, match.signal_type), match)
    return list(best.values())


def _rank(match: Match) -> tuple[bool, int, int, str]:
    near = match.signal_type is SignalType.PDQ
    return near, match.distance, _TYPE_ORDER.index(match.signal_type), match.entry
