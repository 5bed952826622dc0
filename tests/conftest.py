"""Every test process has a data folder, keys and a database of its own.

ARGINE_TEST_DATABASE=postgresql runs the same tests over a PostgreSQL server that this run makes for itself.
"""

import atexit
import gc
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as desk
from django.db import connections
from hypothesis import settings
from tests.postgres import Server
from xdist.scheduler import LoadScopeScheduling

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
    # A test is one transaction, and on a busy machine computes for longer than a desk's may idle.
    desk.DATABASES["default"]["OPTIONS"]["options"] += " -c idle_in_transaction_session_timeout=0"
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
GROUP = re.compile(r'xdist_group\("(\w+)"\)')


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: _turn(item.path.relative_to(TESTS).as_posix()))


def _turn(place: str) -> int:
    return next(turn for turn, start in enumerate(FIRST) if place.startswith(start))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Let one process run the files of a group, or a file, as a whole: its desk and its pages are then made once.

    xdist 3.8 writes groups into the names of tests, where pytest since 9.2 does not look.
    """
    return ByGroup(config, log)


class ByGroup(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.partition("::")[0])


@cache
def group_of(file: str) -> str:
    """The group of a file, by the mark that stands in it or in the `conftest.py` beside it; or the file itself."""
    for place in (TESTS.parent / file, (TESTS.parent / file).with_name("conftest.py")):
        if place.exists() and (found := GROUP.search(place.read_text("utf-8"))):
            return found[1]
    return file


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage among ten thousand tests and their modules: not while they come, nor ever later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
