"""Three desks on one machine, as their operators run them: a helpline, and two platforms that read from it.

A person reports at the helpline and agrees; both platforms receive, keep out, and say so; the person sees it, takes the
report back, and both platforms hold nothing of it any more. All by the program's own commands and pages.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from time import monotonic, sleep

import pytest
from PIL import Image
from skimage import data
from tests.functional.running_desk import Person, RunningDesk

from argine.signals.hasher import hash_file_bytes

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("story")]

PATIENCE_S = 60.0
ENVIRONMENT = {"ARGINE_EXCHANGE_PRIVATE": "yes"}


def picture(name: str = "chelsea") -> bytes:
    file = BytesIO()
    Image.fromarray(getattr(data, name)()).save(file, "JPEG", quality=90)
    return file.getvalue()


@dataclass
class Organisation:
    """A desk, and its operator at the command line."""

    desk: RunningDesk
    folder: Path

    def run(self, *words: str) -> str:
        command = [sys.executable, "-m", "argine", *words, "--data", str(self.desk.data)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**self.desk._environment(), **ENVIRONMENT}
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def file(self, text: str) -> str:
        path = self.folder / "given.key"
        path.write_text(text)
        return str(path)

    def reads_from(self, other: "Organisation", name: str) -> None:
        """What two operators do: one makes a key, the other adds the desk with it and its public key."""
        other.run("partner", "add", f"Platform {name}", "--slug", name)
        secret = other.run("partner", "key", name)
        public = json.loads(other.run("partner", "self"))["public_key"]
        self.run(
            "partner", "add", "Helpline", "--url", other.desk.base, "--public-key", public,
            "--secret-file", self.file(secret),
        )  # fmt: skip


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Organisation]]:
    """The helpline, and two platforms that read from it."""
    tmp_path, found = tmp_path_factory.mktemp("desks"), []
    for name in ("helpline", "a", "b"):
        kind = {"ARGINE_DESK_KIND": "helpline"} if name == "helpline" else {}
        desk = RunningDesk(tmp_path / name / "data", {**ENVIRONMENT, **kind})
        (tmp_path / name).mkdir()
        found.append(Organisation(desk, tmp_path / name))
        desk.start()
    helpline, *platforms = found
    helpline.run("partner", "share", "reported")
    for organisation, name in zip(platforms, ("a", "b"), strict=True):
        organisation.reads_from(helpline, name)
    yield found
    assert [organisation.desk.stop() for organisation in found] == [0, 0, 0]


def signals_of(file: bytes) -> str:
    made = [one for one in hash_file_bytes(file).signals if one.type in {"pdq", "sha256"}]
    return json.dumps(
        [{"signals": [{"type": one.type, "value": one.text, "quality": one.quality or None} for one in made]}]
    )


def until(page: "Person", wanted: str) -> str:
    """Look at the case's page until it says something."""
    end = monotonic() + PATIENCE_S
    while monotonic() < end:
        text = re.sub(r"\s+", " ", page.get("/status/"))
        if wanted in text:
            return text
        sleep(0.5)
    raise AssertionError(f"the page never said {wanted!r}")


def test_a_report_reaches_two_platforms_and_leaves_them_when_it_is_taken_back(desks: list[Organisation]) -> None:
    helpline, *platforms = desks
    file = picture()

    person = Person(helpline.desk.base)
    code = person.report(signals=signals_of(file), share="on", contact="someone@example.org")
    assert "You said yes." in person.open(code)

    for organisation in platforms:
        organisation.run("partner", "sync", "helpline")
        organisation.run("partner", "sync", "helpline")
        assert organisation.desk.check(file, "post-1")["verdict"] == "review"
        organisation.run("partner", "sync", "helpline")
    text = until(person, "2 other platforms have the fingerprints of your pictures; 0 of them keep them out.")
    assert "2 met a copy, and a person there looks at it." in text

    confirm_at(platforms[0])
    assert platforms[0].desk.check(file, "post-2")["verdict"] == "block"
    platforms[0].run("partner", "sync", "helpline")
    text = until(person, "1 of them keep")
    assert "1 upload was stopped there." in text

    status, _ = person.post("/status/withdraw/", "/status/", {"sure": "on"})
    assert status == 200
    for organisation in platforms:
        organisation.run("partner", "sync", "helpline")
        assert organisation.desk.check(file, "post-3")["verdict"] == "allow"
        assert "kept_out" in organisation.run("partner", "list")
        assert json.loads(organisation.run("partner", "list"))["received"] == 0
    for organisation in desks:
        verified = organisation.desk.verify()
        assert verified.returncode == 0, verified.stdout + verified.stderr


def confirm_at(organisation: Organisation) -> None:
    """The platform's first member of staff joins, looks at the copy, and confirms on the page of the exchange."""
    desk = organisation.desk
    reviewer = Person(desk.base)
    link = desk.invitation()
    new = {"name": "Rosa", "email": "rosa@desk.example", "password": "a long enough phrase"}
    assert reviewer.post(link, link, new)[0] == 200
    page = reviewer.get("/console/exchange")
    assert "post-1" in page
    action = re.search(r'action="(/console/exchange/entries/[^"]+)"', page)
    assert action
    status, body = reviewer.post(action[1], "/console/exchange", {"judgement": "block"})
    assert (status, "Kept out from now on." in body) == (200, True)


def test_ending_the_exchange_with_a_partner_erases_what_came_from_it(desks: list[Organisation]) -> None:
    helpline, _other, platform = desks
    helpline.run("partner", "share", "removed")
    file = picture("astronaut")
    path = helpline.folder / "picture.jpg"
    path.write_bytes(file)
    helpline.run("bank", "add", "removed", str(path))
    platform.run("partner", "sync", "helpline")
    assert platform.desk.check(file)["verdict"] == "review"
    platform.run("partner", "stop", "helpline")
    assert platform.desk.check(file)["verdict"] == "allow"
