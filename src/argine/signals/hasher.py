"""A file's bytes to all its signals: what an upload check and `argine hash` ask for."""

from collections.abc import Collection
from dataclasses import dataclass

from argine.media import decode
from argine.media.limits import DEFAULT_LIMITS, Limits
from argine.signals import exact, pdq
from argine.signals.types import MIN_PDQ_QUALITY, Signal, SignalType

ALL_TYPES = frozenset(SignalType)


@dataclass(frozen=True, slots=True)
class HashedFile:
    """The signals of one file.

    Attributes:
        signals: one for each type asked for, in the order of `SignalType`; no `pdq` of an unhashable picture.
        unhashable: why there is no `pdq` although it was asked for, in words; None where there is one.
    """

    signals: tuple[Signal, ...]
    unhashable: str | None = None


def hash_file_bytes(
    data: bytes, types: Collection[SignalType] = ALL_TYPES, limits: Limits = DEFAULT_LIMITS
) -> HashedFile:
    """Make a file's signals in memory; nothing of it is kept.

    Exact signals need no picture: asked for alone, any bytes will do. A `pdq` needs one.

    Args:
        data: the whole file.
        types: which signals to make.
        limits: how large a picture may be.

    Raises:
        MediaError: `pdq` is asked for and the bytes are not a picture that can be decoded.
    """
    exact_signals = tuple(make(data) for type_, make in _EXACT if type_ in types)
    if SignalType.PDQ not in types:
        return HashedFile(exact_signals)
    picture = decode.picture(data, limits)
    signal = pdq.hash_pixels(picture.pixels)
    if signal.hashable:
        return HashedFile((signal, *exact_signals))
    return HashedFile(exact_signals, _why_unhashable(picture, signal))


_EXACT = ((SignalType.SHA256, exact.sha256), (SignalType.MD5, exact.md5))


def _why_unhashable(picture: decode.Picture, signal: Signal) -> str:
    if min(picture.width, picture.height) < pdq.MIN_SIDE:
        return f"too small: {picture.width} x {picture.height} pixels, {pdq.MIN_SIDE} x {pdq.MIN_SIDE} needed"
    return f"flat: quality {signal.quality} of 100, {MIN_PDQ_QUALITY} needed"
