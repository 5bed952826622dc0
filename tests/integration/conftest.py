import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import pytest
from django.conf import LazySettings
from django.conf import settings as desk
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import translation
from PIL import Image
from skimage import data
from tests.factories import make_key
from tests.web_server import Site, serving
from whitenoise.middleware import WhiteNoiseMiddleware

from argine.desk.api import limits
from argine.desk.audit.queries import HEAD_FILE
from argine.desk.banks.live import BANKS
from argine.desk.banks.operations import create_default_banks
from argine.desk.configuration.live import LIVE
from argine.desk.core import hashing, outside
from argine.desk.serve import courier, ticker, worker
from argine.desk.serve.steady import Steady

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]
Made = TypeVar("Made")


@pytest.fixture(autouse=True)
def memory_starts_empty() -> Iterator[None]:
    """Each test has a database of its own; memory, and the head of the log beside it, must not remember another's."""
    forget()
    limits.forget()
    LIVE.forget()
    for process in (ticker, worker, courier):
        process._steady = Steady()
    translation.deactivate()  # a request leaves its language to the thread; the next request brings its own
    yield
    forget()


def forget() -> None:
    BANKS.forget()
    (desk.CONFIG.data / HEAD_FILE).unlink(missing_ok=True)


@pytest.fixture(scope="session", autouse=True)
def hashing_processes_outlive_a_change_of_settings() -> None:
    """A test that changes a limit starts some of its own; those of before are wanted again by the next test."""
    hashing._hasher_of = lru_cache(maxsize=3)(hashing._hasher_of.__wrapped__)


@pytest.fixture(scope="session", autouse=True)
def static_files_are_listed_once() -> Iterator[None]:
    """Each test client makes the middleware anew, which would read the same folders each time."""
    listed, whole = dict[str, Any](), WhiteNoiseMiddleware.add_files_from_finders

    def add(middleware: WhiteNoiseMiddleware) -> None:
        if not listed:
            whole(middleware)
            listed.update(middleware.files)
        middleware.files.update(listed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add)
        yield


@pytest.fixture
def site(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site on this machine that the desk may look at: only tests let an address of the machine itself pass."""
    public = outside.is_public
    monkeypatch.setattr(outside, "is_public", lambda address: address == "127.0.0.1" or public(address))
    with serving(Site()) as one:
        settings.CONFIG = replace(settings.CONFIG, evidence_hosts=(one.host,))
        yield one


@pytest.fixture(autouse=True)
def passwords_are_hashed_quickly(settings: Any) -> None:
    """The real way takes most of a second on purpose; one test of it is enough."""
    settings.PASSWORD_HASHERS = QUICK


@pytest.fixture(scope="module")
def once(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[Callable[[], Made]], Made]]:
    """Make rows that every test of a file begins with, at the first that asks; what a test changes is undone as ever.

    They are there for all tests of the file that come later: a test that wants an empty desk stands in another.
    """

    def make(fill: Callable[[], Made]) -> Made:
        with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=QUICK):
            return fill()

    yield make
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)
        forget()


@pytest.fixture
def default_banks(db: None) -> None:
    create_default_banks()


@pytest.fixture
def platform(default_banks: None) -> Client:
    """A platform's software, with a key for everything."""
    return Client(headers={"Authorization": f"Bearer {make_key()}"}, raise_request_exception=False)


@pytest.fixture
def stranger(default_banks: None) -> Client:
    return Client(raise_request_exception=False)


def encoded(pixels: np.ndarray, kind: str = "JPEG", size: tuple[int, int] | None = None) -> bytes:
    picture = Image.fromarray(pixels)
    buffer = io.BytesIO()
    (picture.resize(size) if size else picture).save(buffer, kind)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def cat() -> bytes:
    return encoded(data.chelsea())


@pytest.fixture(scope="session")
def small_cat() -> bytes:
    """The same picture, halved and encoded again."""
    return encoded(data.chelsea(), "PNG", size=(225, 150))


@pytest.fixture(scope="session")
def astronaut() -> bytes:
    return encoded(data.astronaut())


@pytest.fixture(scope="session")
def flat() -> bytes:
    return encoded(np.full((64, 64, 3), 200, np.uint8), "PNG")
