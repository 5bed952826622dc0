"""The banks in memory, and which of their entries a picture's signals match."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple, Self

import numpy as np

from argine.index import CODE_BYTES, Codes, HammingIndex
from argine.matching.banks import AS_IT_IS, Bank, BankEntry, Found, Match
from argine.matching.film_frames import FilmFrames
from argine.matching.films import appearing, rotation, showing, video_of
from argine.matching.locks import ReadWriteLock
from argine.matching.patches import PatchBank, patches_of, readable_sets
from argine.matching.register import Register, Slot
from argine.matching.stock import Columns, Stock
from argine.matching.video import VideoMatcher
from argine.signals import patch, pdq
from argine.signals.animation import Animation, AnimationFrame
from argine.signals.patch import Agreement, PatchSet, Strength, strength_in, strength_of
from argine.signals.patch.geometry import CONFIRM_LIMIT
from argine.signals.types import EXACT_TYPES, Signal, SignalType
from argine.signals.video import VideoSignal
from argine.signals.video.hashed import HashedVideo

_TYPE_ORDER = list(SignalType)


class Matcher:
    """Answers which bank entries match, while entries come and go.

    Exact types are looked up, `pdq` is searched for by distance, patches by seed and verify. A `pdq` signal that is
    not `hashable` takes no part on either side: to it all flat pictures look alike.

    Any number of threads may call any method. Reads run together and writes alone (a `ReadWriteLock`), so a
    replaced entry is at no moment absent. A plain lock would let only one search run at a time; copying on
    each write would cost time in proportion to all entries.
    """

    def __init__(self, stock: Stock | None = None, index: HammingIndex | None = None) -> None:
        """Begin with entries in bulk, whose near codes are in the index under their rows in the stock; or with none."""
        self._lock = ReadWriteLock()
        self._banks: dict[str, Bank] = {}
        self._register = Register(stock)
        self._index = HammingIndex() if index is None else index
        self._patches = PatchBank()
        self._films = VideoMatcher()

    @classmethod
    def of(cls, columns: Columns) -> Self:
        """Begin with entries in bulk; much faster than `put_entries`."""
        index = HammingIndex()
        index.add(columns.near_rows.astype(np.uint64), columns.near_codes)
        return cls(columns.stock, index)

    def put_bank(self, bank: Bank) -> None:
        """Add a bank, or replace its name, kind and threshold; its entries stay."""
        with self._lock.writing():
            self._banks[bank.id] = bank
            self._films.put_bank(bank.id, bank.film)

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
        codes = _codes_of_each(latest.values())
        sets = [readable_sets(entry.signals) for entry in latest.values()]
        films = _films_of(latest.values())
        with self._lock.writing():
            for entry in latest.values():
                self._check_bank(entry)
            self._forget(latest)
            slots = [self._remember(entry) for entry in latest.values()]
            self._index.add(np.repeat(np.array(slots, np.uint64), codes.counts), codes.rows)
            by_slot = zip(slots, sets, strict=True)
            self._patches.add({slot: patches for slot, patches in by_slot if patches})
            for entry_id, film in films.items():
                self._films.put_entry(entry_id, latest[entry_id].bank, film)

    def put_patches(self, sets: Mapping[str, Sequence[PatchSet]]) -> None:
        """Give entries that are there patch sets, by id, beside those they have: a stock has none."""
        with self._lock.writing():
            found = {self._register.slot_of(entry_id): patches for entry_id, patches in sets.items()}
            self._patches.add({slot: patches for slot, patches in found.items() if slot is not None})

    def put_films(self, films: Mapping[str, VideoSignal]) -> None:
        """Give entries that are there the film that they are of, by id: a stock has none."""
        with self._lock.writing():
            for entry_id, film in films.items():
                slot = self._register.slot_of(entry_id)
                if slot is not None and self._register.region_of(slot) is None:
                    self._films.put_entry(entry_id, self._register.bank_of(slot), film)

    def withdraw(self, entry_id: str) -> None:
        """Let an entry match no more. One that is not there is passed over: news may come twice."""
        with self._lock.writing():
            self._forget([entry_id])

    def match(
        self,
        signals: Sequence[Signal],
        banks: frozenset[str] | None = None,
        views: Sequence[Signal] = (),
        animation: Animation | None = None,
        video: HashedVideo | None = None,
    ) -> list[Match]:
        """Find the bank entries that match.

        Args:
            signals: of one picture.
            banks: ids of the banks to ask; all if None.
            views: the picture's `pdq` mirrored and turned, as `HashedFile.views`.
            animation: what was made of its further frames, if it has some; `signals` and `views` are of the first.
            video: of a film: its frames with their views. Without it those of a `video` signal are looked up as they
                are.

        Returns:
            The best match of each entry and signal type, over all frames: sure ones first, of these the exact types,
            then by distance.

        Raises:
            SignalError: the patch set among the signals has numbers out of range.
        """
        looks = [(look, patches_of(look.signals)) for look in _looks(signals, views, animation)]
        film = video_of(signals) if video is None else None
        video = video if film is None else HashedVideo(film, None, len(film), 0)
        with self._lock.reading():
            asked = {key: bank for key, bank in self._banks.items() if banks is None or key in banks}
            found = [*self._exact_matches(signals, asked)]
            for look, patches in looks:
                near = [*self._near_matches(look.signals, look.views, asked)]
                if patches is not None and asked:
                    near += self._patch_matches(patches, self._alike(look), asked)
                near += showing(self._films, look.signals, look.views, patches, asked)
                found += near if animation is None else _in_frame(near, look.number)
            if video is not None and asked:
                found += self._film_matches(video, asked)
        return _best(found)

    def __len__(self) -> int:
        """Count the entries."""
        return len(self._register)

    def _check_bank(self, entry: BankEntry) -> None:
        if entry.bank not in self._banks:
            raise ValueError(f"there is no bank {entry.bank}: put the bank before its entries")

    def _remember(self, entry: BankEntry) -> Slot:
        return self._register.put(entry, tuple(_exact_signals(entry.signals)))

    def _forget(self, entry_ids: Collection[str]) -> None:
        slots = [slot for entry_id in entry_ids if (slot := self._register.slot_of(entry_id)) is not None]
        for slot in slots:
            self._register.take(slot)
        self._index.remove(np.array(slots, np.uint64))
        self._patches.remove(slots)
        for entry_id in entry_ids:
            self._films.withdraw(entry_id)

    def _exact_matches(self, signals: Sequence[Signal], banks: Mapping[str, Bank]) -> Iterator[Match]:
        for signal in _exact_signals(signals):
            for slot in self._register.having(signal):
                bank = banks.get(self._register.bank_of(slot))
                if bank is not None:
                    entry, part = self._register.id_of(slot), self._register.region_of(slot)
                    yield Match(bank.id, bank.kind, entry, signal.type, distance=0, threshold=0, bound_to=part)

    def _near_matches(
        self, signals: Sequence[Signal], views: Sequence[Signal], banks: Mapping[str, Bank]
    ) -> Iterator[Match]:
        laid = list(_laid_down(signals, views))
        if not laid or not banks:
            return
        codes = pdq.codes(signal for signal, _found in laid)
        # One search at the widest threshold, then each bank's own.
        hits = self._index.search(codes, max(bank.pdq_threshold for bank in banks.values()))
        for row, slot, distance in zip(hits.query.tolist(), hits.key.tolist(), hits.distance.tolist(), strict=True):
            bank, found = banks.get(self._register.bank_of(slot)), laid[row][1]
            if bank is not None and distance <= bank.pdq_threshold:
                strength = Strength.BLOCK if found == AS_IT_IS else Strength.REVIEW
                entry = self._register.id_of(slot)
                threshold = bank.pdq_threshold
                yield Match(bank.id, bank.kind, entry, SignalType.PDQ, distance, threshold, strength, found)

    def _film_matches(self, video: HashedVideo, banks: Mapping[str, Bank]) -> Iterator[Match]:
        """Give the banked films that a film shows, and the banked pictures that it shows frames of."""
        yield from appearing(self._films, video, banks)
        frames = FilmFrames(video)
        hits = self._index.search(frames.codes, max(bank.pdq_threshold for bank in banks.values()))
        for row, slot, distance in zip(hits.query.tolist(), hits.key.tolist(), hits.distance.tolist(), strict=True):
            frames.hit(self._register.id_of(slot), self._register.bank_of(slot), row, distance)
        yield from frames.matches(banks)
        for one in video.signal.patches:
            near = self._patch_matches(one.patches, (), banks) if one.patches else ()
            yield from (frames.at(match, one.milliseconds / 1000) for match in near)

    def _alike(self, look: AnimationFrame) -> list[Slot]:
        """Entries whose whole picture is not far from this one, the nearest first: worth comparing patch by patch."""
        whole = [*look.signals, *look.views[len(pdq.VIEWS) : len(pdq.VIEWS) + 1]]
        codes = pdq.codes(signal for signal in whole if _is_near(signal))
        if not len(codes):
            return []
        hits = self._index.search(codes, patch.ALIKE_BITS)
        order = np.argsort(hits.distance, kind="stable")
        found: list[Slot] = hits.key[order].tolist()
        return found

    def _patch_matches(self, patches: PatchSet, alike: Iterable[Slot], banks: Mapping[str, Bank]) -> Iterator[Match]:
        for slot, agreement in self._patches.find(patches, alike):
            bank, strength = banks.get(self._register.bank_of(slot)), self._strength(slot, agreement)
            if bank is not None and strength is not Strength.NONE:
                entry, distance = self._register.id_of(slot), round(agreement.distance)
                yield Match(
                    bank.id, bank.kind, entry, SignalType.PATCH, distance, CONFIRM_LIMIT, strength,
                    _found(agreement, patches), self._register.region_of(slot),
                )  # fmt: skip

    def _strength(self, slot: Slot, agreement: Agreement) -> Strength:
        """Judge an agreement; of an entry that is bound to a region, it must agree there."""
        region = self._register.region_of(slot)
        return strength_of(agreement) if region is None else strength_in(agreement, region)


def _looks(signals: Sequence[Signal], views: Sequence[Signal], animation: Animation | None) -> list[AnimationFrame]:
    """The picture or, of an animation, each of its frames."""
    first = AnimationFrame(1 if animation is None else animation.first, tuple(signals), tuple(views))
    return [first, *(() if animation is None else animation.frames)]


def _in_frame(matches: Iterable[Match], number: int) -> Iterator[Match]:
    return (replace(match, found=replace(match.found, frame=number)) for match in matches)


def _found(agreement: Agreement, asked: PatchSet) -> Found:
    return Found(
        agreement.mirrored,
        round(agreement.rotation_degrees, 1),
        round(agreement.scale, 3),
        agreement.count,
        region=agreement.region,
        outline=tuple((round(x, 4), round(y, 4)) for x, y in agreement.outline),
        aspect=round(asked.width / asked.height, 4),
    )


def _laid_down(signals: Iterable[Signal], views: Sequence[Signal]) -> Iterator[tuple[Signal, Found]]:
    """Give each `pdq` that can be searched for, with how the picture was laid down for it."""
    yield from ((signal, AS_IT_IS) for signal in signals if _is_near(signal))
    for number, signal in enumerate(views):
        view, trimmed = pdq.VIEWS[number % len(pdq.VIEWS)], number >= len(pdq.VIEWS)
        turned = rotation(mirrored=view.mirrored, quarter_turns=view.quarter_turns)
        found = Found(view.mirrored, turned, trimmed=trimmed)
        if _is_near(signal) and found != AS_IT_IS:
            yield signal, found


def _exact_signals(signals: Iterable[Signal]) -> Iterator[Signal]:
    return (signal for signal in signals if signal.type in EXACT_TYPES)


def _is_near(signal: Signal) -> bool:
    return signal.type is SignalType.PDQ and signal.hashable


class _CodesOfEach(NamedTuple):
    """The codes of several entries: how many each has, and all of them, uint8[sum of counts, 32]."""

    counts: list[int]
    rows: Codes


def _codes_of_each(entries: Iterable[BankEntry]) -> _CodesOfEach:
    values = [_near_values(entry.signals) if entry.region is None else [] for entry in entries]
    rows = np.frombuffer(b"".join(chain.from_iterable(values)), np.uint8).reshape(-1, CODE_BYTES)
    return _CodesOfEach([len(of_one) for of_one in values], rows)


def _films_of(entries: Iterable[BankEntry]) -> dict[str, VideoSignal]:
    """The films among entries. One that is bound to a marked part has none: where that lies in time nobody said."""
    read = {entry.id: video_of(entry.signals) for entry in entries if entry.region is None}
    return {entry_id: film for entry_id, film in read.items() if film is not None}


def _near_values(signals: Iterable[Signal]) -> list[bytes]:
    return [signal.value for signal in signals if _is_near(signal)]


def _best(matches: Iterable[Match]) -> list[Match]:
    best: dict[tuple[str, SignalType], Match] = {}
    for match in sorted(matches, key=_rank):
        best.setdefault((match.entry, match.signal_type), match)
    return list(best.values())


def _rank(match: Match) -> tuple[bool, bool, int, int, str]:
    near = match.signal_type not in EXACT_TYPES
    sure = match.strength is Strength.BLOCK
    return not sure, near, match.distance, _TYPE_ORDER.index(match.signal_type), match.entry
