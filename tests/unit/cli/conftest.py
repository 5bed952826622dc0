from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data


@pytest.fixture(scope="session")
def astronaut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "astronaut.png"
    Image.fromarray(data.astronaut()).save(path)
    return path


@pytest.fixture(scope="session")
def half_size(astronaut: Path) -> Path:
    path = astronaut.with_name("half.jpg")
    Image.open(astronaut).resize((256, 256)).save(path, quality=70)
    return path


@pytest.fixture(scope="session")
def cat(astronaut: Path) -> Path:
    path = astronaut.with_name("cat.png")
    Image.fromarray(data.chelsea()).save(path)
    return path


@pytest.fixture(scope="session")
def flat(astronaut: Path) -> Path:
    path = astronaut.with_name("flat.png")
    Image.fromarray(np.full((64, 64, 3), 200, np.uint8)).save(path)
    return path


@pytest.fixture(scope="session")
def broken(astronaut: Path) -> Path:
    path = astronaut.with_name("broken.png")
    path.write_bytes(astronaut.read_bytes()[:5000])
    return path
