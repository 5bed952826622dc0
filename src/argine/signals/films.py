"""A film's bytes to its signals: what `hasher` does for pictures. Needs PyAV (the extra `video`)."""

import hashlib
from collections.abc import Callable, Collection
from io import BytesIO
from typing import BinaryIO

from argine.media.errors import UnsupportedMedia
from argine.media.film_limits import DEFAULT_VIDEO_LIMITS, VideoLimits
from argine.signals.hasher import HashedFile
from argine.signals.types import FILM_TYPES, Signal, SignalType
from argine.signals.video.hashed import HashedVideo

try:
    from argine.media.video import BANK_RULE, CHECK_RULE
    from argine.signals.video.hasher import BANK_PATCHING, CHECK_PATCHING, hash_video
except ImportError:  # it is an extra
    INSTALLED = False
else:
    INSTALLED = True

CHUNK = 1 << 20
MISSING = "This is a film, and the part that reads films is not installed here: pip install 'argine[video]'."

Enough = Callable[[HashedVideo], bool]


def never(_so_far: HashedVideo) -> bool:
    """Look at the whole film."""
    return False


def hash_film(
    source: bytes | BinaryIO, types: Collection[SignalType] = FILM_TYPES, limits: VideoLimits = DEFAULT_VIDEO_LIMITS
) -> HashedFile:
    """Make a film's signals as they are kept in a bank; nothing of it is kept.

    Args:
        source: the whole file, or an object that reads and seeks; it is not closed.
        types: which to make; those of pictures are passed over.
        limits: how large and long a film may be.

    Raises:
        MediaError: `video` is asked for and it is no film that can be decoded.
    """
    if not INSTALLED and SignalType.VIDEO in types:
        raise UnsupportedMedia(MISSING)

    def make(file: BinaryIO) -> HashedVideo:
        return hash_video(file, rule=BANK_RULE, limits=limits, patching=BANK_PATCHING)

    return _of(source, types, make)


def hash_film_query(
    source: bytes | BinaryIO,
    types: Collection[SignalType] = FILM_TYPES,
    limits: VideoLimits = DEFAULT_VIDEO_LIMITS,
    enough: Enough = never,
) -> HashedFile:
    """Make everything by which parts of what is banked are recognised in a film.

    Args:
        source: the whole file, or an object that reads and seeks; it is not closed.
        types: which to make; those of pictures are passed over.
        limits: how large and long a film may be.
        enough: asked now and then with what there is so far; True stops. The exact signals are always of the whole.

    Raises:
        MediaError: as `hash_film`.
    """
    if not INSTALLED and SignalType.VIDEO in types:
        raise UnsupportedMedia(MISSING)

    def make(file: BinaryIO) -> HashedVideo:
        return hash_video(file, rule=CHECK_RULE, limits=limits, patching=CHECK_PATCHING, enough=enough)

    return _of(source, types, make)


def _of(source: bytes | BinaryIO, types: Collection[SignalType], make: Callable[[BinaryIO], HashedVideo]) -> HashedFile:
    file = BytesIO(source) if isinstance(source, bytes) else source
    exact = _exact(file, types)
    if SignalType.VIDEO not in types:
        return HashedFile(exact)
    video = make(file)
    looks = () if video.unhashable else (video.signal.signal(),)
    return HashedFile((*exact, *looks), video.unhashable, video=video)


def _exact(file: BinaryIO, types: Collection[SignalType]) -> tuple[Signal, ...]:
    """The file goes through piece by piece: it may be larger than what a process may take."""
    sums = {SignalType.SHA256: hashlib.sha256(), SignalType.MD5: hashlib.md5(usedforsecurity=False)}
    wanted = {kind: one for kind, one in sums.items() if kind in types}
    file.seek(0)
    while wanted and (piece := file.read(CHUNK)):
        for one in wanted.values():
            one.update(piece)
    return tuple(Signal(kind, one.digest()) for kind, one in wanted.items())
