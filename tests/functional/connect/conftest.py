"""One desk for all connectors, and pictures that it knows, half knows, and does not know."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data
from tests.functional.running_desk import TESTS_OWN, RunningDesk

GROUP = pytest.mark.xdist_group("connect")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all of this folder in one process: it has one desk."""
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(GROUP)
            item.add_marker(pytest.mark.slow)


@dataclass(frozen=True)
class Pictures:
    """`known` is banked to be kept out, `reported` waits for a reviewer; both are other files than were banked."""

    known: bytes
    reported: bytes
    other: bytes
    flat: bytes
    text: bytes = b"A letter, and no picture at all.\n"


def jpeg(pixels: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", quality: int = 90) -> bytes:
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def pictures() -> Pictures:
    return Pictures(
        jpeg(data.chelsea(), 60),
        jpeg(data.coffee(), 60),
        jpeg(data.astronaut()),
        jpeg(np.full((64, 64, 3), 90, np.uint8)),
    )


@pytest.fixture
def folder(tmp_path: Path, pictures: Pictures) -> Path:
    """Some of them as files, for programs that scan files."""
    files = {"known.jpg": pictures.known, "other.jpg": pictures.other, "letter.txt": pictures.text}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    folder = tmp_path_factory.mktemp("desk")
    running = RunningDesk(folder / "data")
    running.start()
    for bank, pixels in {"removed": data.chelsea(), "reported": data.coffee()}.items():
        file = folder / f"{bank}.jpg"
        file.write_bytes(jpeg(pixels))
        argine("bank", "add", bank, str(file), "--data", str(running.data))
    yield running
    running.stop()


def argine(*words: str) -> str:
    """Run a command of Argine's, as an operator does."""
    own = {name: value for name, value in os.environ.items() if name not in TESTS_OWN}
    done = subprocess.run(
        [sys.executable, "-m", "argine", *words], capture_output=True, text=True, check=False, env=own, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
