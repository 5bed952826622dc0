"""A video's bytes to its `video` signal."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from argine.media.brightness import BRIGHTNESS, Weights
from argine.media.video import BANK_RULE, CHECK_RULE, DEFAULT_VIDEO_LIMITS, FrameRule, ShownFrame, VideoLimits, frames
from argine.signals import pdq
from argine.signals.patch import BANK_PATCHES, QUERY_PATCHES, hash_pixels
from argine.signals.trim import trim
from argine.signals.video.halved import halved
from argine.signals.video.hashed import HashedVideo as HashedVideo
from argine.signals.video.signal import ROW, FrameKind, TimedPatches, VideoSignal
from argine.signals.video_bytes import MOST_KEPT_ROWS

SAME = 4
"""Frames of a kind that follow one another and differ in at most so many bits are one row."""

LOOK_EACH, LOOK_LATER = 16, 3
"""After so many frames it is asked again whether enough was seen; in long films once there are half as many again."""

_Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Patching:
    """Patch sets for some of the frames.

    Attributes:
        patches: made of each frame.
        most: sets kept.
        every: seconds between two, at least; doubled whenever there are more than `most`.
        distinct: bits by which a frame's PDQ must differ from the one before that has patches, unless `every` x 4
            seconds have gone by.
    """

    patches: int = QUERY_PATCHES
    most: int = 24
    every: float = 1.0
    distinct: int = 16


CHECK_PATCHING = Patching()
"""For uploads."""

BANK_PATCHING = Patching(BANK_PATCHES, 48, 0.5)
"""For what a bank keeps: at most 183 kB."""


def hash_video(
    source: bytes | BinaryIO,
    *,
    rule: FrameRule = CHECK_RULE,
    limits: VideoLimits = DEFAULT_VIDEO_LIMITS,
    progress: Callable[[float], None] = lambda _part: None,
    enough: Callable[[HashedVideo], bool] = lambda _so_far: False,
    patching: Patching | None = None,
) -> HashedVideo:
    """Hash a video, frame by frame. Nothing of it is kept; memory does not grow with its length, but for the signal.

    Args:
        source: the whole file, or an object that reads and seeks.
        rule: which frames are looked at.
        limits: what is refused.
        progress: told the part done, 0 to 1.
        enough: asked now and then with what there is so far; True stops, with a first verdict.
        patching: make patch sets too.

    Raises:
        MediaError: the bytes are not a video that can be decoded.
    """
    hashed = _looked(source, rule, limits, progress, enough, patching)
    enough_told = not hashed.whole or hashed.frames - hashed.flat >= rule.fewest
    if enough_told or not 0 < hashed.seconds <= rule.full_until:
        return hashed
    return _looked(source, replace(BANK_RULE, halved=rule.halved), limits, lambda _part: None, enough, patching)


def _looked(
    source: bytes | BinaryIO,
    rule: FrameRule,
    limits: VideoLimits,
    progress: Callable[[float], None],
    enough: Callable[[HashedVideo], bool],
    patching: Patching | None,
) -> HashedVideo:
    trace, look = Trace(patching, halve=rule.halved), LOOK_EACH
    for count, frame in enumerate(frames(source, rule, limits, progress), start=1):
        trace.add(frame)
        if count == look:
            look = max(count + LOOK_EACH, count * LOOK_LATER // 2)
            if enough(so_far := trace.hashed(whole=False)):
                return so_far
    return trace.hashed()


class Trace:
    """Takes frames one by one and makes the rows of a signal; where there are too many, some that lie further apart."""

    def __init__(
        self, patching: Patching | None = None, most_rows: int = MOST_KEPT_ROWS, *, halve: bool = False
    ) -> None:
        self._halve = halve
        self._rows: list[tuple[int, int, int, int, npt.NDArray[np.uint8]]] = []
        self._views: list[npt.NDArray[np.uint8]] = []
        self._newest: dict[FrameKind, int] = {}
        self._most, self._apart = most_rows, 0
        self._frames = self._flat = self._milliseconds = 0
        self._size = (0, 0)
        self._patches = _Patches(patching) if patching is not None else None

    def add(self, frame: ShownFrame) -> None:
        """Hash one frame."""
        milliseconds = round(frame.time * 1000)
        height, width = frame.pixels.shape[:2]
        self._frames += 1
        self._milliseconds = max(self._milliseconds, milliseconds, round(frame.of_seconds * 1000))
        self._size = self._size if self._frames > 1 else (width, height)
        look = _Look.of(frame.pixels, halve=self._halve)
        codes = self._hash(look, FrameKind.WHOLE, milliseconds)
        trimmed = trim(look.pixels)
        if trimmed is not None:
            inner = np.ascontiguousarray(_without_edge(trimmed, look.pixels))
            whole = (inner.shape[0] * look.shrunk, inner.shape[1] * look.shrunk)
            inner_codes = self._hash(_Look(inner, look.shrunk, whole), FrameKind.TRIMMED, milliseconds)
            codes = inner_codes if codes is None else codes
        if frame.other_brightness is not None and codes is not None:
            other = replace(look, weights=frame.other_brightness)
            self._hash(other, FrameKind.OTHER_COLOUR, milliseconds, unlike=codes[0])
        self._flat += codes is None
        if self._patches is not None and codes is not None:
            self._patches.offer(look.pixels, milliseconds, codes[0])

    def hashed(self, *, whole: bool = True) -> HashedVideo:
        """What there is so far."""
        rows = np.array(self._rows, ROW)
        views = np.array(self._views, np.uint8).reshape(-1, 8, 32)
        order = np.argsort(rows["start"], kind="stable")
        patches = self._patches.kept() if self._patches is not None else ()
        signal = VideoSignal(self._milliseconds, *self._size, rows[order], patches)
        return HashedVideo(signal, views[order], self._frames, self._flat, whole)

    def _hash(
        self, look: "_Look", kind: FrameKind, milliseconds: int, unlike: npt.NDArray[np.uint8] | None = None
    ) -> npt.NDArray[np.uint8] | None:
        """Add a row, or lengthen the one before; give the codes of its views.

        None, and no row, where the frame is too flat or looks like `unlike`, which has a row already.
        """
        found = pdq.hash_views(look.pixels, look.shrunk, look.whole, look.weights)
        codes = pdq.codes(found)
        if not found[0].hashable or (unlike is not None and _distance(unlike, codes[0]) <= SAME):
            self._newest.pop(kind, None)
            return None
        newest = self._newest.get(kind)
        if newest is not None and _distance(self._views[newest][0], codes[0]) <= SAME:
            start, _, same_kind, quality, code = self._rows[newest]
            self._rows[newest] = (start, milliseconds, same_kind, quality, code)
        elif newest is None or milliseconds - self._rows[newest][0] >= self._apart:
            self._make_room()
            self._newest[kind] = len(self._rows)
            self._rows.append((milliseconds, milliseconds, int(kind), found[0].quality or 0, codes[0]))
            self._views.append(codes)
        return codes

    def _make_room(self) -> None:
        """Of a film with too many rows keep those that are twice as far apart, and go on so."""
        if len(self._rows) < self._most:
            return
        length = max(row[0] for row in self._rows) - min(row[0] for row in self._rows)
        self._apart = max(1, 2 * self._apart, length // self._most)
        while len(kept := self._far_apart()) > 3 * self._most // 4:
            self._apart *= 2
        self._rows, self._views = [self._rows[place] for place in kept], [self._views[place] for place in kept]
        self._newest = {FrameKind(row[2]): place for place, row in enumerate(self._rows)}

    def _far_apart(self) -> list[int]:
        """Places of rows that begin long enough after the one of their kind before."""
        last: dict[int, float] = {}
        kept = []
        for place, (start, _until, kind, _quality, _code) in enumerate(self._rows):
            if start - last.get(kind, float("-inf")) >= self._apart:
                last[kind] = start
                kept.append(place)
        return kept


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """A frame as it is hashed.

    Attributes:
        pixels: as for `pdq.hash_views`.
        shrunk: by how much each side was.
        whole: height and width before.
        weights: of the colours in the brightness.
    """

    pixels: _Pixels
    shrunk: int
    whole: tuple[int, int]
    weights: Weights = BRIGHTNESS

    @classmethod
    def of(cls, pixels: _Pixels, *, halve: bool) -> "_Look":
        height, width = pixels.shape[:2]
        small = halved(pixels) if halve else pixels
        return cls(small, round(width / small.shape[1]), (height, width))


def _without_edge(trimmed: _Pixels, whole: _Pixels) -> _Pixels:
    """Cut one more pixel where there were bars.

    Compression mixes a bar's edge with the picture. A line of it left over moves the hash by up to 70 bits (median
    40), a line of the picture cut away by 2 to 8.
    """
    y, x = (int(trimmed.shape[axis] != whole.shape[axis]) for axis in (0, 1))
    height, width = trimmed.shape[:2]
    return trimmed[y : height - y, x : width - x]


def _distance(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]) -> int:
    return int(np.bitwise_count(a ^ b).sum())


class _Patches:
    """A bounded number of patch sets, spread over the film however long it is."""

    def __init__(self, patching: Patching) -> None:
        self._how = patching
        self._every = patching.every * 1000
        self._found: list[TimedPatches] = []
        self._at, self._code = float("-inf"), np.zeros(32, np.uint8)

    def offer(self, pixels: _Pixels, milliseconds: int, code: npt.NDArray[np.uint8]) -> None:
        since = milliseconds - self._at
        distinct = _distance(code, self._code) >= self._how.distinct or not self._found
        if since < self._every or not (distinct or since >= 4 * self._every):
            return
        self._found.append(TimedPatches(milliseconds, hash_pixels(halved(pixels), self._how.patches)))
        self._at, self._code = milliseconds, code
        if len(self._found) > self._how.most:
            self._found = self._found[::2]
            self._every *= 2

    def kept(self) -> tuple[TimedPatches, ...]:
        return tuple(self._found)
