"""Films hashed in a real Chromium, under a strict policy: the server's bits, pause and resume, plain errors."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from tests import clips
from tests.functional.strict_files import strict_server

from argine.matching.video import VideoMatcher
from argine.media.video import BANK_RULE, FrameRule, frames
from argine.signals import pdq
from argine.signals.video import VideoSignal
from argine.signals.video.hasher import hash_video

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("hasher")]

EVERY_FRAME = FrameRule(every=0.05, full_until=float("inf"))


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    with strict_server() as address:
        page = chromium.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        page.wait_for_function("window.harness")
        yield page
        page.close()
        # An empty file cannot even be asked for a part of it; the browser writes so.
        assert [text for text in complaints if "RANGE_NOT_SATISFIABLE" not in text] == []


def start(page: Page, film: bytes, every: float = 0.5) -> None:
    file = {"name": "a", "mimeType": "video/mp4", "buffer": film}
    page.set_input_files("input", files=[file])  # type: ignore[list-item]  # the library's own form
    page.evaluate("(every) => { window.newestPart = 0; harness.hashVideo(every); }", every)


def hashed(page: Page, film: bytes, every: float = 0.5) -> dict[str, Any]:
    start(page, film, every)
    return page.evaluate("window.outcome")


def tall(one: clips.Pixels) -> clips.Pixels:
    return np.kron(one, np.ones((3, 3, 1), np.uint8))


def away(row: dict[str, Any], film: bytes) -> int:
    """Bits to the frame that the server sees at that time, or just beside it."""
    value = np.frombuffer(bytes.fromhex(row["value"]), np.uint8)
    near = [one for one in frames(film, EVERY_FRAME) if abs(one.time - row["start"] / 1000) <= 0.11]
    return min(int(np.bitwise_count(value ^ pdq.codes([pdq.hash_pixels(one.pixels)])[0]).sum()) for one in near)


FILMS = {
    "tagged BT.601": lambda: clips.film(map(tall, clips.frames(1, 2)), colorspace=6, color_primaries=6, color_trc=6),
    "tagged BT.709": lambda: clips.film(clips.frames(1, 3), colorspace=1, color_primaries=1, color_trc=1),
    "matrix alone tagged": lambda: clips.film(clips.frames(1, 3), colorspace=1),
    "untagged": lambda: clips.film(clips.frames(1, 3)),
    "untagged, 720 lines": lambda: clips.film(map(tall, clips.frames(1, 2))),
    "VP8": lambda: clips.film(clips.frames(1, 3), "libvpx", "webm"),
    "VP9": lambda: clips.film(clips.frames(1, 3), "libvpx-vp9", "webm"),
    "AV1": lambda: clips.film(clips.frames(1, 3), "libsvtav1"),
    "turned": lambda: clips.turned(clips.film(clips.frames(1, 3)), (0, 1, -1, 0)),
    "pixels that are not square": lambda: clips.film(clips.frames(1, 3), sample_aspect_ratio=clips.Fraction(4, 3)),
}


@pytest.mark.parametrize("name", FILMS)
def test_the_same_frames_have_nearly_the_same_bits_as_on_the_server(page: Page, name: str) -> None:
    film = FILMS[name]()
    found = hashed(page, film)
    assert found["unhashable"] is None
    bits = [away(row, film) for row in found["rows"]]
    assert np.median(bits) <= 4, bits
    assert max(bits) <= 12, bits


def test_the_bytes_are_a_signal_that_finds_the_film(page: Page) -> None:
    film = clips.film(clips.frames(1, 6))
    found = hashed(page, film)
    signal = VideoSignal.from_bytes(bytes(found["bytes"]))
    assert [row["value"] for row in found["rows"]] == [code.tobytes().hex() for code in signal.codes]
    assert (signal.width, signal.height) == (found["width"], found["height"]) == (320, 240)
    matcher = VideoMatcher()
    matcher.put_bank("bank")
    matcher.put_entry("film", "bank", signal)
    query = hash_video(film, rule=BANK_RULE)
    (match,) = matcher.match(query.signal, query.views)
    assert match.query_share > 0.9


def test_progress_rises_to_the_end(page: Page) -> None:
    progress = hashed(page, clips.film(clips.frames(1, 4)))["progress"]
    assert progress == sorted(progress)
    assert progress[-1] == 1
    assert len(progress) == 8


def test_it_pauses_and_goes_on_where_it_was(page: Page) -> None:
    film = clips.film(clips.frames(1, 10))
    expected = hashed(page, film)["rows"]
    start(page, film)
    while page.evaluate("window.newestPart") < 0.1:  # the policy forbids what Playwright would wait with
        time.sleep(0.02)
    page.evaluate("harness.pause()")
    paused = -1.0
    while paused != page.evaluate("window.newestPart"):  # the frame in hand is finished, however slow the machine
        paused = page.evaluate("window.newestPart")
        time.sleep(1)
    assert page.evaluate("window.newestPart") == paused < 1
    page.evaluate("harness.resume()")
    assert page.evaluate("window.outcome")["rows"] == expected


def test_it_can_be_stopped_also_while_paused(page: Page) -> None:
    start(page, clips.film(clips.frames(1, 20)))
    page.evaluate("harness.pause()")
    page.evaluate("harness.stop()")
    assert page.evaluate("window.outcome")["error"] == "video_stopped"


@pytest.mark.parametrize(
    "film",
    [
        lambda: b"",
        lambda: b"a text",
        lambda: clips.film(clips.frames(1, 1))[:200],
        lambda: clips.film(clips.frames(1, 1), "mpeg4", "avi"),
        lambda: clips.film(clips.frames(1, 1), "libx265"),
        clips.sound,
    ],
    ids=["nothing", "text", "cut off", "avi", "hevc", "sound"],
)
def test_what_the_browser_cannot_play_is_said(page: Page, film: Any) -> None:
    assert hashed(page, film())["error"] == "video_unplayable"


def test_a_flat_film_is_said_to_be_unhashable(page: Page) -> None:
    found = hashed(page, clips.film(np.full((240, 320, 3), 90, np.uint8) for _ in range(20)))
    assert found["unhashable"] == "flat"
    assert found["rows"] == []
