"""How a copy lies in what the platform met: in words, and as outlines. Never as a picture."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from argine.signals.patch import Rectangle

SIDE = 100.0
MARGIN = 6.0
NEARLY_ALL = 0.97


@dataclass(frozen=True, slots=True)
class Outline:
    """Two outlines on one drawing: the upload, and where the reported picture would lie in it.

    Attributes:
        box: of the drawing, as SVG's viewBox.
        upload: width and height of the upload, which begins at 0, 0.
        reported: the corners of the reported picture, as SVG's points.
        marked: the corners of its marked part likewise; empty where none is marked.
    """

    box: str
    upload: tuple[float, float]
    reported: str
    marked: str


def lies(found: Mapping[str, Any]) -> list[str]:
    """Say how the reported picture lies in the upload; nothing where it lies as it is, or nothing is known."""
    if not found:
        return []
    frame = found.get("frame")
    words = [] if frame is None else [_("in frame %(number)d of an animation") % {"number": frame}]
    if found["mirrored"]:
        words.append(_("mirrored"))
    turned = round(found["rotation_degrees"])
    if turned:
        words.append(_("turned by %(degrees)d°") % {"degrees": turned})
    if found["trimmed"]:
        words.append(_("with bars around it"))
    part = _part(found["region"])
    if part < NEARLY_ALL:
        words.append(_("%(percent)d %% of it is shown") % {"percent": round(100 * part)})
    if found["patches"]:
        count = found["patches"]
        words.append(ngettext("%(count)d spot agrees", "%(count)d spots agree", count) % {"count": count})
    return words


def _part(region: Mapping[str, float]) -> float:
    return (region["right"] - region["left"]) * (region["bottom"] - region["top"])


def outline(found: Mapping[str, Any], marked: Rectangle | None = None) -> Outline | None:
    """Draw where the reported picture lies, and its marked part; None where no patches tell."""
    if not found or not found["outline"] or not found["aspect"]:
        return None
    aspect = found["aspect"]
    width, height = SIDE * min(1.0, aspect), SIDE * min(1.0, 1 / aspect)
    corners = [(width * x, height * y) for x, y in found["outline"]]
    left, right = min(0.0, *(x for x, _y in corners)), max(width, *(x for x, _y in corners))
    top, bottom = min(0.0, *(y for _x, y in corners)), max(height, *(y for _x, y in corners))
    box = (left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN)
    return Outline(
        " ".join(f"{part:.1f}" for part in box),
        (round(width, 1), round(height, 1)),
        _points(corners),
        "" if marked is None else _points(_within(corners, marked)),
    )


def _points(corners: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)


def _within(corners: Sequence[tuple[float, float]], part: Rectangle) -> list[tuple[float, float]]:
    """Where a part of a picture lies of which the corners lie here: by the projection that takes its square to them.

    P. Heckbert, Fundamentals of Texture Mapping and Image Warping, 1989, section 2.2.3.
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    bent = (x0 - x1 + x2 - x3, y0 - y1 + y2 - y3)
    area = (x1 - x2) * (y3 - y2) - (x3 - x2) * (y1 - y2)
    if not area:
        return []
    g = (bent[0] * (y3 - y2) - (x3 - x2) * bent[1]) / area
    h = ((x1 - x2) * bent[1] - bent[0] * (y1 - y2)) / area

    def placed(u: float, v: float) -> tuple[float, float]:
        depth = g * u + h * v + 1 or 1.0
        x = (x1 - x0 + g * x1) * u + (x3 - x0 + h * x3) * v + x0
        y = (y1 - y0 + g * y1) * u + (y3 - y0 + h * y3) * v + y0
        return x / depth, y / depth

    left, top, right, bottom = part.left, part.top, part.right, part.bottom
    return [placed(left, top), placed(right, top), placed(right, bottom), placed(left, bottom)]
