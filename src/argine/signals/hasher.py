"""A picture's bytes to all its signals: what an upload check and `argine hash` ask for. Films: `films`."""

from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass, replace

from argine.media import decode
from argine.media.jpeg.query import coefficients
from argine.media.limits import DEFAULT_LIMITS, Limits
from argine.signals import exact, patch, pdq, pdq_blocks
from argine.signals.animation import Animation, AnimationFrame, hash_further
from argine.signals.trim import trim
from argine.signals.types import EXACT_TYPES, MIN_PDQ_QUALITY, PICTURE_TYPES, Signal, SignalType
from argine.signals.video.hashed import HashedVideo

ALL_TYPES = frozenset(SignalType)

QUERY_SIDE, PDQ_SIDE = 512, 192
"""Pixels that a query's shorter side keeps where a JPEG is shrunk while it is decoded; the second where only `pdq` is
asked for (docs/benchmarks.md: drift). A plain JPEG that would be shrunk for its `pdq` is not decoded at all."""


@dataclass(frozen=True, slots=True)
class HashedFile:
    """The signals of one file.

    Attributes:
        signals: one for each type asked for that is made of such a file, in the order of `SignalType`; no `pdq` and no
            `patch` of an unhashable picture, and no `patch` of one without any.
        unhashable: why there is no `pdq` although it was asked for, in words; None where there is one.
        views: of a query only: the `pdq` of the picture mirrored and turned (`pdq.VIEWS`, the picture as it is first),
            then likewise of the picture without its plain bars, where it has some.
        animation: what was made of further frames; None of a still picture. The signals and views above are those of
            the first frame; an animation is unhashable only if none of its frames can be hashed.
        video: of a film only: its `video` signal, which is among the signals too, with its views.
    """

    signals: tuple[Signal, ...]
    unhashable: str | None = None
    views: tuple[Signal, ...] = ()
    animation: Animation | None = None
    video: HashedVideo | None = None

    @property
    def every_signal(self) -> tuple[Signal, ...]:
        """The signals of all frames: what a bank keeps of a file."""
        return self.signals + (self.animation.signals if self.animation else ())


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
    if not set(types) & PICTURE_TYPES - EXACT_TYPES:
        return HashedFile(exact_signals)
    with closing(decode.pictures(data, limits)) as pictures:
        first = next(pictures)
        signal = pdq.hash_pixels(first.pixels)
        look = _kept(first, signal, types) if signal.hashable else ()
        animation = hash_further(
            pictures, first, signal, limits.max_frames,
            lambda frame, views: AnimationFrame(frame.frame, _kept(frame, views[0], types)),
        )  # fmt: skip
    unhashable = _why_unhashable(first, signal, animation) if SignalType.PDQ in types else None
    return HashedFile((*look, *exact_signals), unhashable, animation=animation)


def hash_query(data: bytes, limits: Limits = DEFAULT_LIMITS, types: Collection[SignalType] = ALL_TYPES) -> HashedFile:
    """Make everything by which a copy of something banked is recognised, however it was edited.

    Beside the signals these are the views of the picture, and more patches than a bank keeps. A large JPEG is
    shrunk while it is decoded, or its `pdq` made without decoding it, which moves its `pdq` by a few bits.

    Args:
        data: the whole file.
        limits: how large a picture may be.
        types: which signals to make; fewer take less time.

    Raises:
        MediaError: `pdq` or `patch` is asked for and the bytes are not a picture that can be decoded.
    """
    exact_signals = _exact(data, types)
    if not set(types) & PICTURE_TYPES - EXACT_TYPES:
        return HashedFile(exact_signals)
    if SignalType.PATCH not in types and (views := _views_of_coefficients(data, limits)):
        return HashedFile((views[0], *exact_signals), views=views)
    side = QUERY_SIDE if SignalType.PATCH in types else PDQ_SIDE
    with closing(decode.pictures(data, limits, least_side=side)) as pictures:
        first = next(pictures)
        views = pdq.hash_views(first.pixels, first.shrunk, first.whole)
        signals, all_views = _asked(first, views, types) if views[0].hashable else ((), ())
        animation = hash_further(
            pictures, first, views[0], limits.max_frames,
            lambda frame, views: AnimationFrame(frame.frame, *_asked(frame, views, types)),
        )  # fmt: skip
    unhashable = _why_unhashable(first, views[0], animation) if SignalType.PDQ in types else None
    return HashedFile((*signals, *exact_signals), unhashable, all_views, animation)


def _views_of_coefficients(data: bytes, limits: Limits) -> tuple[Signal, ...]:
    """Hash a plain large JPEG without decoding it; nothing where it must be decoded, or is too flat to be hashed."""
    picture = coefficients(data, limits, PDQ_SIDE)
    if picture is None:
        return ()
    views = pdq_blocks.hash_views(picture)
    return views + pdq_blocks.hash_views_without_bars(picture) if views[0].hashable else ()


def _kept(picture: decode.Picture, signal: Signal, types: Collection[SignalType]) -> tuple[Signal, ...]:
    """A picture's signals for a bank."""
    whole = (signal,) if SignalType.PDQ in types else ()
    return whole + (_patches(picture, patch.BANK_PATCHES) if SignalType.PATCH in types else ())


def _asked(
    picture: decode.Picture, views: tuple[Signal, ...], types: Collection[SignalType]
) -> tuple[tuple[Signal, ...], tuple[Signal, ...]]:
    """A picture's signals for a query, and its views."""
    patches = _patches(picture, patch.QUERY_PATCHES) if SignalType.PATCH in types else ()
    if SignalType.PDQ not in types:
        return patches, ()
    return (views[0], *patches), views + _without_bars(picture)


def _without_bars(picture: decode.Picture) -> tuple[Signal, ...]:
    inner = trim(picture.pixels)
    if inner is None:
        return ()
    whole = (inner.shape[0] * picture.shrunk, inner.shape[1] * picture.shrunk)
    return pdq.hash_views(inner, picture.shrunk, whole)


def _exact(data: bytes, types: Collection[SignalType]) -> tuple[Signal, ...]:
    return tuple(make(data) for type_, make in _EXACT if type_ in types)


_EXACT = ((SignalType.SHA256, exact.sha256), (SignalType.MD5, exact.md5))


def _patches(picture: decode.Picture, limit: int) -> tuple[Signal, ...]:
    found = patch.hash_pixels(picture.pixels, limit)
    if not len(found):
        return ()
    # The patches tell sizes in the pixels of the file, however much of it was decoded.
    height, width = picture.whole
    return (Signal(SignalType.PATCH, replace(found, width=width, height=height).to_bytes()),)


def _why_unhashable(picture: decode.Picture, signal: Signal, animation: Animation | None) -> str | None:
    if signal.hashable or (animation and animation.frames):
        return None
    if min(picture.width, picture.height) < pdq.MIN_SIDE:
        return f"too small: {picture.width} x {picture.height} pixels, {pdq.MIN_SIDE} x {pdq.MIN_SIDE} needed"
    return f"flat: quality {signal.quality} of 100, {MIN_PDQ_QUALITY} needed"
