"""Every test process has a data folder, keys and a database of its own.

ARGINE_TEST_DATABASE=postgresql runs the same tests over a PostgreSQL server that this run makes for itself.
"""

import atexit
import gc
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings as desk
from django.db import connections
from hypothesis import settings
from tests.postgres import Server

from argine.desk.core import keys
from argine.desk.database_url import database_of

_DATA = Path(tempfile.mkdtemp(prefix="argine-test-"))
atexit.register(shutil.rmtree, _DATA, ignore_errors=True)
os.environ["ARGINE_DATA"] = str(_DATA)
keys.create_missing(_DATA / "keys")
# pytest-django may have read the settings before this file was read.
desk.KEYS = _DATA / "keys"
desk.CONFIG = replace(desk.CONFIG, data=_DATA)
if os.environ.get("ARGINE_TEST_DATABASE") == "postgresql":
    if "ARGINE_TEST_SERVER" not in os.environ:  # the first process makes it; those that it starts find it
        _server = Server.make().start()
        atexit.register(_server.remove)
        os.environ["ARGINE_TEST_SERVER"] = str(_server.folder)
    _url = Server(Path(os.environ["ARGINE_TEST_SERVER"])).url("desk")
    # Django may have made a connection object already, of the settings that it had.
    desk.DATABASES["default"] = database_of(_url)
    connections.settings.update(connections.configure_settings(desk.DATABASES))
    with suppress(AttributeError):
        del connections["default"]
else:
    # A file, as a desk has: threads and processes then meet in the database as they do in the running system.
    desk.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(_DATA / "test.sqlite3")
    # No test cuts the power of the machine; those that kill a desk start one of its own.
    desk.DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"

# No time limit for a single example: on a busy machine a disk that flushes slowly is not a fault.
settings.register_profile("argine", deadline=None, max_examples=int(os.environ.get("ARGINE_EXAMPLES", "50")))
settings.load_profile("argine")

# What begins first, by the folders and files of tests: the long ones, so that no process waits for another at the end.
FIRST = ("functional/test_every_page", "functional", "integration", "contract", "unit", "architecture")
TESTS = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a process run a whole file, whose fixtures are then made once, and begin with what takes longest."""
    for item in items:
        place = item.path.relative_to(TESTS)
        if not item.get_closest_marker("xdist_group") and "functional" not in place.parts:
            item.add_marker(pytest.mark.xdist_group(str(place)))
    items.sort(key=lambda item: _turn(item.path.relative_to(TESTS).as_posix()))


def _turn(place: str) -> int:
    return next(turn for turn, start in enumerate(FIRST) if place.startswith(start))


def pytest_collection_finish() -> None:
    """Leave ten thousand tests and their modules out of every later search for garbage."""
    gc.collect()
    gc.freeze()
