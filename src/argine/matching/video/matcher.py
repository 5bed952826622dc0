"""Bank entries that are films, or pictures, and which of them a film, or picture, shows: in any of eight views."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

import numpy as np
import numpy.typing as npt

from argine.index import HammingIndex
from argine.matching.locks import ReadWriteLock
from argine.matching.video.align import Pairs, Segment, segments
from argine.matching.video.patches import FrameAgreement, PatchBank
from argine.matching.video.points import Points, points_of
from argine.matching.video.thresholds import DEFAULT_VIDEO_THRESHOLDS, VideoThresholds
from argine.signals.types import MIN_PDQ_QUALITY
from argine.signals.video import VideoSignal

QUERY_EVERY = 1.0
ENTRY_EVERY = 0.5
VIEWS = 8

_Codes = npt.NDArray[np.uint8]
_Words = npt.NDArray[np.uint64]


class Means(StrEnum):
    """What frames agree in."""

    PDQ = "pdq"
    PATCH = "patch"


@dataclass(frozen=True, slots=True)
class VideoMatch:
    """A fact: these parts of the query show these parts of this bank entry. It judges nothing and nobody.

    Attributes:
        bank: the id of the bank.
        entry: the id of the bank entry.
        segments: which part of which appears where, in the order of the query.
        frames: moments of the query that agree, in all segments.
        distance: of the nearest frames, in bits.
        query_share: part of the query's moments that agree, 0 to 1.
        entry_share: part of the bank entry's moments that appear, 0 to 1.
        mirrored: whether left and right are exchanged in the query.
        quarter_turns: by how many times 90 degrees, against the clock, the query must be turned, after mirroring;
            0 where patches agree, which bear any turn.
        means: what the frames agree in. The distance of patches is the median of their codes'.
        entry_seconds: length of what is banked.
    """

    bank: str
    entry: str
    segments: tuple[Segment, ...]
    frames: int
    distance: int
    query_share: float
    entry_share: float
    mirrored: bool
    quarter_turns: int
    means: Means = Means.PDQ
    entry_seconds: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    id: str
    bank: str
    seconds: float
    points: Points
    words: _Words


@dataclass(frozen=True, slots=True, eq=False)
class _Query:
    """uint64[8, n, 4] words of each view."""

    points: Points
    words: _Words


class VideoMatcher:
    """Answers which entries a film shows, while entries come and go. Any number of threads may call any method."""

    def __init__(self) -> None:
        self._lock = ReadWriteLock()
        self._patches = PatchBank()
        self._thresholds: dict[str, VideoThresholds] = {}
        self._index = HammingIndex()
        self._new_keys = count()
        self._entries: dict[int, _Entry] = {}
        self._key_of: dict[str, int] = {}

    def put_bank(self, bank: str, thresholds: VideoThresholds = DEFAULT_VIDEO_THRESHOLDS) -> None:
        """Add a bank, or replace its thresholds; its entries stay."""
        with self._lock.writing():
            self._thresholds[bank] = thresholds

    def put_entry(self, entry: str, bank: str, signal: VideoSignal) -> None:
        """Add an entry, or replace the one of the same id. Frames of low quality take no part.

        Args:
            entry: its id, unique over all banks.
            bank: the id of its bank.
            signal: of a film, or `VideoSignal.of_still`.

        Raises:
            ValueError: its bank was not put before; nothing has changed.
        """
        kept = _hashable(signal)
        points, words = points_of(kept, ENTRY_EVERY), _words(kept.codes)
        codes = np.unique(kept.codes, axis=0)
        with self._lock.writing():
            if bank not in self._thresholds:
                raise ValueError(f"there is no bank {bank}: put the bank before its entries")
            self._forget(entry)
            key = next(self._new_keys)
            self._key_of[entry], self._entries[key] = (
                key,
                _Entry(entry, bank, signal.milliseconds / 1000, points, words),
            )
            if len(codes):
                self._index.add(np.full(len(codes), key, np.uint64), codes)
            self._patches.put(entry, signal.patches)

    def withdraw(self, entry: str) -> None:
        """Let an entry match no more. One that is not there is passed over: news may come twice."""
        with self._lock.writing():
            self._forget(entry)

    def __len__(self) -> int:
        """Count the entries."""
        return len(self._entries)

    def match(
        self, signal: VideoSignal, views: _Codes | None = None, banks: frozenset[str] | None = None
    ) -> list[VideoMatch]:
        """Find what a film, or a picture, shows.

        Args:
            signal: of the query.
            views: uint8[n, 8, 32], of each row of the signal; without them mirrored and turned copies are not found.
            banks: ids of the banks to ask; all if None.

        Returns:
            One match for each entry, the one with most agreeing frames first.
        """
        found = sorted(self.by_each_means(signal, views, banks), key=_rank)
        best = {match.entry: match for match in reversed(found)}
        return [match for match in found if best[match.entry] is match]

    def by_each_means(
        self, signal: VideoSignal, views: _Codes | None = None, banks: frozenset[str] | None = None
    ) -> list[VideoMatch]:
        """Do `match`, but give of each entry what each means finds: up to two matches, in no order."""
        query = _query(signal, views)
        with self._lock.reading():
            asked = {key: value for key, value in self._thresholds.items() if banks is None or key in banks}
            return [*self._by_pdq(query, asked), *self._by_patches(signal, asked)]

    def _by_pdq(self, query: _Query, asked: Mapping[str, VideoThresholds]) -> Iterator[VideoMatch]:
        if not query.words.size:
            return
        for key, views in self._candidates(query, asked).items():
            entry = self._entries[key]
            match = _matched(query, entry, views, asked[entry.bank])
            if match is not None:
                yield match

    def _by_patches(self, signal: VideoSignal, asked: Mapping[str, VideoThresholds]) -> Iterator[VideoMatch]:
        by_entry: dict[str, list[FrameAgreement]] = {}
        for agreement in self._patches.agreements(signal.patches):
            by_entry.setdefault(agreement.entry, []).append(agreement)
        for found in by_entry.values():
            entry = self._entries[self._key_of[found[0].entry]]
            if entry.bank in asked:
                match = _of_patches(found, entry, len(signal.patches), asked[entry.bank])
                if match is not None:
                    yield match

    def _candidates(self, query: _Query, asked: Mapping[str, VideoThresholds]) -> dict[int, Iterable[int]]:
        """Keys of entries that any frame comes near to, each with the views in which, the likeliest first."""
        if not asked:
            return {}
        codes = np.ascontiguousarray(query.words).view(np.uint8).reshape(-1, 32)
        found = self._index.search(codes, max(one.frame_bits for one in asked.values()))
        rows = query.words.shape[1]
        hits: dict[int, dict[int, set[int]]] = {}
        for number, key, distance in zip(
            found.query.tolist(), found.key.tolist(), found.distance.tolist(), strict=True
        ):
            thresholds = asked.get(self._entries[key].bank)
            if thresholds is not None and distance <= thresholds.frame_bits:
                hits.setdefault(key, {}).setdefault(number // rows, set()).add(number % rows)
        return {key: sorted(by, key=lambda view: -len(by[view]))[:2] for key, by in hits.items()}

    def _forget(self, entry: str) -> None:
        key = self._key_of.pop(entry, None)
        if key is not None:
            del self._entries[key]
            self._patches.withdraw(entry)
            self._index.remove(np.array([key], np.uint64))


def _rank(match: VideoMatch) -> tuple[int, bool, int, str]:
    return -match.frames, match.means is Means.PATCH, match.distance, match.entry


def _matched(query: _Query, entry: _Entry, views: Iterable[int], limits: VideoThresholds) -> VideoMatch | None:
    """The match in the view in which most frames agree, or None where too little does."""
    found = [match for view in views if (match := _in_view(query, entry, view, limits)) is not None]
    return max(found, key=lambda match: (match.frames, -match.distance), default=None)


def _in_view(query: _Query, entry: _Entry, view: int, limits: VideoThresholds) -> VideoMatch | None:
    pairs = _pairs(query, entry, view, limits.aligned_bits)
    parts = tuple(segments(pairs, limits.frame_bits, limits.aligned_bits))
    frames = sum(part.frames for part in parts)
    query_share = frames / query.points.moments
    entry_share = _covered(entry.points, parts)
    least = min(limits.least_frames, query.points.moments, entry.points.moments)
    if not frames or frames < least or query_share < limits.least_query_share or entry_share < limits.least_entry_share:
        return None
    nearest = int(pairs.distance.min())
    return VideoMatch(
        entry.bank, entry.id, parts, frames, nearest, query_share, entry_share, view >= VIEWS // 2,
        view % (VIEWS // 2), Means.PDQ, entry.seconds,
    )  # fmt: skip


def _of_patches(
    found: Sequence[FrameAgreement], entry: _Entry, asked_frames: int, limits: VideoThresholds
) -> VideoMatch | None:
    """The match that agreeing patches make: pairs in line with one another, or one that is sure alone."""
    moments = {seconds: number for number, seconds in enumerate(sorted({one.query_seconds for one in found}))}
    # More agreeing patches weigh more; in the scale that the vote on time expects.
    nearness = [limits.frame_bits * (1 - min(1.0, one.count / 40)) for one in found]
    pairs = Pairs(
        np.array([moments[one.query_seconds] for one in found], np.int64),
        np.array([one.query_seconds for one in found]),
        np.array([one.entry_seconds for one in found]),
        np.array(nearness),
    )
    sure = {(one.query_seconds, one.entry_seconds) for one in found if one.sure}
    parts = tuple(
        part
        for part in segments(pairs, limits.frame_bits, limits.aligned_bits)
        if part.frames > 1 or (part.query_from, part.entry_from) in sure
    )
    frames = sum(part.frames for part in parts)
    query_share, entry_share = frames / max(1, asked_frames), _covered(entry.points, parts)
    if not frames or query_share < limits.least_query_share or entry_share < limits.least_entry_share:
        return None
    mirrored = 2 * sum(one.mirrored for one in found) > len(found)
    distance = round(min(one.distance for one in found))
    return VideoMatch(
        entry.bank, entry.id, parts, frames, distance, query_share, entry_share, mirrored, 0, Means.PATCH, entry.seconds
    )


def _pairs(query: _Query, entry: _Entry, view: int, most_bits: int) -> Pairs:
    """All moments that look alike in a view; of the rows that one moment has on each side the nearest count."""
    distance = _distances(query.words[view], entry.words)
    mine, theirs = query.points, entry.points
    near_rows, near_entry_rows = np.nonzero(distance <= most_bits)
    used, used_entry = np.unique(near_rows), np.unique(near_entry_rows)
    some, some_entry = np.flatnonzero(np.isin(mine.row, used)), np.flatnonzero(np.isin(theirs.row, used_entry))
    table = distance[mine.row[some]][:, theirs.row[some_entry]]
    i, j = np.nonzero(table <= most_bits)
    return Pairs(mine.moment[some[i]], mine.time[some[i]], theirs.time[some_entry[j]], table[i, j].astype(np.float64))


def _distances(a: _Words, b: _Words) -> npt.NDArray[np.uint16]:
    total = np.zeros((len(a), len(b)), np.uint16)
    for word in range(a.shape[1]):
        total += np.bitwise_count(a[:, None, word] ^ b[None, :, word])
    return total


def _covered(points: Points, parts: Iterable[Segment]) -> float:
    """Part of an entry's moments that lie within segments, half a step beyond their ends included."""
    seen = np.zeros(len(points.time), np.bool_)
    for part in parts:
        low, high = sorted((part.entry_from, part.entry_until))
        seen |= (points.time >= low - ENTRY_EVERY) & (points.time <= high + ENTRY_EVERY)
    return len(np.unique(points.moment[seen])) / max(1, points.moments)


def _hashable(signal: VideoSignal) -> VideoSignal:
    kept = signal.rows[signal.rows["quality"] >= MIN_PDQ_QUALITY]
    return VideoSignal(signal.milliseconds, signal.width, signal.height, kept, signal.patches)


def _query(signal: VideoSignal, views: _Codes | None) -> _Query:
    kept = signal.rows["quality"] >= MIN_PDQ_QUALITY
    codes = views[kept] if views is not None else signal.codes[kept][:, None]
    words = _words(np.ascontiguousarray(codes.swapaxes(0, 1)))
    return _Query(points_of(_hashable(signal), QUERY_EVERY), words)


def _words(codes: _Codes) -> _Words:
    return np.ascontiguousarray(codes).view(np.uint64)
