"""The table of edits: what is done to a film's frames, to its time, and how it is written again."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from argine.bench.video import pictures
from argine.bench.video.clips import Clip, Encoding, Timed, encoded, gif

GIF_RATE, GIF_SECONDS = 10.0, 8.0
SLIDE_SECONDS = 2.0
NEIGHBOUR_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """One edit.

    Attributes:
        name: in the report.
        family: of edits that are alike.
        change: what is done to each frame.
        start: where the kept part begins, 0 to 1 of the film.
        part: how much of it is kept, 0 to 1.
        speed: seconds of the film that go by in one of the copy.
        rate: frames a second of the copy; the film's own where None.
        between: put between two pieces of another film.
        slides: one frame for each two seconds, standing still.
        animation: written as a GIF of at most eight seconds.
        how: how it is written.
    """

    name: str
    family: str
    change: pictures.Change = pictures.unchanged
    start: float = 0.0
    part: float = 1.0
    speed: float = 1.0
    rate: float | None = None
    between: bool = False
    slides: bool = False
    animation: bool = False
    how: Encoding = field(default_factory=Encoding)


@dataclass(frozen=True, slots=True)
class Copy:
    """An edited film and the truth of it: `film time = speed x copy time + offset`, both in seconds.

    Attributes:
        data: the file.
        begins: where in the copy the film begins.
        ends: where in the copy it ends.
        speed: see above.
        offset: see above.
    """

    data: bytes
    begins: float
    ends: float
    speed: float
    offset: float


def made(recipe: Recipe, clip: Clip, other: Clip) -> Copy:
    """Edit a film. `other` is put around it where the recipe says so."""
    start = recipe.start * clip.seconds
    until = min(clip.seconds, start + recipe.part * clip.seconds)
    until = min(until, start + GIF_SECONDS) if recipe.animation else until
    rate = GIF_RATE if recipe.animation else (recipe.rate or clip.rate)
    before = min(NEIGHBOUR_SECONDS, other.seconds) if recipe.between else 0.0
    body = ((before + time, recipe.change(rgb, time)) for time, rgb in _timed(recipe, clip, start, until, rate))
    length = (until - start) / recipe.speed
    frames = _around(body, other, before, before + length) if recipe.between else body
    data = gif(frames, rate) if recipe.animation else encoded(frames, rate, recipe.how)
    return Copy(data, before, before + length, recipe.speed, start - before * recipe.speed)


def _timed(recipe: Recipe, clip: Clip, start: float, until: float, rate: float) -> Iterator[Timed]:
    """Frames of a part at the copy's own speed and rate; those that come too thick are left out."""
    due = 0.0
    slide: Timed | None = None
    for time, rgb in clip.frames(start, until + 1e-3):
        shown = (time - start) / recipe.speed
        if slide is None or shown - slide[0] >= SLIDE_SECONDS:
            slide = shown, rgb
        if shown >= due - 0.25 / rate:
            due = max(due + 1 / rate, shown)
            yield shown, slide[1] if recipe.slides else rgb


def _around(body: Iterator[Timed], other: Clip, before: float, after: float) -> Iterator[Timed]:
    pieces = [timed for timed in other.frames(0.0, NEIGHBOUR_SECONDS) if timed[0] < before]
    yield from pieces
    yield from body
    for time, rgb in pieces:
        yield after + 1 / other.rate + time, rgb


def _quality(crf: int) -> Encoding:
    return Encoding(options=(("crf", str(crf)), ("preset", "veryfast")))


_VP9 = Encoding("libvpx-vp9", "webm", (("crf", "38"), ("b", "0"), ("deadline", "realtime"), ("cpu-used", "8")))
_MPEG4 = Encoding("mpeg4", "mp4", (("b", "600k"),))

RECIPES = (
    *(Recipe(f"re-encode crf {crf}", "re-encode", how=_quality(crf)) for crf in (20, 26, 32, 38, 44)),
    Recipe("re-encode VP9", "re-encode", how=_VP9),
    Recipe("re-encode MPEG-4", "re-encode", how=_MPEG4),
    *(Recipe(f"resize {factor}", "resize", pictures.scaled(factor)) for factor in (0.75, 0.5, 0.3)),
    *(Recipe(f"rate {rate:g}", "rate", rate=rate) for rate in (24.0, 15.0, 8.0)),
    *(
        Recipe(f"cut {round(100 * part)} % at {start}", "cut", start=start, part=part)
        for part, start in ((0.8, 0.1), (0.6, 0.4), (0.4, 0.0), (0.4, 0.5), (0.2, 0.3), (0.2, 0.8))
    ),
    Recipe("between other film", "concatenate", between=True),
    Recipe("half between other film", "concatenate", start=0.25, part=0.5, between=True),
    Recipe("letterbox", "bars", pictures.barred(0.0, 0.17)),
    Recipe("pillarbox", "bars", pictures.barred(0.3, 0.0)),
    Recipe("white frame", "bars", pictures.barred(0.08, 0.08, 255)),
    *(Recipe(f"crop {round(100 * part)} %", "crop", pictures.cropped(part)) for part in (0.1, 0.2, 0.3)),
    Recipe("crop 20 % at a corner", "crop", pictures.cropped(0.2, corner=True)),
    Recipe("mirror", "mirror", pictures.mirrored),
    Recipe("mirror, letterbox", "mirror", lambda rgb, time: pictures.barred(0, 0.17)(rgb[:, ::-1], time)),
    *(Recipe(f"turn {90 * times}", "rotate", pictures.quarter_turned(times)) for times in (1, 2)),
    *(Recipe(f"rotate {degrees}", "rotate", pictures.slanted(degrees)) for degrees in (3, 8)),
    *(Recipe(f"speed {speed}", "speed", speed=speed) for speed in (0.75, 0.9, 1.1, 1.25, 1.5)),
    Recipe("logo", "overlay", pictures.with_logo),
    Recipe("subtitles", "overlay", pictures.with_subtitles),
    Recipe("brighter", "overlay", pictures.brightened),
    *(Recipe(f"in picture {part}", "picture in picture", pictures.in_picture(part)) for part in (0.5, 0.35)),
    Recipe("screen recording", "screen recording", pictures.screen_recorded),
    Recipe("GIF", "GIF", animation=True),
    Recipe("slideshow", "slideshow", slides=True),
    Recipe("cut, letterbox, speed 1.1", "combined", pictures.barred(0, 0.17), start=0.2, part=0.6, speed=1.1),
)
