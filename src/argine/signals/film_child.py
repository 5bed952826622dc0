"""A process that hashes films and can do nothing else. `python -m argine.signals.film_child FD [MEMORY]`.

As `child`, which hashes pictures. Of a query it tells what there is so far, `{"so_far": ...}`, and hears whether that
is enough: who has the banks stops as soon as the verdict cannot change.
"""

from typing import Any, BinaryIO

from argine.media.confine import MIB, Confinement, confine
from argine.media.film_limits import VideoLimits
from argine.signals.child import Asking, quiet, serve
from argine.signals.child_answer import plain, plain_video
from argine.signals.film_warm import warm_up
from argine.signals.films import hash_film, hash_film_query
from argine.signals.types import SignalType
from argine.signals.video.hashed import HashedVideo

# What frames may take: a decoder keeps up to 17 with two bytes for each of 1.5 samples, and one is there in RGB, in
# brightness and in parts.
BYTES_A_PIXEL = 17 * 3 + 24
SLACK = 512 * MIB


def room(limits: VideoLimits) -> int:
    """Bytes of memory that the largest allowed frames may need: the length of a film does not matter."""
    return limits.max_pixels * BYTES_A_PIXEL + SLACK


def answer(request: dict[str, Any], file: BinaryIO, limits: VideoLimits, ask: Asking) -> dict[str, Any]:
    """Hash one film."""
    types = frozenset(map(SignalType, request["types"]))
    if not request["query"]:
        return plain(hash_film(file, types, limits))

    def enough(so_far: HashedVideo) -> bool:
        return ask({"so_far": plain_video(so_far)})

    return plain(hash_film_query(file, types, limits, enough))


def _prepare(limits: VideoLimits) -> Confinement:
    warm_up()
    quiet()
    return confine(room(limits))


if __name__ == "__main__":
    serve(VideoLimits, _prepare, answer)
