"""The stock client `tx` of the package `threatexchange`: it fetches our feed in StopNCII's shape and matches by it.

And what its class for ThreatExchange reads of a group is what this desk reads of it.

It needs a compiler to install, so it is no part of the lock: put `tx` on the path, or name it in ARGINE_TX.
"""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import LazySettings
from django.core.handlers.wsgi import WSGIHandler
from skimage import data
from tests.factories import random_signals
from tests.integration.conftest import encoded
from tests.integration.exchange.conftest import progress, sync
from tests.integration.exchange.threat_updates import (
    OTHER_MEMBER,
    TOKEN,
    Group,
    deleted,
    descriptor,
    serving,
    update,
)

from argine.desk.banks.live import BANKS
from argine.desk.banks.operations import REMOVED, add_entry, create_default_banks
from argine.desk.core.actor import SYSTEM
from argine.desk.exchange.enums import Progress, Shape
from argine.desk.exchange.models import Feedback, Partner, Received
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


GROUP_BY_ITS_LIBRARY = """
import json, sys
from threatexchange.exchanges.clients.fb_threatexchange.api import ThreatExchangeAPI
from threatexchange.exchanges.impl.fb_threatexchange_api import FBThreatExchangeCollabConfig as Config
from threatexchange.exchanges.impl.fb_threatexchange_api import FBThreatExchangeSignalExchangeAPI as Exchange
there = Exchange(ThreatExchangeAPI(sys.argv[1], endpoint_override=sys.argv[2]), Config(name="ours", privacy_group=42))
found = {}
for delta in there.fetch_iter([], None):
    found |= delta.updates
json.dump({f"{kind}:{text}": None if one is None else [opinion.category.name for opinion in one.opinions]
           for (kind, text), one in found.items()}, sys.stdout)
"""


def test_of_a_group_of_threatexchange_this_desk_reads_what_the_stock_client_reads(settings: LazySettings) -> None:
    assert TX is not None
    create_default_banks()
    settings.CONFIG = replace(settings.CONFIG, exchange_private=True)
    values = [f"{number:02x}" * 32 for number in range(160, 165)]
    many = [update(random_signals()[0].text, 100 + number) for number in range(230)]
    group = Group(
        [
            *many,
            update(values[0], 400),
            update(values[1], 401, descriptor(status="UNKNOWN")),
            update(values[2], 402, descriptor(), descriptor(OTHER_MEMBER, "NON_MALICIOUS")),
            update(values[3], 403),
            update(values[4], 404, descriptor(status="UNKNOWN", reactions=[{"key": "HELPFUL", "value": "900"}])),
            deleted(values[3], 405),
        ]
    )
    with serving(group):
        python = Path(TX).resolve().parent / "python"
        words = [str(python), "-c", GROUP_BY_ITS_LIBRARY, TOKEN, group.url.rpartition("/")[0]]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        agreement = Agreement("A group", "group", group.url, secret=TOKEN, shape=Shape.THREATEXCHANGE)
        partner = sync(add_partner(agreement, by=SYSTEM))
    theirs = {name: opinions for name, opinions in json.loads(done.stdout).items() if opinions is not None}
    assert len(theirs) == 234
    assert {name for name, step in progress(partner).items() if step == Progress.RECEIVED} == set(theirs)
    assert _opinions(partner) == {name: _rolled_up(opinions) for name, opinions in theirs.items()}


def _opinions(partner: Partner) -> dict[str, str]:
    rows = Received.objects.filter(partner=partner, progress=Progress.RECEIVED)
    return dict(rows.values_list("remote_id", "opinion"))


def _rolled_up(opinions: list[str]) -> str:
    return "positive" if "POSITIVE_CLASS" in opinions and "NEGATIVE_CLASS" not in opinions else "seed"
