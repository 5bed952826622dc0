"""The Hamming index that the rest of Argine uses."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from argine.index import snapshot
from argine.index.checks import check_bits, check_codes, check_keys, check_pairs, check_radius
from argine.index.interface import CODE_BITS, Codes, Keys, Matches
from argine.index.live import Part, Tail, View
from argine.index.merging import Merger, due
from argine.index.pairs import Pairs, as_words, empty, joined, ordered
from argine.index.segment import TABLES_FROM, Hits, Segment

TAIL_LIMIT = 8_192
"""So many new pairs are compared one by one before they are sealed into a segment; about 5 microseconds a query."""


@dataclass(frozen=True, slots=True)
class Stats:
    """What an index is made of.

    Attributes:
        pairs: that can be found.
        segments: immutable parts.
        tail: pairs not yet in a segment.
        withdrawn: pairs still in segments that are not found any more.
        largest_bucket: the most codes in one bucket of any table. Far above pairs / 65536 it says that many codes
            are alike, and that queries like them take longer.
        size: bytes of all segments, in memory or mapped.
    """

    pairs: int
    segments: int
    tail: int
    withdrawn: int
    largest_bucket: int
    size: int


class HammingIndex:
    """Finds every code within a distance of a query code (see `argine.index.interface.Index`).

    It consists of immutable segments (tables, see `argine.index.tables`, built in memory or mapped from a file), marks
    on what was withdrawn from them, and the newest additions. Small segments are merged into larger ones in the
    background; nobody waits for that. The pages of an opened file are shared by all processes that opened it; what
    one of them changes stays its own.

    Readers take no lock: they may go on while another thread adds, removes, merges or saves. Two threads that add or
    remove take turns.

        >>> index = HammingIndex()
        >>> index.add(np.array([7], np.uint64), np.zeros((1, 32), np.uint8))
        >>> index.search(np.zeros((1, 32), np.uint8), radius=31).key
        array([7], dtype=uint64)
    """

    def __init__(self, bits: int = CODE_BITS) -> None:
        check_bits(bits)
        self.bits = bits
        self._view = View.of(bits // 64)
        self._writing = threading.RLock()
        self._merging = threading.RLock()
        self._removed_meanwhile: list[Keys] | None = None
        self._merger = Merger(self._merge_some)

    def add(self, keys: Keys, codes: Codes, threads: int = 1) -> None:
        """Add pairs. A key may have many codes; a pair that is already there is left as it is.

        Many at once become a segment of their own, tables and all.

        Args:
            keys: uint64[n].
            codes: uint8[n, bits / 8], one code for each key.
            threads: how many build tables.

        Raises:
            ValueError: an array has another type or shape.
        """
        check_pairs(keys, codes, self.bits)
        with self._writing:
            pairs = ordered(Pairs(keys, as_words(codes)))
            if len(self._view):
                fresh = self._view.lacks(pairs)
                pairs = pairs if fresh.all() else Pairs(pairs.keys[fresh], pairs.words[fresh])
            if len(pairs.keys) >= TABLES_FROM:
                part = Part(Segment.build(pairs, threads=threads))
                self._view = View((*self._view.parts, part), self._view.tail)
                self._merge_if_due()
            elif len(pairs.keys):
                self._view = View(self._view.parts, self._view.tail.plus(pairs))
                if len(self._view.tail) > TAIL_LIMIT:
                    self._seal()
                    self._merge_if_due()

    def remove(self, keys: Keys) -> None:
        """Remove all codes of these keys. A key that is not there is passed over.

        Args:
            keys: uint64[n].

        Raises:
            ValueError: the array has another type or shape.
        """
        check_keys(keys)
        if not len(keys):
            return
        with self._writing:
            self._view = self._view.without(keys)
            if self._removed_meanwhile is not None:
                self._removed_meanwhile.append(keys.copy())

    def search(self, codes: Codes, radius: int, threads: int = 1) -> Matches:
        """Find every code that differs from a query in at most `radius` bits.

        Args:
            codes: uint8[q, bits / 8], the queries.
            radius: bits, 0..bits.
            threads: how many share a batch.

        Raises:
            ValueError: the array has another type or shape, or the radius is out of range.
        """
        check_codes(codes, self.bits)
        check_radius(radius, self.bits)
        words, view = as_words(codes), self._view
        found = [part.search(words, int(radius), threads) for part in view.parts]
        if view.tail.count:
            found.append(view.tail.search(words, int(radius)))
        return _sorted(found)

    def save(self, path: Path) -> None:
        """Write all pairs to one file. It appears whole or not at all, even if the power fails.

        Raises:
            OSError: the folder cannot be written.
        """
        with self._merging:
            view = self._view
            if len(view.parts) == 1 and not len(view.tail) and not view.parts[0].dead_count():
                snapshot.write(Path(path), view.parts[0].segment)
            else:
                snapshot.build(Path(path), self._gather(view.parts, view.tail))

    @staticmethod
    def write(path: Path, keys: Keys, codes: Codes, threads: int = 1) -> None:
        """Build a file of pairs straight away, without room for them in memory. It appears whole or not at all.

        Args:
            path: the file to make or replace; for `open`.
            keys: uint64[n].
            codes: uint8[n, bits / 8], one code for each key.
            threads: how many build tables.

        Raises:
            ValueError: an array has another type or shape.
            OSError: the folder cannot be written.
        """
        check_pairs(keys, codes, codes.shape[1] * 8)
        snapshot.build(Path(path), ordered(Pairs(keys, as_words(codes))), threads)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map a file that `save` wrote. It takes milliseconds, whatever the size; `verify` reads it all.

        Raises:
            IndexFileError: the file is foreign, cut short, altered, or from another version of Argine.
            OSError: the file cannot be read.
        """
        segment = snapshot.read(Path(path))
        index = cls(segment.codes.shape[1] * 64)
        if len(segment):
            index._view = View.of(segment.codes.shape[1], Part(segment))
        return index

    def verify(self) -> None:
        """Read all of the opened files and compare them with their checksums: about a second for each 1.5 GB.

        A search does not need it: a damaged file can give wrong answers but never harm the process. Whoever opens
        a file calls this in a thread of its own and, on an error, builds the index again.

        Raises:
            IndexFileError: a file was altered since it was saved.
        """
        for part in self._view.parts:
            if isinstance(part.segment.source, snapshot.Mapped):
                part.segment.source.verify()

    def merge(self, path: Path | None = None, threads: int = 1) -> None:
        """Bring everything into one segment, without the withdrawn. Searches go on meanwhile, and so do changes.

        Args:
            path: a file to build it in and to use from then on, so that other processes can open it too. In memory
                if None.
            threads: how many build tables.

        Raises:
            OSError: the file cannot be written; the index is as it was.
        """
        with self._merging:
            with self._writing:
                self._seal()
            self._replace(self._view.parts, path, threads)

    def wait(self) -> None:
        """Wait until no merging is left to do in the background."""
        self._merger.wait()

    def stats(self) -> Stats:
        """Count what the index is made of. The largest bucket of a large segment takes some milliseconds once."""
        parts, tail = self._view.parts, self._view.tail
        return Stats(
            pairs=len(self),
            segments=len(parts),
            tail=len(tail),
            withdrawn=sum(part.dead_count() for part in parts),
            largest_bucket=max((part.segment.largest_bucket for part in parts), default=0),
            size=sum(part.segment.size for part in parts),
        )

    def __len__(self) -> int:
        """Count the pairs."""
        return len(self._view)

    def __contains__(self, key: object) -> bool:
        """Say whether the key has a code."""
        wanted = np.array([key], np.uint64)
        return any(len(pairs.keys) for pairs in self._view.pairs_of(wanted))

    def pairs_of(self, keys: Keys) -> tuple[Keys, Codes]:
        """List the pairs of these keys: uint64[n] and uint8[n, bits / 8].

        Raises:
            ValueError: the array has another type or shape.
        """
        check_keys(keys)
        found = joined(self._view.pairs_of(keys), self.bits // 64)
        return found.keys, found.words.view(np.uint8)

    def _seal(self) -> None:
        """Make a segment of the tail."""
        view = self._view
        if len(view.tail):
            part = Part(Segment.build(ordered(view.tail.pairs)))
            self._view = View((*view.parts, part), Tail(empty(self.bits // 64)))

    def _merge_if_due(self) -> None:
        if due(self._view.parts):
            self._merger.wake()

    def _merge_some(self) -> bool:
        """Merge what is due, in the background; say whether something was."""
        with self._merging:
            chosen = due(self._view.parts)
            if chosen:
                self._replace(chosen, None, 1)
        return bool(chosen)

    def _replace(self, parts: tuple[Part, ...], path: Path | None, threads: int) -> None:
        """Put one new part in the place of some. What is withdrawn while it is built is withdrawn from it too."""
        segments = {part.segment for part in parts}
        with self._writing:
            # From now on every withdrawal is noted; those of before are in the parts as they are at this moment.
            removed = self._removed_meanwhile = []
            parts = tuple(part for part in self._view.parts if part.segment in segments)
        try:
            part = Part(_build(self._gather(parts), path, threads))
            with self._writing:
                for keys in removed:
                    part = part.without(keys)
                others = tuple(other for other in self._view.parts if other.segment not in segments)
                self._view = View((part, *others) if len(part.segment) else others, self._view.tail)
        finally:
            self._removed_meanwhile = None

    def _gather(self, parts: tuple[Part, ...], tail: Tail | None = None) -> Pairs:
        """List the living pairs of parts, in order."""
        lists = [part.pairs() for part in parts]
        return ordered(joined([*lists, tail.pairs] if tail is not None else lists, self.bits // 64))


_NO_MATCHES = Matches(np.empty(0, np.int64), np.empty(0, np.uint64), np.empty(0, np.uint16))


def _build(pairs: Pairs, path: Path | None, threads: int) -> Segment:
    if path is None:
        return Segment.build(pairs, threads=threads)
    snapshot.build(Path(path), pairs, threads)
    return snapshot.read(Path(path))


def _sorted(found: list[tuple[Hits, Keys]]) -> Matches:
    """Put the rows in the order that is promised: by query, then distance, then key."""
    filled = [(hits, keys) for hits, keys in found if len(keys)]
    if not filled:
        return _NO_MATCHES
    hits = np.concatenate([hits for hits, _ in filled], axis=1) if len(filled) > 1 else filled[0][0]
    keys = np.concatenate([keys for _, keys in filled]) if len(filled) > 1 else filled[0][1]
    if len(keys) > 1:
        order = np.lexsort((keys, hits[2], hits[0]))
        hits, keys = hits[:, order], keys[order]
    return Matches(hits[0], keys, hits[2].astype(np.uint16))
