"""Large JPEG files, shrunk while they are decoded: many times faster, and their pdq moves by a few bits at most."""

from io import BytesIO

import pytest
from PIL import Image
from skimage import data

from argine.media import decode
from argine.signals import pdq


def encoded(width: int, height: int, name: str = "astronaut", kind: str = "JPEG", **options: object) -> bytes:
    picture = Image.fromarray(getattr(data, name)()).resize((width, height), Image.Resampling.LANCZOS)
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("size", "least_side", "shrunk"),
    [
        ((2048, 2048), 512, 4),
        ((2040, 3000), 512, 2),
        ((4100, 4100), 512, 8),
        ((600, 900), 512, 1),
        ((600, 900), 300, 2),
    ],
)
def test_a_jpeg_is_shrunk_while_its_shorter_side_keeps_enough(
    size: tuple[int, int], least_side: int, shrunk: int
) -> None:
    found = decode.picture(encoded(*size), least_side=least_side)
    assert found.shrunk == shrunk
    assert (found.width, found.height) == (-(-size[0] // shrunk), -(-size[1] // shrunk))


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket"])
@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize(("least_side", "factor"), [(512, 4), (192, 8)])
def test_a_shrunk_jpeg_keeps_its_pdq_within_six_bits(
    name: str, progressive: bool, least_side: int, factor: int
) -> None:
    file = encoded(2600, 2200, name, progressive=progressive)
    whole, shrunk = decode.picture(file), decode.picture(file, least_side=least_side)
    assert (shrunk.shrunk, shrunk.whole) == (factor, (2200, 2600))
    views = pdq.hash_views(shrunk.pixels, shrunk.shrunk, shrunk.whole)
    assert pdq.distance(pdq.hash_pixels(whole.pixels), views[0]) <= 6


def test_a_shrunk_jpeg_is_turned_as_it_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = decode.picture(encoded(2048, 1200, exif=exif), least_side=512)
    assert (found.width, found.height) == (600, 1024)
    assert found.whole == (2048, 1200)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP"])
def test_other_formats_are_never_shrunk(kind: str) -> None:
    assert decode.picture(encoded(1100, 1100, kind=kind), least_side=64).shrunk == 1
