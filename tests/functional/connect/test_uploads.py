"""A real small site with real uploads: by Django's handlers, by the WSGI and by the ASGI middleware."""

import hashlib
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.functional.connect.conftest import Pictures
from tests.functional.running_desk import RunningDesk, free_port

from argine.connect import refusals

HOWS = ("django", "wsgi", "asgi")
START_S = 30.0
MIB = 1024 * 1024


@dataclass
class Site:
    how: str
    port: int
    process: "subprocess.Popen[str]"

    def send(self, body: bytes, content_type: str, method: str = "POST") -> tuple[int, str]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            # Who refuses a body unread may close before all of it is sent: the answer is there all the same.
            with suppress(BrokenPipeError):
                connection.request(method, "/upload/", body, {"Content-Type": content_type} if content_type else {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def upload(self, *files: bytes, title: str = "A walk") -> tuple[int, str]:
        return self.send(*form(*files, title=title))

    def accepted(self, *files: bytes) -> Any:
        status, said = self.upload(*files)
        assert status == 200, (status, said)
        return json.loads(said)

    def memory_mib(self) -> int:
        """The most memory that it ever had."""
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())
        assert found is not None
        return int(found[1]) // 1024


def form(*files: bytes, title: str = "A walk") -> tuple[bytes, str]:
    parts = [f'Content-Disposition: form-data; name="title"\r\n\r\n{title}'.encode()]
    for place, file in enumerate(files):
        head = (
            f'Content-Disposition: form-data; name="file{place}"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        )
        parts.append(head.encode() + file)
    body = b"".join(b"--xyz\r\n" + part + b"\r\n" for part in parts) + b"--xyz--\r\n"
    return body, "multipart/form-data; boundary=xyz"


@contextmanager
def running(how: str, given: dict[str, object]) -> Iterator[Site]:
    port = free_port()
    words = [sys.executable, "-m", "tests.functional.connect.small_site", how, str(port)]
    process = subprocess.Popen(words, env={**os.environ, "SMALL_SITE": json.dumps(given)}, text=True)
    try:
        end = monotonic() + START_S
        while monotonic() < end and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                sleep(0.05)
        yield Site(how, port, process)
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def sites(desk: RunningDesk) -> Iterator[Callable[..., Site]]:
    """Start a site by how it is connected and what is set, once each."""
    started: dict[str, Site] = {}
    with ExitStack() as stack:

        def start(how: str, **given: object) -> Site:
            name = json.dumps([how, given], sort_keys=True)
            if name not in started:
                set_up = {"address": desk.base, "key": desk.key, "fail": "closed", **given}
                started[name] = stack.enter_context(running(how, set_up))
            return started[name]

        yield start


@pytest.mark.parametrize("how", HOWS)
def test_a_known_picture_is_refused_in_plain_words_and_another_arrives_whole(
    sites: Callable[..., Site], pictures: Pictures, how: str
) -> None:
    site = sites(how)
    status, said = site.upload(pictures.known)
    assert status == 403
    assert said == refusals.KNOWN if how != "django" else "403" in said
    taken = site.accepted(pictures.other)
    assert taken["files"] == {"file0": hashlib.sha256(pictures.other).hexdigest()}
    assert taken["title"] == "A walk"
    (check,) = taken["checks"]
    assert (check["field"], check["outcome"]) == ("file0", "allow")


@pytest.mark.parametrize("how", HOWS)
def test_a_known_picture_among_others_is_found_wherever_it_stands(
    sites: Callable[..., Site], pictures: Pictures, how: str
) -> None:
    site = sites(how)
    assert [one["field"] for one in site.accepted(pictures.other, pictures.text)["checks"]] == ["file0", "file1"]
    assert site.upload(pictures.other, pictures.known)[0] == 403
    assert site.upload(pictures.text, pictures.other, pictures.known, pictures.other)[0] == 403


@pytest.mark.parametrize("how", HOWS)
def test_what_waits_for_a_reviewer_passes_with_a_name_by_which_the_desk_will_ask_for_it(
    sites: Callable[..., Site], desk: RunningDesk, pictures: Pictures, how: str
) -> None:
    (check,) = sites(how).accepted(pictures.reported)["checks"]
    assert check["outcome"] == "review"
    assert re.fullmatch(how + "-[0-9a-f]{16}", check["id"])
    held = sites(how, review="refuse", not_compared="refuse")
    assert held.upload(pictures.reported)[0] == 403
    assert held.upload(pictures.text)[0] == (403 if how == "django" else 422)
    assert held.upload(pictures.other)[0] == 200


@pytest.mark.parametrize("how", HOWS)
def test_a_form_without_files_and_one_with_an_empty_file_field_pass_unasked(
    sites: Callable[..., Site], how: str
) -> None:
    site = sites(how)
    assert site.accepted()["checks"] == []
    assert site.accepted(b"")["checks"] == []


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize(("fail", "status"), [("open", 200), ("closed", 503)])
def test_when_the_desk_is_away_the_setting_decides(
    sites: Callable[..., Site], pictures: Pictures, how: str, fail: str, status: int
) -> None:
    site = sites(how, fail=fail, address=f"http://127.0.0.1:{free_port()}")
    got, said = site.upload(pictures.known)
    assert got == (403 if how == "django" and status == 503 else status), said
    if status == 200:
        assert [one["outcome"] for one in json.loads(said)["checks"]] == ["away"]


@pytest.mark.parametrize("how", HOWS)
def test_a_large_file_is_streamed_and_memory_stays_small(
    sites: Callable[..., Site], pictures: Pictures, how: str
) -> None:
    """Behind the known picture's last byte come 24 MiB of noise: browsers show the picture, and so does the desk."""
    site, noise = sites(how), Random(1).randbytes(24 * MIB)
    site.accepted(pictures.other)
    before = site.memory_mib()
    taken = site.accepted(pictures.other + noise)
    assert taken["kinds"] == ["TemporaryUploadedFile"]
    assert taken["files"]["file0"] == hashlib.sha256(pictures.other + noise).hexdigest()
    assert site.memory_mib() - before < 12
    assert site.upload(pictures.known + noise)[0] == 403


@pytest.mark.parametrize("how", ["wsgi", "asgi"])
def test_the_middleware_looks_at_whole_bodies_too(sites: Callable[..., Site], pictures: Pictures, how: str) -> None:
    site = sites(how)
    # A server of the standard library calls what has no type a plain text.
    for kind in ("image/jpeg", "application/octet-stream", *([""] if how == "asgi" else [])):
        assert site.send(pictures.known, kind, "PUT")[0] == 403
        status, said = site.send(pictures.other, kind, "PUT")
        assert (status, json.loads(said)["body"]) == (200, hashlib.sha256(pictures.other).hexdigest())
    assert json.loads(site.send(b'{"a": 1}', "application/json")[1])["checks"] == []


@pytest.mark.parametrize("how", ["wsgi", "asgi"])
def test_the_middleware_refuses_what_programs_may_read_differently(
    sites: Callable[..., Site], pictures: Pictures, how: str
) -> None:
    site, (body, kind) = sites(how, most_body_mib=1), form(pictures.other)
    encoded = body.replace(b"Content-Type: image/jpeg", b"Content-Transfer-Encoding: base64")
    assert site.send(encoded, kind)[0] == 400
    assert site.send(body, "multipart/form-data; boundary=abc; boundary=xyz")[0] == 400
    assert site.send(body, "multipart/form-data")[0] == 400
    assert site.send(body[:-20], kind)[0] == 400
    assert site.send(body + body, kind)[0] == 400
    assert site.send(b"x" * (MIB + 1), "image/jpeg")[0] == 413
    assert site.send(body, kind)[0] == 200


@pytest.mark.parametrize("how", ["wsgi", "asgi"])
def test_no_picture_passes_in_a_part_that_only_the_framework_would_see(
    sites: Callable[..., Site], pictures: Pictures, how: str
) -> None:
    """Django begins a part wherever the boundary stands: in the middle of a text, and behind the form's end."""
    site = sites(how)
    text = b'--xyz\r\nContent-Disposition: form-data; name="title"\r\n\r\nA walk'
    head = b'--xyz\r\nContent-Disposition: form-data; name="file0"; filename="a.jpg"\r\n\r\n'
    for between in (b" ", b"\r\n--xyz--\r\n"):
        body = text + between + head + pictures.known + b"\r\n--xyz--\r\n"
        assert site.send(body, "multipart/form-data; boundary=xyz")[0] == 400


def test_a_person_with_a_browser_reads_why_and_the_site_counts_it(
    sites: Callable[..., Site], chromium: Browser, pictures: Pictures
) -> None:
    site = sites("django", csrf=True)
    page = chromium.new_page()
    for picture, status in ((pictures.known, 403), (pictures.other, 200)):
        page.goto(f"http://127.0.0.1:{site.port}/upload/")
        page.set_input_files("#file", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture})
        with page.expect_navigation() as navigation:
            page.click("button")
        assert navigation.value is not None
        assert navigation.value.status == status
    page.goto(f"http://127.0.0.1:{site.port}/counts/")
    counts = page.inner_text("body")
    page.close()
    assert 'argine_connect_checks_total{connector="django",outcome="block"} 1' in counts
    assert 'argine_connect_judgements_total{connector="django",judgement="accept"} 1' in counts
