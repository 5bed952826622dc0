"""The stock client `tx` of the package `threatexchange` fetches our feed in StopNCII's shape, and matches against it.

It needs a compiler to install, so it is no part of the lock: put `tx` on the path, or name it in ARGINE_TX.
"""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from skimage import data
from tests.factories import random_signals
from tests.integration.conftest import encoded

from argine.desk.banks.live import BANKS
from argine.desk.banks.operations import REMOVED, add_entry, create_default_banks
from argine.desk.core.actor import SYSTEM
from argine.desk.exchange.models import Feedback
from argine.desk.exchange.operations import Agreement, add_partner, issue_key, share_bank
from argine.signals.hasher import hash_file_bytes

TX = os.environ.get("ARGINE_TX") or shutil.which("tx")

pytestmark = [
    pytest.mark.tx,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(TX is None, reason="the client tx is not installed (package threatexchange)"),
]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def base() -> Iterator[str]:
    create_default_banks()
    BANKS.forget()
    server = make_server("127.0.0.1", 0, WSGIHandler(), WSGIServer, Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/exchange/stopncii"
    server.shutdown()
    server.server_close()
    thread.join()
    BANKS.forget()


def run(home: Path, keys: str, *words: str) -> str:
    assert TX is not None
    environment = {**os.environ, "HOME": str(home), "TX_STOPNCII_KEYS": keys}
    done = subprocess.run([TX, *words], capture_output=True, text=True, check=False, env=environment, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_stock_client_fetches_our_feed_and_matches_a_picture(base: str, tmp_path: Path) -> None:
    partner = add_partner(Agreement("A tool", "tool"), by=SYSTEM)
    secret = issue_key(partner, by=SYSTEM)
    share_bank(REMOVED, by=SYSTEM)
    file = tmp_path / "cat.png"
    file.write_bytes(encoded(data.chelsea(), "PNG"))
    other = tmp_path / "astronaut.png"
    other.write_bytes(encoded(data.astronaut(), "PNG"))
    entry = add_entry(REMOVED, hash_file_bytes(file.read_bytes()).signals, origin="test", by=SYSTEM)
    for _ in range(2):  # its index finds nothing when it holds exactly one hash (ThreatExchange issue 1318)
        add_entry(REMOVED, random_signals(), origin="test", by=SYSTEM)

    keys = f"{secret},unused,{base}"
    run(tmp_path, keys, "config", "collab", "edit", "stop_ncii", "--create", "ours")
    run(tmp_path, keys, "fetch")
    assert run(tmp_path, keys, "match", "photo", str(file)).startswith("pdq 0 (ours)")
    assert run(tmp_path, keys, "match", "photo", str(other)) == ""

    submitted = _feedback_by_its_library(base, secret, entry_pdq=_pdq(file))
    assert submitted == ""
    assert Feedback.objects.get(entry_id=entry.id).progress == "blocked"


def _pdq(file: Path) -> str:
    return next(one.text for one in hash_file_bytes(file.read_bytes()).signals if one.type == "pdq")


def _feedback_by_its_library(base: str, secret: str, entry_pdq: str) -> str:
    """Let the package's own class submit feedback and a hash, as it spells them."""
    assert TX is not None
    source = f"""
from threatexchange.exchanges.clients.stopncii import api
there = api.StopNCIIAPI("unused", {secret!r}, {{e: {secret!r} for e in api.StopNCIIEndpoint}}, {base!r})
kind, blocked = api.StopNCIISignalType.ImagePDQ, api.StopNCIICSPFeedbackValue.Blocked
there.submit_feedback(kind, {entry_pdq!r}, blocked)
there.submit_hash(kind, "{"5a" * 32}")
"""
    python = Path(TX).resolve().parent / "python"
    done = subprocess.run([str(python), "-c", source], capture_output=True, text=True, check=False, timeout=120)
    return done.stderr
