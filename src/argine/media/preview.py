"""A picture drawn anew, small and grey: for who must look at one, and is to be harmed by it as little as can be."""

from dataclasses import dataclass

from PIL import Image

from argine.media.decode import picture
from argine.media.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True)
class Preview:
    """Grey pixels, one byte each, row by row from the top left.

    Raises:
        ValueError: there are not as many as width and height say.
    """

    width: int
    height: int
    pixels: bytes

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1 or len(self.pixels) != self.width * self.height:
            raise ValueError("not as many pixels as width and height say")


def preview(data: bytes, side: int, limits: Limits = DEFAULT_LIMITS) -> Preview:
    """Draw a picture, of an animation its first frame, in grey and so small that its longer side has at most `side`.

    Args:
        data: the whole file.
        side: in pixels. A smaller picture keeps its size.
        limits: what is refused before it is decoded.

    Raises:
        MediaError: as `decode.picture`.
    """
    shown = Image.fromarray(picture(data, limits, least_side=side).pixels).convert("L")
    shown.thumbnail((side, side))
    return Preview(shown.width, shown.height, shown.tobytes())
