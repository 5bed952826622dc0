"""Films among the entries of a matcher, and films that are asked about: both against pictures too.

What it proves that parts of a film agree (`strength_of`):

1. Frames that agree only once the film is mirrored or turned, or by patches, are worth a look and no more.
2. One frame of a long film may be alike by chance, or be a title that many films have: a film blocks another once
   three moments agree, or nearly all of the shorter of the two.
3. What a negative bank knows vetoes the matches of other banks only if it is nearly all that the film shows.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from argine.matching.banks import Bank, BankKind, Found, InTime, Match
from argine.matching.video import Means, Segment, VideoMatch, VideoMatcher
from argine.matching.video.align import BREAK, ORDINARY
from argine.signals import pdq
from argine.signals.errors import SignalError
from argine.signals.patch import PatchSet, Strength
from argine.signals.patch.geometry import CONFIRM_LIMIT
from argine.signals.types import Signal, SignalType
from argine.signals.video import VideoSignal
from argine.signals.video.hashed import HashedVideo

SURE_FRAMES = 3
NEARLY_ALL = 0.9
TURNS = (0.0, 90.0, 180.0, -90.0)


def strength_of(kind: BankKind, *, as_it_is: bool, frames: int, query_share: float, entry_share: float) -> Strength:
    """Judge how much agrees, by the rules above.

    Args:
        kind: of the entry's bank.
        as_it_is: neither mirrored nor turned, and not by patches alone.
        frames: moments that agree.
        query_share: part of what was asked about that agrees, 0 to 1.
        entry_share: part of the entry that appears, 0 to 1.
    """
    enough = frames >= SURE_FRAMES or max(query_share, entry_share) >= NEARLY_ALL
    if not as_it_is or not enough or (kind is BankKind.NEGATIVE and query_share < NEARLY_ALL):
        return Strength.REVIEW
    return Strength.BLOCK


def rotation(*, mirrored: bool, quarter_turns: int) -> float:
    """By how much what was found is turned clockwise, in degrees, if it was found in this view."""
    # A view that was turned against the clock finds a picture that is turned with it; in the mirror, the reverse.
    return TURNS[(-quarter_turns if mirrored else quarter_turns) % 4]


def video_of(signals: Iterable[Signal]) -> VideoSignal | None:
    """Read the `video` signal among an entry's; None if there is none that can be read.

    One that cannot be read must not keep the entry's other signals out.
    """
    found = next((signal for signal in signals if signal.type is SignalType.VIDEO), None)
    try:
        return None if found is None else VideoSignal.from_bytes(found.value)
    except SignalError:
        return None


def appearing(films: VideoMatcher, video: HashedVideo, banks: Mapping[str, Bank]) -> list[Match]:
    """Give the banked films that parts of a film show."""
    found = films.by_each_means(video.signal, video.views, frozenset(banks))
    return _best(_match(one, banks[one.bank], video.signal.milliseconds / 1000) for one in found)


def showing(
    films: VideoMatcher,
    signals: Sequence[Signal],
    views: Sequence[Signal],
    patches: PatchSet | None,
    banks: Mapping[str, Bank],
) -> list[Match]:
    """Give the banked films of which a picture shows a frame; arguments are those of a picture's query."""
    step = len(pdq.VIEWS)
    whole = next((signal for signal in signals if signal.type is SignalType.PDQ), None)
    looks = ([] if whole is None else [whole]) + list(views[step : step + 1])
    if not len(films) or not (looks or patches):
        return []
    codes = pdq.codes(views).reshape(-1, step, 32) if views and len(views) == step * len(looks) else None
    found = films.by_each_means(VideoSignal.of_still(looks, patches), codes, frozenset(banks))
    return _best(_match(one, banks[one.bank], 0.0) for one in found)


def _best(matches: Iterable[Match]) -> list[Match]:
    """One match for each film: what proves most, then what explains most; given the same, of whole frames."""
    best: dict[str, Match] = {}
    for match in sorted(matches, key=_rank):
        best.setdefault(match.entry, match)
    return list(best.values())


def _rank(match: Match) -> tuple[bool, int, bool]:
    frames = match.found.times.frames if match.found.times else 0
    return match.strength is not Strength.BLOCK, -frames, match.threshold == CONFIRM_LIMIT


def _match(found: VideoMatch, bank: Bank, query_seconds: float) -> Match:
    by_pdq = found.means is Means.PDQ
    turned = rotation(mirrored=found.mirrored, quarter_turns=found.quarter_turns)
    times = InTime(
        round(query_seconds, 3), round(found.entry_seconds, 3), round(found.query_share, 4),
        round(found.entry_share, 4), found.frames, tuple(map(_rounded, found.segments)),
    )  # fmt: skip
    strength = strength_of(
        bank.kind, as_it_is=by_pdq and not found.mirrored and not turned, frames=found.frames,
        query_share=found.query_share, entry_share=found.entry_share,
    )  # fmt: skip
    return Match(
        bank.id, bank.kind, found.entry, SignalType.VIDEO, found.distance,
        bank.film.frame_bits if by_pdq else CONFIRM_LIMIT, strength, Found(found.mirrored, turned, times=times),
    )  # fmt: skip


def _rounded(one: Segment) -> Segment:
    return Segment(
        round(one.query_from, 2), round(one.query_until, 2), round(one.entry_from, 2), round(one.entry_until, 2),
        round(one.speed, 3), one.frames, round(one.distance, 1),
    )  # fmt: skip


def spans(seen: Mapping[float, int]) -> tuple[Segment, ...]:
    """When a picture is seen in a film: moments that follow one another are one part.

    Args:
        seen: by moment in seconds, the distance in bits.
    """
    times = np.array(sorted(seen))
    if not len(times):
        return ()
    parts = np.split(times, np.flatnonzero(np.diff(times) > BREAK) + 1)
    return tuple(
        Segment(
            round(float(part[0]), 2), round(float(part[-1]), 2), 0.0, 0.0, ORDINARY, len(part),
            float(np.median([seen[float(time)] for time in part])),
        )
        for part in parts
    )  # fmt: skip
