"""Every test process has a data folder, keys and a database of its own.

ARGINE_TEST_DATABASE=postgresql runs the same tests over a PostgreSQL server that this run makes for itself.
"""

import atexit
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

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
    # A test is one transaction, and on a busy machine computes for longer than a desk's may idle.
    desk.DATABASES["default"]["OPTIONS"]["options"] += " -c idle_in_transaction_session_timeout=0"
    connections.settings.update(connections.configure_settings(desk.DATABASES))
    with suppress(AttributeError):
        del connections["default"]
else:
    # A file, as a desk has: threads and processes then meet in the database as they do in the running system.
    desk.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(_DATA / "test.sqlite3")

# No time limit for a single example: on a busy machine a disk that flushes slowly is not a fault.
settings.register_profile("argine", deadline=None)
settings.load_profile("argine")
