from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from skimage import data

Encode = Callable[..., bytes]


@pytest.fixture(scope="session")
def photo() -> Image.Image:
    """An ordinary photograph of odd width, RGB."""
    return Image.fromarray(data.astronaut()).resize((301, 200))


@pytest.fixture(scope="session")
def encode() -> Encode:
    def encoded(image: Image.Image, format_: str, **options: Any) -> bytes:
        file = BytesIO()
        image.save(file, format_, **options)
        return file.getvalue()

    return encoded
