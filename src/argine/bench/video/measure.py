"""Edit films, hash the copies, and see which are found, where, and what else is."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from argine.bench.video import peers
from argine.bench.video.clips import Clip
from argine.bench.video.recipes import Copy, Recipe, made
from argine.bench.video.report import Counted, FalsePositives, Wrong
from argine.bench.video.steps import Step
from argine.matching.video import VideoMatch, VideoMatcher
from argine.media.video import BANK_RULE
from argine.signals import patch, pdq
from argine.signals.video import VideoSignal
from argine.signals.video.hasher import BANK_PATCHING, CHECK_PATCHING, hash_video

BANK = "films"
SHORTEST_COPY = 1.0
STILLS_A_FILM = 8
PICTURES, ORIGINALS, STILLS = "pictures", "none", "still"

Groups = Mapping[str, int]
"""Films of one number show the same, or the same scene."""


@dataclass(frozen=True, slots=True, eq=False)
class Films:
    """The films, a matcher that holds them all, and their hashes as vPDQ's rule reads them."""

    clips: Sequence[Clip]
    matcher: VideoMatcher
    hashes: Mapping[str, peers.Words]
    groups: Groups

    def other(self, clip: Clip) -> Clip:
        """A film to put around another one: the next that does not show the same."""
        names = [one.name for one in self.clips]
        turn = [*self.clips[names.index(clip.name) + 1 :], *self.clips]
        return next((one for one in turn if self.group(one.name) != self.group(clip.name)), clip)

    def group(self, name: str) -> int | str:
        """What a film is compared by."""
        return self.groups.get(name, name)


def banked(clips: Sequence[Clip], groups: Groups) -> Films:
    """Hash films as a bank keeps them."""
    matcher, hashes = VideoMatcher(), dict[str, peers.Words]()
    matcher.put_bank(BANK)
    for clip in clips:
        signal = hash_video(clip.data, rule=BANK_RULE, patching=BANK_PATCHING).signal
        matcher.put_entry(clip.name, BANK, signal)
        hashes[clip.name] = peers.hashes(signal)
    return Films(clips, matcher, hashes, groups)


def _nothing() -> Counted:
    return Counted(n=0, flat=0, argine=0, vpdq=0, errors=[], missed=[])


class Wrongs:
    """What was found in copies of something else."""

    def __init__(self, films: Films) -> None:
        self.films = films
        self.counts = FalsePositives(pairs=0, argine=0, vpdq=0, grouped_pairs=0, grouped=0, wrong=[])

    def see(self, edit: str, shown: Sequence[Clip], matches: Iterable[VideoMatch], hashes: peers.Words) -> None:
        """Count one query's matches with films that it does not show."""
        names = {clip.name for clip in shown}
        groups = {self.films.group(name) for name in names}
        strange = [clip.name for clip in self.films.clips if self.films.group(clip.name) not in groups]
        alike = [c.name for c in self.films.clips if self.films.group(c.name) in groups and c.name not in names]
        found = {match.entry: match for match in matches}
        self.counts["pairs"] += len(strange)
        self.counts["grouped_pairs"] += len(alike)
        self.counts["grouped"] += sum(name in found for name in alike)
        self.counts["vpdq"] += sum(peers.found(hashes, self.films.hashes[name]) for name in strange)
        for name in strange:
            if name in found:
                self._add(edit, shown[0].name, found[name])

    def _add(self, edit: str, copy_of: str, match: VideoMatch) -> None:
        self.counts["argine"] += 1
        self.counts["wrong"].append(
            Wrong(edit=edit, copy_of=copy_of, found=match.entry, frames=match.frames, distance=match.distance)
        )


def edited(films: Films, clip: Clip, recipe: Recipe) -> Step:
    """Edit a film and look for it in the copy. One that would be shorter than a second is not made."""
    wrongs, other = Wrongs(films), films.other(clip)
    copy = made(recipe, clip, other)
    shown = [clip, other] if recipe.between else [clip]
    long_enough = copy.ends - copy.begins >= SHORTEST_COPY
    counted = _counted(films, shown, copy, (recipe.name, wrongs)) if long_enough else _nothing()
    return Step(edit=recipe.name, counted=counted, wrong=wrongs.counts)


def _counted(films: Films, shown: Sequence[Clip], copy: Copy, seen: tuple[str, Wrongs]) -> Counted:
    hashed = hash_video(copy.data, patching=CHECK_PATCHING)
    if hashed.unhashable:
        return {**_nothing(), "flat": 1}
    name, hashes = shown[0].name, peers.hashes(hashed.signal)
    matches = films.matcher.match(hashed.signal, hashed.views)
    edit, wrongs = seen
    wrongs.see(edit, shown, matches, hashes)
    own = next((match for match in matches if match.entry == name), None)
    return Counted(
        n=1,
        flat=0,
        argine=int(own is not None),
        vpdq=int(peers.found(hashes, films.hashes[name])),
        errors=[] if own is None else [error_of(own, copy)],
        missed=[name] if own is None else [],
    )


def error_of(match: VideoMatch, copy: Copy) -> float:
    """How far the largest found part's middle lies from where it is in truth, in seconds of the film."""
    part = max(match.segments, key=lambda one: one.frames)
    middle = (part.query_from + part.query_until) / 2
    return abs((part.entry_from + part.entry_until) / 2 - (copy.speed * middle + copy.offset))


def stills(films: Films, clip: Clip) -> Step:
    """Post single frames, small, as pictures: is their film found?"""
    counted, wrongs = _nothing(), Wrongs(films)
    for pixels in _spread(clip):
        views = pdq.hash_views(pixels)
        if not views[0].hashable:
            counted["flat"] += 1
            continue
        signal = VideoSignal.of_still([views[0]], patch.hash_pixels(pixels, patch.QUERY_PATCHES))
        matches = films.matcher.match(signal, pdq.codes(views)[None])
        hashes = peers.hashes(signal)
        wrongs.see("still", [clip], matches, hashes)
        hit = any(match.entry == clip.name for match in matches)
        counted["n"] += 1
        counted["argine"] += hit
        counted["vpdq"] += peers.found(hashes, films.hashes[clip.name])
        counted["missed"] += [] if hit else [clip.name]
    return Step(edit=STILLS, counted=counted, wrong=wrongs.counts)


def _spread(clip: Clip) -> Iterator[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    step, due = clip.seconds / STILLS_A_FILM, clip.seconds / STILLS_A_FILM / 2
    for time, rgb in clip.frames():
        if time >= due:
            due += step
            yield np.ascontiguousarray(rgb)


def pictures(films: Films) -> Step:
    """The other way: frames kept as pictures, and the films asked about. How many are found in their films?"""
    matcher, counted = VideoMatcher(), _nothing()
    matcher.put_bank(BANK)
    for clip in films.clips:
        for number, pixels in enumerate(_spread(clip)):
            signal = pdq.hash_pixels(pixels)
            if signal.hashable:
                still = VideoSignal.of_still([signal], patch.hash_pixels(pixels, patch.BANK_PATCHES))
                matcher.put_entry(f"{clip.name} {number}", BANK, still)
                counted["n"] += 1
    for clip in films.clips:
        hashed = hash_video(clip.data, patching=CHECK_PATCHING)
        matches = matcher.match(hashed.signal, hashed.views)
        counted["argine"] += sum(match.entry.rsplit(" ", 1)[0] == clip.name for match in matches)
    return Step(edit=PICTURES, counted=counted, wrong=Wrongs(films).counts)


def original(films: Films, clip: Clip) -> Step:
    """Ask about a film itself: what it does not show must not be found in it."""
    wrongs = Wrongs(films)
    hashed = hash_video(clip.data, patching=CHECK_PATCHING)
    matches = films.matcher.match(hashed.signal, hashed.views)
    wrongs.see(ORIGINALS, [clip], matches, peers.hashes(hashed.signal))
    return Step(edit=ORIGINALS, counted=_nothing(), wrong=wrongs.counts)


def works(clips: Sequence[Clip], recipes: Sequence[Recipe]) -> dict[str, Callable[[Films], Step]]:
    """All steps of a run by their names, in order; each can be done by itself."""
    steps: dict[str, Callable[[Films], Step]] = {PICTURES: pictures}
    for clip in clips:
        steps[f"{clip.name}: {ORIGINALS}"] = partial(original, clip=clip)
        steps[f"{clip.name}: {STILLS}"] = partial(stills, clip=clip)
        for recipe in recipes:
            steps[f"{clip.name}: {recipe.name}"] = partial(edited, clip=clip, recipe=recipe)
    return steps
