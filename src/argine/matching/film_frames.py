"""The frames of a film that is asked about, against banked pictures: which picture is seen in it, and when."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from argine.index import CODE_BYTES, Codes
from argine.matching.banks import AS_IT_IS, Bank, BankKind, Found, InTime, Match
from argine.matching.films import rotation, spans, strength_of
from argine.matching.video.align import ORDINARY, Segment
from argine.signals import pdq
from argine.signals.patch import Strength
from argine.signals.types import SignalType
from argine.signals.video import FrameKind
from argine.signals.video.hashed import HashedVideo


class FilmFrames:
    """Each view of each row of a film as one code, and what they hit."""

    def __init__(self, video: HashedVideo) -> None:
        views = video.known_views
        self._video, self._views = video, views.shape[1]
        self._hits: defaultdict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        self.codes: Codes = np.ascontiguousarray(views).reshape(-1, CODE_BYTES)

    def hit(self, entry: str, bank: str, place: int, distance: int) -> None:
        """Take down that a code comes so near to a picture of a bank."""
        self._hits[entry, bank].append((distance, place))

    def matches(self, banks: Mapping[str, Bank]) -> Iterator[Match]:
        """Give one match for each picture, as it lies in the frame that is nearest to it."""
        for (entry, key), hits in self._hits.items():
            bank = banks.get(key)
            near = [] if bank is None else [hit for hit in hits if hit[0] <= bank.pdq_threshold]
            if bank is not None and near:
                yield self._match(entry, bank, near)

    def at(self, match: Match, seconds: float) -> Match:
        """Say of a picture's match by patches when in the film it is seen."""
        part = Segment(seconds, seconds, 0.0, 0.0, ORDINARY, 1, float(match.distance))
        times = self._times((part,), 1)
        # Of the rest of the film a harmless picture says nothing.
        strength = Strength.REVIEW if match.bank_kind is BankKind.NEGATIVE else match.strength
        return replace(match, strength=strength, found=replace(match.found, times=times))

    def _match(self, entry: str, bank: Bank, near: list[tuple[int, int]]) -> Match:
        distance, place = min(near)
        found = self._found(place)
        seen: dict[float, int] = {}
        for bits, at in near:
            time = float(self._video.signal.rows["start"][at // self._views]) / 1000
            seen[time] = min(bits, seen.get(time, bits))
        times = self._times(spans(seen), len(seen))
        strength = strength_of(
            bank.kind, as_it_is=found == AS_IT_IS, frames=len(seen), query_share=times.query_share, entry_share=1.0
        )
        return Match(
            bank.id, bank.kind, entry, SignalType.PDQ, distance, bank.pdq_threshold, strength,
            replace(found, times=times),
        )  # fmt: skip

    def _found(self, place: int) -> Found:
        row, number = divmod(place, self._views)
        view = pdq.VIEWS[number]
        trimmed = int(self._video.signal.rows["kind"][row]) == FrameKind.TRIMMED
        turned = rotation(mirrored=view.mirrored, quarter_turns=view.quarter_turns)
        return Found(view.mirrored, turned, trimmed=trimmed)

    def _times(self, parts: tuple[Segment, ...], moments: int) -> InTime:
        signal = self._video.signal
        looked_at = max(1, len(np.unique(signal.rows["start"])))
        return InTime(round(signal.milliseconds / 1000, 3), 0.0, round(moments / looked_at, 4), 1.0, moments, parts)
