"""Films hashed in a real Chromium, under a strict policy: the server's bits, pause and resume, plain errors.

How far its bits are from the server's, over films drawn here and over a folder of yours:
`ARGINE_FILMS=FOLDER ./dev test -n 0 -s tests/functional/test_browser_video.py -k bits`
"""

import os
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from tests import clips
from tests.functional.strict_files import strict_server

from argine.matching.video import VideoMatcher
from argine.media.video import BANK_RULE
from argine.media.video.shown import Shower, stretch_of
from argine.signals import pdq
from argine.signals.video import VideoSignal
from argine.signals.video.hasher import hash_video

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("hasher")]

FOLDER = os.environ.get("ARGINE_FILMS", "")
MEDIAN_BITS, MOST_BITS = 4, 12
BESIDE = 0.11
"""Seconds. A browser may show the frame before or after the one that was asked for."""


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


def codes_by_time(film: bytes) -> tuple[np.ndarray, np.ndarray]:
    """float64[n] seconds from the first frame and uint8[n, 32] hashes: all frames as the server shows them."""
    with av.open(BytesIO(film), "r") as container:
        stream = container.streams.video[0]
        shower, unit = Shower(stretch_of(stream.sample_aspect_ratio)), float(stream.time_base or 1)
        shown = [
            (frame.pts * unit, shower.pixels(frame)) for frame in container.decode(stream) if frame.pts is not None
        ]
    return np.array([time - shown[0][0] for time, _ in shown]), pdq.codes([pdq.hash_pixels(one) for _, one in shown])


def bits_away(rows: list[dict[str, Any]], film: bytes) -> list[int]:
    """Of each row, the bits to the frame that the server sees at that time, or just beside it."""
    times, codes = codes_by_time(film)
    found = []
    for row in rows:
        value = np.frombuffer(bytes.fromhex(row["value"]), np.uint8)
        near = np.abs(times - row["start"] / 1000) <= BESIDE
        found.append(int(np.bitwise_count(value ^ codes[near]).sum(axis=1).min()))
    return found


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
    bits = bits_away(found["rows"], film)
    report({name: bits})
    assert np.median(bits) <= MEDIAN_BITS, bits
    assert max(bits) <= MOST_BITS, bits


@pytest.mark.skipif(not FOLDER, reason="names no folder of films")
def test_over_a_folder_of_films_the_bits_are_nearly_the_servers(page: Page) -> None:
    agreement: dict[str, list[int]] = {}
    for path in sorted(Path(FOLDER).iterdir()):
        film = path.read_bytes()
        found = hashed(page, film)
        if "error" in found:
            print(f"{path.name}: {found['error']}")  # noqa: T201
            continue
        agreement[path.name] = bits_away(found["rows"], film)
    every = [one for bits in agreement.values() for one in bits]
    report({**agreement, "all": every})
    assert np.median(every) <= MEDIAN_BITS
    assert np.percentile(every, 99) <= MOST_BITS


def report(agreement: dict[str, list[int]]) -> None:
    for name, bits in agreement.items():
        numbers = f"median {np.median(bits):g}, 99 of 100 {np.percentile(bits, 99):g}, most {max(bits)}"
        print(f"{name}: {len(bits)} frames, bits {numbers}")  # noqa: T201


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
