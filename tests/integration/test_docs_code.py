"""The code in the how-to pages does what the pages say, against a real desk."""

import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from http.server import HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from pytest_django.live_server_helper import LiveServer
from skimage import data
from tests.factories import make_case, make_decision, make_key, random_signals

from argine.desk.audit.queries import verifier_key
from argine.desk.cases import queries
from argine.desk.cases.models import Case
from argine.desk.core import hashing
from argine.desk.notify.operations import deliver_next, follow, start_following
from argine.merkle.one_file import NAME, one_file

ROOT = Path(__file__).parents[2]
PLACE = "https://forum.example/t/1"


def code_of(page: str) -> str:
    """Give all Python of a page, as one program."""
    text = (ROOT / "docs" / "how-to" / page).read_text("utf-8")
    return "\n".join(re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


def verify(folder: Path, receipt: object, key: str) -> subprocess.CompletedProcess[str]:
    """Run the command of the page as the page says, in a folder with nothing but the receipt and the one file."""
    page = (ROOT / "docs" / "how-to" / "verify-a-receipt.md").read_text("utf-8")
    command = re.findall(r"^python3 (argine_verify\.py receipt\.json --key) ", page, re.MULTILINE)[0]
    (folder / "receipt.json").write_text(json.dumps(receipt))
    (folder / NAME).write_text(one_file())
    words = [sys.executable, "-I", "-S", *command.split(), key]
    return subprocess.run(words, capture_output=True, text=True, check=False, cwd=folder)


@pytest.mark.django_db
def test_the_page_on_receipts_verifies_a_receipt_and_finds_a_changed_one(tmp_path: Path) -> None:
    receipt: Any = queries.receipt(make_case(addresses=[PLACE], statement="it was there on Monday").notice)
    key = verifier_key().text()

    good = verify(tmp_path, receipt, key)
    assert good.returncode == 0, good.stdout
    assert "case.notice.received" in good.stdout

    receipt["notice"]["statement"] = "it was there on Tuesday"
    changed = verify(tmp_path, receipt, key)
    assert changed.returncode == 6
    assert "another notice than the one in this receipt" in changed.stdout


@pytest.fixture
def platform_code(live_server: LiveServer) -> dict[str, Any]:
    """The functions of the page for platforms, set to the live desk; what they remove is noted."""
    done: list[str] = []

    def act_on(what: str, outcome: str) -> str:
        done.append(what)
        return {"remove": "removed", "keep": "kept"}[outcome]

    names: dict[str, Any] = {"done": done, "act_on": act_on}
    exec(code_of("platform-developer.md"), names)
    names["DESK"], names["KEY"] = f"{live_server.url}/api/v1", make_key()
    return names


@pytest.mark.django_db(transaction=True)
def test_the_page_for_platforms_checks_carries_out_and_reports(platform_code: dict[str, Any]) -> None:
    signals = random_signals()
    case = make_case(pictures=[signals], addresses=[PLACE]).case
    asked = [{"type": signal.type.value, "value": signal.text} for signal in signals]
    assert platform_code["check_signals"](asked, "post-7")["verdict"] == "review"
    make_decision(case)
    assert platform_code["check_signals"](asked, "post-8")["verdict"] == "block"

    (decision,) = platform_code["ask"]("/decisions?after=0")["decisions"]
    platform_code["carry_out"](decision)

    assert platform_code["done"] == [PLACE, "post-8", "post-7"]
    assert Case.objects.get(pk=case.pk).state == "removed"
    platform_code["carry_out"](decision)
    assert len(platform_code["done"]) == 3


@pytest.mark.django_db(transaction=True)
def test_the_page_for_platforms_says_so_when_nothing_is_online(platform_code: dict[str, Any]) -> None:
    case = make_case().case
    make_decision(case)
    platform_code["carry_out"](platform_code["ask"]("/decisions?after=0")["decisions"][0])
    assert Case.objects.get(pk=case.pk).state == "removed"


def hooked(settings: Any, names: dict[str, Any]) -> tuple[HTTPServer, Thread]:
    """Let the page's receiver run on this machine, and the desk send to it."""
    server = HTTPServer(("127.0.0.1", 0), names["Hook"])
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    names["HOOK"] = f"http://localhost:{server.server_port}/argine"
    settings.CONFIG = replace(settings.CONFIG, webhooks=(names["HOOK"],), webhook_private=True)
    key = Client().get("/api/v1/webhook-key").json()
    names["HOOK_KEYID"], names["HOOK_KEY"] = key["keyid"], key["public_key"]
    return server, thread


@pytest.mark.django_db(transaction=True)
def test_the_page_for_platforms_receives_a_signed_event_and_carries_it_out(
    settings: Any, platform_code: dict[str, Any]
) -> None:
    server, thread = hooked(settings, platform_code)
    try:
        start_following()
        case = make_case(addresses=[PLACE]).case
        make_decision(case)
        while follow():
            pass
        while deliver_next():
            pass
        stranger = platform_code["verified"]("POST", {"Content-Type": "application/json"}, b"{}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert platform_code["done"] == [PLACE]
    assert Case.objects.get(pk=case.pk).state == "removed"
    assert len(platform_code["seen"]) == 2
    assert stranger is None


@pytest.mark.django_db(transaction=True)
def test_the_page_for_platforms_sends_a_file(platform_code: dict[str, Any]) -> None:
    hashing.level()  # a desk that serves has the process that hashes already (serve.warm)
    buffer = io.BytesIO()
    Image.fromarray(data.chelsea()).save(buffer, "JPEG")
    answer = platform_code["check_file"](buffer.getvalue(), "post-7", PLACE)
    assert answer["verdict"] == "allow"
    assert {signal["type"] for signal in answer["signals"]} == {"pdq", "sha256", "md5"}
