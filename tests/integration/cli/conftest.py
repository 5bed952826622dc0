import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from django.conf import settings
from PIL import Image
from skimage import data

from argine.cli.main import main
from argine.desk.audit.queries import HEAD_FILE
from argine.desk.banks.operations import create_default_banks

Run = Callable[..., Result]


@pytest.fixture
def fast_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def database_file() -> Iterator[None]:
    """Stand in for the desk's file: the tables of a test are in memory, but commands look for the file first."""
    settings.CONFIG.database.touch()
    yield
    settings.CONFIG.database.unlink()
    (settings.CONFIG.data / HEAD_FILE).unlink(missing_ok=True)


@pytest.fixture
def desk(db: None, database_file: None, fast_passwords: None) -> None:
    create_default_banks()


def argine(*words: object, **options: Any) -> Result:
    """Run a command as a program would: its output is JSON, since no terminal reads it."""
    return CliRunner().invoke(main, list(map(str, words)), **options)


def records(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def run() -> Run:
    return argine


@pytest.fixture
def told() -> Callable[[Result], list[dict[str, Any]]]:
    return records


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands believe that a person reads."""
    stream = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setattr("argine.cli.output.sys", SimpleNamespace(stdout=stream, stderr=SimpleNamespace(isatty=bool)))


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    Image.fromarray(data.astronaut()).save(folder / "astronaut.png")
    Image.fromarray(data.chelsea()).save(folder / "cat.png")
    return folder


@pytest.fixture(scope="session")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An animation: the astronaut, then the cat."""
    path = tmp_path_factory.mktemp("moving") / "moving.png"
    frames = [Image.fromarray(pixels).resize((300, 200)) for pixels in (data.astronaut(), data.chelsea())]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    return path


@pytest.fixture(scope="session")
def half_cat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cat, halved and encoded again."""
    path = tmp_path_factory.mktemp("copies") / "half.jpg"
    Image.fromarray(data.chelsea()).resize((225, 150)).save(path, quality=70)
    return path


@pytest.fixture(scope="session")
def coffee(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture that is in no bank."""
    path = tmp_path_factory.mktemp("others") / "coffee.png"
    Image.fromarray(data.coffee()).save(path)
    return path


@pytest.fixture(scope="session")
def flat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("flat") / "flat.png"
    Image.fromarray(np.full((64, 64, 3), 200, np.uint8)).save(path)
    return path


@pytest.fixture(scope="session")
def broken(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("broken") / "broken.png"
    path.write_bytes((pictures / "cat.png").read_bytes()[:5000])
    return path
