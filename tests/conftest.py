"""Every test process has a data folder and keys of its own."""

import atexit
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from django.conf import settings as desk
from hypothesis import settings

from argine.desk.core import keys

_DATA = Path(tempfile.mkdtemp(prefix="argine-test-"))
atexit.register(shutil.rmtree, _DATA, ignore_errors=True)
os.environ["ARGINE_DATA"] = str(_DATA)
keys.create_missing(_DATA / "keys")
# pytest-django may have read the settings before this file was read.
desk.KEYS = _DATA / "keys"
desk.CONFIG = replace(desk.CONFIG, data=_DATA)
# A file, as a desk has: threads and processes then meet in the database as they do in the running system.
desk.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(_DATA / "test.sqlite3")

# No time limit for a single example: on a busy machine a disk that flushes slowly is not a fault.
settings.register_profile("argine", deadline=None)
settings.load_profile("argine")
