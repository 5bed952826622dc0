"""Before a video is decoded: where its key frames are, how long it is, and so which packets are worth decoding."""

from collections.abc import Callable
from dataclasses import dataclass, field

from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from argine.media.errors import TooLong
from argine.media.film_limits import VideoLimits
from argine.media.video.rule import FrameRule


@dataclass(frozen=True, slots=True)
class Survey:
    """What the packets say, without decoding.

    Attributes:
        keys: times of the key frames in the order of decoding, in seconds from the first frame.
        start: time of the first frame on the file's own clock, in seconds.
        seconds: from the first frame to the last.
        packets: how many there are.
    """

    keys: tuple[float, ...]
    start: float
    seconds: float
    packets: int

    def all_keys(self) -> bool:
        """Whether every frame stands alone, as in motion JPEG."""
        return len(self.keys) == self.packets


@dataclass(slots=True)
class _Tally:
    keys: list[float] = field(default_factory=list)
    first: float = float("inf")
    last: float = float("-inf")
    packets: int = 0


def survey(
    container: InputContainer, stream: VideoStream, limits: VideoLimits, progress: Callable[[float], None]
) -> Survey:
    """Go through a file's packets.

    Args:
        container: opened, at its start.
        stream: the film in it.
        limits: of length.
        progress: told the time of the newest packet, in seconds.

    Raises:
        TooLong: there are too many packets, or they lie too far apart in time.
    """
    tally = _Tally()
    for packet in container.demux(stream):
        if packet.size:
            _count(tally, packet, limits)
            progress(max(0.0, tally.last - tally.first))
    if not tally.packets:
        return Survey((), 0.0, 0.0, 0)
    start = tally.first if tally.first <= tally.last else 0.0
    return Survey(tuple(key - start for key in tally.keys), start, max(0.0, tally.last - start), tally.packets)


def _count(tally: _Tally, packet: "Packet[VideoStream]", limits: VideoLimits) -> None:
    tally.packets += 1
    time = time_of(packet)
    if time is not None:
        tally.first, tally.last = min(tally.first, time), max(tally.last, time)
    if packet.is_keyframe:
        tally.keys.append(time if time is not None else max(tally.last, 0.0))
    if tally.packets > limits.max_packets or tally.last - tally.first > limits.max_seconds:
        raise TooLong(f"The video is longer than {limits.max_seconds / 3600:g} hours; send a part of it.")


def time_of(packet: "Packet[VideoStream]") -> float | None:
    """When a packet's frame is shown, on the file's own clock, in seconds; None where the file does not say."""
    stamp = packet.pts if packet.pts is not None else packet.dts
    if stamp is None or packet.time_base is None:
        return None
    return float(stamp * packet.time_base)


class Chooser:
    """Says of each packet, in the order of decoding, whether it is worth decoding."""

    def __init__(self, found: Survey, rule: FrameRule) -> None:
        self.found, self.rule = found, rule
        self.gap = rule.gap_of(found.seconds)
        self.full = found.seconds <= rule.full_until and not found.all_keys()
        self._next_key = 0
        self._last_taken = float("-inf")
        self._until = float("inf") if self.full else float("-inf")
        self._open = True

    def wants(self, time: float | None, *, is_key: bool) -> bool:
        """Whether to decode a packet.

        Args:
            time: of its frame in seconds from the first frame; None where unknown.
            is_key: whether it needs no other.
        """
        if self.full:
            return True
        if is_key:
            self._at_key(time)
        elif self._open and time is not None and time > self._until:
            self._open = False
        return self._open

    def _at_key(self, time: float | None) -> None:
        """Decide on a key frame and on how much of what hangs on it."""
        keys = self.found.keys
        here = keys[self._next_key] if self._next_key < len(keys) else time or 0.0
        self._next_key += 1
        after = keys[self._next_key] if self._next_key < len(keys) else self.found.seconds
        self._until = after - self.gap
        # A little early counts: otherwise keys a hair less than `every` apart would be taken by halves.
        due = here - self._last_taken >= 0.9 * self.rule.every
        self._open = due or self._until > here
        if self._open:
            self._last_taken = max(here, self._until)
