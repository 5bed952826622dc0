"""The browser's hasher in a real Chromium, under the page's strict policy, gives the server's own bits."""

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps
from playwright.sync_api import Browser, Page
from skimage import data
from tests.functional.strict_files import ROOT, strict_server

from argine.media import decode
from argine.signals import patch
from argine.signals.hasher import hash_file_bytes
from argine.signals.types import PICTURE_TYPES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("hasher")]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with strict_server() as address:
        yield address


@pytest.fixture(scope="module")
def page(chromium: Browser, address: str) -> Iterator[Page]:
    page = chromium.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    page.wait_for_function("window.harness")
    yield page
    page.close()
    assert complaints == []


def vectors(name: str) -> list[dict[str, Any]]:
    return json.loads((ROOT / "vectors" / f"{name}.json").read_text(encoding="utf-8"))


def encoded(image: Image.Image, format_: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


def in_browser(page: Page, content: bytes) -> dict[str, Any]:
    file = {"name": "a", "mimeType": "application/octet-stream", "buffer": content}
    page.set_input_files("input", files=[file])  # type: ignore[list-item]  # the library's own form
    return page.evaluate("harness.hashFiles()")[0]


def patches_in_browser(page: Page, content: bytes) -> str:
    return next(one["value"] for one in in_browser(page, content)["signals"] if one["type"] == "patch")


def on_server(content: bytes) -> list[dict[str, Any]]:
    signals = hash_file_bytes(content).signals
    return [{"type": signal.type.value, "value": signal.text, "quality": signal.quality} for signal in signals]


def test_pdq_equals_every_vector_of_the_reference(page: Page) -> None:
    expected = [{"value": vector["pdq"], "quality": vector["quality"]} for vector in vectors("pdq")]
    assert page.evaluate("(recipes) => recipes.map(harness.pdqOf)", vectors("pdq")) == expected


def test_the_worker_finds_the_same_in_files_and_says_which_are_unhashable(page: Page) -> None:
    results = page.evaluate("(recipes) => harness.hashRecipes(recipes)", vectors("pdq"))
    for vector, result in zip(vectors("pdq"), results, strict=True):
        small = min(vector["width"], vector["height"]) < 5
        flat = vector["quality"] < 50
        assert result["unhashable"] == ("too_small" if small else "flat" if flat else None)
        found = [signal for signal in result["signals"] if signal["type"] == "pdq"]
        expected = {"type": "pdq", "value": vector["pdq"], "quality": vector["quality"]}
        assert found == ([] if result["unhashable"] else [expected])


def test_patches_equal_every_vector(page: Page) -> None:
    found = page.evaluate("(recipes) => recipes.map(harness.patchesOf)", vectors("patch"))
    expected = [vector["sha256"] for vector in vectors("patch")]
    assert [hashlib.sha256(text.encode()).hexdigest() for text in found] == expected


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "page"])
def test_a_picture_has_the_same_patches_in_the_browser_and_on_the_server(page: Page, name: str) -> None:
    pixels = np.asarray(Image.fromarray(getattr(data, name)()).convert("RGB"))
    assert patches_in_browser(page, encoded(Image.fromarray(pixels), "PNG")) == patch.hash_pixels(pixels).text


def test_a_picture_hashed_in_the_browser_matches_an_edited_copy_hashed_on_the_server(page: Page) -> None:
    original = Image.fromarray(data.astronaut())
    reported = patch.PatchSet.parse(patches_in_browser(page, encoded(original, "JPEG", quality=90)))
    copy = ImageOps.mirror(original).rotate(8).crop((60, 60, 450, 450)).resize((300, 300))
    uploaded = patch.hash_pixels(decode.picture(encoded(copy, "JPEG", quality=50)).pixels, patch.QUERY_PATCHES)
    agreement = patch.agreement(reported, uploaded)
    assert patch.strength_of(agreement) is not patch.Strength.NONE
    assert agreement.mirrored


@pytest.mark.parametrize("slice_", [1, 7, 64, 100, 1_000_000])
def test_exact_hashes_equal_every_vector_however_they_are_sliced(page: Page, slice_: int) -> None:
    for vector in vectors("exact"):
        found = page.evaluate("([length, slice]) => harness.exactOf(length, slice)", [vector["length"], slice_])
        assert found == {"sha256": vector["sha256"], "md5": vector["md5"]}


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket", "retina", "camera", "page", "text"])
def test_a_picture_has_the_same_signals_in_the_browser_and_on_the_server(page: Page, name: str) -> None:
    content = encoded(Image.fromarray(getattr(data, name)()), "PNG")
    found = in_browser(page, content)
    assert found["signals"] == on_server(content)


@pytest.mark.parametrize("size", [(9001, 41), (41, 9001), (4097, 257), (20_000, 6)])
def test_a_picture_that_is_read_in_tiles_has_no_seams(page: Page, size: tuple[int, int]) -> None:
    content = encoded(Image.fromarray(data.coffee()).resize(size), "PNG")
    assert in_browser(page, content)["signals"] == on_server(content)


@cache
def forms() -> dict[str, bytes]:
    photo = Image.fromarray(data.astronaut()).resize((301, 200))
    faded = photo.copy()
    faded.putalpha(Image.linear_gradient("L").resize(photo.size))
    exif = Image.Exif()
    exif[0x0112] = 6
    return {
        "jpeg": encoded(photo, "JPEG", quality=80),
        "progressive": encoded(photo, "JPEG", quality=80, progressive=True),
        "turned jpeg": encoded(photo, "JPEG", quality=90, exif=exif),
        "turned png": encoded(photo, "PNG", exif=exif),
        "webp that says it is turned": encoded(photo, "WEBP", lossless=True, exif=exif),
        "grey jpeg": encoded(photo.convert("L"), "JPEG"),
        "cmyk jpeg": encoded(photo.convert("CMYK"), "JPEG", quality=90),
        "palette": encoded(photo.quantize(50), "PNG"),
        "gif": encoded(photo, "GIF", save_all=True, append_images=[photo.rotate(180)]),
        "clear png": encoded(faded, "PNG"),
        "clear webp": encoded(faded, "WEBP", lossless=True),
        "bmp": encoded(photo, "BMP"),
        "avif": encoded(photo, "AVIF", quality=90),
        "black and white": encoded(photo.convert("1"), "PNG"),
    }


@pytest.mark.parametrize(("name", "content"), forms().items(), ids=forms())
def test_every_form_of_a_picture_is_decoded_alike(page: Page, name: str, content: bytes) -> None:
    found = {signal["type"]: signal for signal in in_browser(page, content)["signals"]}
    expected = {signal["type"]: signal for signal in on_server(content)}
    differing = int(found["pdq"].pop("value"), 16) ^ int(expected["pdq"].pop("value"), 16)
    assert differing.bit_count() <= 2  # a browser may bring a decoder of another version
    sets = [patch.PatchSet.parse(one["patch"].pop("value")) for one in (found, expected)]
    assert patch.strength_of(patch.agreement(*sets)) is patch.Strength.BLOCK
    assert found == expected
    assert set(found) == PICTURE_TYPES


def test_progress_is_told_and_only_rises(page: Page) -> None:
    progress = in_browser(page, encoded(Image.fromarray(data.retina()), "PNG"))["progress"]
    assert len(progress) > 5
    assert progress == sorted(progress)
    assert 0 < progress[0] < progress[-1] <= 1


@pytest.mark.parametrize("content", [b"", b"a text", b"\xff\xd8\xff\xd9", b"%PDF-1.7"])
def test_what_is_no_picture_is_said_to_be_none(page: Page, content: bytes) -> None:
    assert page.evaluate("(bytes) => harness.hashBytes(bytes)", list(content))["error"] == "not_a_picture"


def test_a_file_that_is_too_large_is_refused_and_the_next_one_hashed(page: Page) -> None:
    assert page.evaluate("(count) => harness.hashZeros(count)", 64 * 1024 * 1024 + 1)["error"] == "too_large"
    assert "error" not in in_browser(page, encoded(Image.fromarray(data.coffee()), "PNG"))


def test_a_canvas_that_is_altered_against_tracking_is_noticed(chromium: Browser, address: str) -> None:
    page = chromium.new_page()
    page.goto(address)
    page.wait_for_function("window.harness")
    assert page.evaluate("harness.checkCanvas()") is None
    page.evaluate("""() => {
        const kind = OffscreenCanvasRenderingContext2D.prototype;
        const honest = kind.getImageData;
        kind.getImageData = function (...area) {
            const read = honest.apply(this, area);
            read.data[1001] ^= 1;
            return read;
        };
    }""")
    assert page.evaluate("harness.checkCanvas()") == "canvas_protected"
    page.close()


def test_a_worker_that_does_not_start_is_told_to_whoever_waits(chromium: Browser, address: str) -> None:
    context = chromium.new_context()
    context.route("**/hash-worker.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(address)
    page.wait_for_function("window.harness")
    for _ in range(2):
        assert page.evaluate("harness.hashBytes([1])")["error"] == "hasher_unavailable"
    context.close()
