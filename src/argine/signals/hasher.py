"""A file's bytes to all its signals: what an upload check and `argine hash` ask for."""

from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass, replace

from argine.media import decode
from argine.media.limits import DEFAULT_LIMITS, Limits
from argine.signals import exact, patch, pdq
from argine.signals.animation import Animation, AnimationFrame, hash_further
from argine.signals.trim import trim
from argine.signals.types import EXACT_TYPES, MIN_PDQ_QUALITY, Signal, SignalType

ALL_TYPES = frozenset(SignalType)

QUERY_SIDE = 512
"""Pixels that a query's shorter side keeps where a JPEG is shrunk while it is decoded (docs/benchmarks.md: drift)."""


@dataclass(frozen=True, slots=True)
class HashedFile:
    """The signals of one file.

    Attributes:
        signals: one for each type asked for, in the order of `SignalType`; no `pdq` and no `patch` of an unhashable
            picture, and no `patch` of one without any.
        unhashable: why there is no `pdq` although it was asked for, in words; None where there is one.
        views: of a query only: the `pdq` of the picture mirrored and turned (`pdq.VIEWS`, the picture as it is first),
            then likewise of the picture without its plain bars, where it has some.
        animation: what was made of further frames; None of a still picture. The signals and views above are those of
            the first frame; an animation is unhashable only if none of its frames can be hashed.
    """

    signals: tuple[Signal, ...]
    unhashable: str | None = None
    views: tuple[Signal, ...] = ()
    animation: Animation | None = None

    @property
    def every_signal(self) -> tuple[Signal, ...]:
        """The signals of all frames: what a bank keeps of a file."""
        frames = self.animation.frames if self.animation else ()
        return self.signals + tuple(signal for frame in frames for signal in frame.signals)


def hash_file_bytes(
    data: bytes, types: Collection[SignalType] = ALL_TYPES, limits: Limits = DEFAULT_LIMITS
) -> HashedFile:
    """Make a file's signals in memory, as they are kept in a bank; nothing of it is kept.

    Exact signals need no picture: asked for alone, any bytes will do. `pdq` and `patch` need one.

    Args:
        data: the whole file.
        types: which signals to make.
        limits: how large a picture may be.

    Raises:
        MediaError: `pdq` or `patch` is asked for and the bytes are not a picture that can be decoded.
    """
    exact_signals = _exact(data, types)
    if not set(types) - EXACT_TYPES:
        return HashedFile(exact_signals)
    with closing(decode.pictures(data, limits)) as pictures:
        first = next(pictures)
        signal = pdq.hash_pixels(first.pixels)
        look = _kept(first, signal, types) if signal.hashable else ()

        def hash_one(frame: decode.Picture, views: tuple[Signal, ...]) -> AnimationFrame:
            return AnimationFrame(frame.frame, _kept(frame, views[0], types))

        animation = hash_further(pictures, first, signal, limits.max_frames, hash_one)
    unhashable = _why_unhashable(first, signal, animation) if SignalType.PDQ in types else None
    return HashedFile((*look, *exact_signals), unhashable, animation=animation)


def hash_query(data: bytes, limits: Limits = DEFAULT_LIMITS) -> HashedFile:
    """Make everything by which a copy of something banked is recognised, however it was edited.

    Beside the four signals these are the views of the picture, and more patches than a bank keeps. A large JPEG is
    shrunk while it is decoded, which moves its `pdq` by a few bits.

    Raises:
        MediaError: the bytes are not a picture that can be decoded.
    """
    exact_signals = _exact(data, EXACT_TYPES)
    with closing(decode.pictures(data, limits, least_side=QUERY_SIDE)) as pictures:
        first = next(pictures)
        views = pdq.hash_views(first.pixels)
        signals, all_views = _asked(first, views) if views[0].hashable else ((), ())
        animation = hash_further(pictures, first, views[0], limits.max_frames, _asked_of_frame)
    unhashable = _why_unhashable(first, views[0], animation)
    return HashedFile((*signals, *exact_signals), unhashable, all_views, animation)


def _kept(picture: decode.Picture, signal: Signal, types: Collection[SignalType]) -> tuple[Signal, ...]:
    whole = (signal,) if SignalType.PDQ in types else ()
    return whole + (_patches(picture, patch.BANK_PATCHES) if SignalType.PATCH in types else ())


def _asked(picture: decode.Picture, views: tuple[Signal, ...]) -> tuple[tuple[Signal, ...], tuple[Signal, ...]]:
    inner = trim(picture.pixels)
    without_bars = () if inner is None else pdq.hash_views(inner)
    return (views[0], *_patches(picture, patch.QUERY_PATCHES)), views + without_bars


def _asked_of_frame(frame: decode.Picture, views: tuple[Signal, ...]) -> AnimationFrame:
    return AnimationFrame(frame.frame, *_asked(frame, views))


def _exact(data: bytes, types: Collection[SignalType]) -> tuple[Signal, ...]:
    return tuple(make(data) for type_, make in _EXACT if type_ in types)


_EXACT = ((SignalType.SHA256, exact.sha256), (SignalType.MD5, exact.md5))


def _patches(picture: decode.Picture, limit: int) -> tuple[Signal, ...]:
    found = patch.hash_pixels(picture.pixels, limit)
    if not len(found):
        return ()
    # The patches tell sizes in the pixels of the file, however much of it was decoded.
    whole = replace(found, width=picture.width * picture.shrunk, height=picture.height * picture.shrunk)
    return (Signal(SignalType.PATCH, whole.to_bytes()),)


def _why_unhashable(picture: decode.Picture, signal: Signal, animation: Animation | None) -> str | None:
    if signal.hashable or (animation and animation.frames):
        return None
    if min(picture.width, picture.height) < pdq.MIN_SIDE:
        return f"too small: {picture.width} x {picture.height} pixels, {pdq.MIN_SIDE} x {pdq.MIN_SIDE} needed"
    return f"flat: quality {signal.quality} of 100, {MIN_PDQ_QUALITY} needed"
