"""Which part of an upload shows which part of a reported film: in words, and as bars along time. Never as a picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

WIDTH, BAR, GAP = 100.0, 10.0, 16.0
LEAST_WIDTH = 1.5  # a moment is drawn so wide that it can be seen
MOST_TOLD = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """Where a part begins, and how wide it is, on a drawing 100 wide."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """Two bars, the upload above and the reported film below, and for each part a band from one to the other.

    Attributes:
        title: what the drawing says, for those who do not see it.
        parts: one sentence for each part, at most `MOST_TOLD`.
        left_out: how many parts have none.
        upload: parts of the upload; empty of a picture.
        reported: parts of the reported film; empty of a picture.
        bands: points of SVG polygons, where both are films.
        upload_name: what the upper bar is called, with its length; empty of a picture.
        reported_name: the same of the lower bar.
    """

    title: str
    parts: list[str]
    left_out: int
    upload: list[Bar]
    reported: list[Bar]
    bands: list[str]
    upload_name: str
    reported_name: str


def of(found: Mapping[str, Any]) -> Timeline | None:
    """Read what a sighting keeps; None where neither side is a film."""
    times = found.get("times") if found else None
    if not times:
        return None
    segments, asked, banked = times["segments"], times["query_seconds"], times["entry_seconds"]
    upload = [_bar(one["query_from"], one["query_until"], asked) for one in segments] if asked else []
    reported = [_bar(one["entry_from"], one["entry_until"], banked) for one in segments] if banked else []
    parts = [_told(one, is_film=bool(asked), of_film=bool(banked)) for one in segments[:MOST_TOLD]]
    return Timeline(
        title=_("Which part of the upload shows which part of what was reported"),
        parts=parts,
        left_out=len(segments) - len(parts),
        upload=upload,
        reported=reported,
        bands=[_band(above, below) for above, below in zip(upload, reported, strict=False)],
        upload_name=_("Upload, %(length)s") % {"length": clock(asked)} if asked else "",
        reported_name=_("Reported film, %(length)s") % {"length": clock(banked)} if banked else "",
    )


def lines(found: Mapping[str, Any]) -> list[str]:
    """Say how much of either film agrees; nothing of two pictures."""
    times = found.get("times") if found else None
    if not times:
        return []
    words = []
    if times["query_seconds"]:
        words.append(_("%(percent)d %% of the upload agrees") % {"percent": round(100 * times["query_share"])})
    if times["entry_seconds"]:
        words.append(_("%(percent)d %% of the reported film appears") % {"percent": round(100 * times["entry_share"])})
    return words


def _told(part: Mapping[str, Any], *, is_film: bool, of_film: bool) -> str:
    there = _span(part["query_from"], part["query_until"])
    here = _span(part["entry_from"], part["entry_until"])
    if is_film and of_film:
        return _("The upload at %(there)s shows the reported film at %(here)s.") % {"there": there, "here": here}
    if is_film:
        return _("The upload shows the reported picture at %(there)s.") % {"there": there}
    return _("The upload shows the reported film at %(here)s.") % {"here": here}


def _span(start: float, end: float) -> str:
    low, high = clock(min(start, end)), clock(max(start, end))
    return low if low == high else f"{low}\u2013{high}"


def clock(seconds: float) -> str:
    """Minutes and whole seconds, such as 1:05; with hours where there are some."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def _bar(start: float, end: float, length: float) -> Bar:
    low, high = sorted((start, end))
    x = min(WIDTH - LEAST_WIDTH, max(0.0, WIDTH * low / length))
    width = max(LEAST_WIDTH, WIDTH * (high - low) / length)
    return Bar(round(x, 1), round(min(width, WIDTH - x), 1))


def _band(above: Bar, below: Bar) -> str:
    corners = [
        (above.x, BAR), (above.x + above.width, BAR), (below.x + below.width, BAR + GAP), (below.x, BAR + GAP),
    ]  # fmt: skip
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
