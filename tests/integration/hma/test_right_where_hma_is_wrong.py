"""What was measured to be wrong in HMA is right here, over the same addresses."""

import io
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.conf import LazySettings
from PIL import Image
from tests.factories import cat_signals, every_fault, make_case, random_signals
from tests.integration.hma.conftest import Tool, encoded, texture

from argine.desk.banks.models import Sighting
from argine.desk.banks.operations import LAWFUL, REMOVED, REPORTED, add_entry
from argine.desk.banks.queries import entries_of_case
from argine.desk.core.actor import SYSTEM
from argine.desk.hma import queries
from argine.signals.types import SignalType

ORIENTATION = 0x0112


def banked(tool: Tool, picture: Image.Image) -> int:
    answer = tool.file(f"/c/bank/{tool.bank()}/content", encoded(picture))
    number: int = answer.json()["id"]
    return number


def distance(answer: Any, kind: str = "pdq") -> int:
    (match,) = answer.json()[kind]["TEST_BANK"]
    return int(match["distance"])


def turned_by_its_tag(picture: Image.Image) -> bytes:
    """The same picture as a phone keeps it: its pixels lie on their side, and a tag says how to show them."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    return encoded(picture.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95, exif=exif)


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(turned_by_its_tag, id="orientation"),
        pytest.param(lambda picture: encoded(picture.quantize(256), "GIF"), id="gif"),
        pytest.param(lambda picture: encoded(picture.quantize(256), "PNG"), id="palette"),
        pytest.param(lambda picture: encoded(picture.convert("CMYK"), "JPEG", quality=95), id="cmyk"),
        pytest.param(
            lambda picture: encoded(Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257), "PNG"),
            id="16 bit",
        ),
    ],
)
def test_the_same_picture_kept_in_another_way_is_the_same_picture(tool: Tool, copy: Any) -> None:
    picture = texture()
    banked(tool, picture)
    answer = tool.file("/m/lookup", copy(picture))
    assert distance(answer) <= 16


@pytest.mark.parametrize("path", ["/m/lookup", "/c/bank/TEST_BANK/content"])
def test_a_flat_picture_is_said_to_be_unhashable_and_not_a_bad_request(tool: Tool, flat: bytes, path: str) -> None:
    tool.bank()
    answer = tool.file(path, flat)
    assert answer.status_code == 400
    assert answer.json()["unhashable"] is True
    assert "neither a match nor no match" in answer.json()["message"]


def test_hashing_a_flat_picture_answers_as_hma_does_and_says_why_in_a_header(tool: Tool, flat: bytes) -> None:
    answer = tool.file("/h/hash", flat)
    assert (answer.status_code, answer.json()) == (200, {"pdq": ""})
    assert answer.headers["Argine-Unhashable"].startswith("flat: quality")


@pytest.mark.parametrize("path", ["/h/hash", "/m/lookup", "/c/bank/TEST_BANK/content"])
@pytest.mark.parametrize("data", [b"", b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff"])
def test_what_is_no_picture_is_refused_and_nothing_fails(tool: Tool, path: str, data: bytes) -> None:
    tool.bank()
    answer = tool.file(path, data)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_a_file_that_is_too_large_is_refused_by_its_length(tool: Tool, settings: LazySettings) -> None:
    settings.CONFIG = replace(settings.CONFIG, max_upload_mib=1, max_film_mib=1)
    answer = tool.file("/h/hash", b"x" * (1024 * 1024 + 70_000))
    assert (answer.status_code, answer.json()) == (413, {"message": "Content too large"})


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda picture: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), id="mirrored"),
        pytest.param(lambda picture: picture.transpose(Image.Transpose.ROTATE_90), id="turned"),
        pytest.param(lambda picture: picture.crop((26, 26, 486, 486)), id="cropped"),
    ],
)
def test_edited_copies_are_told_to_who_asks_for_them(tool: Tool, edit: Any, cat: bytes) -> None:
    picture = _cat(cat)
    banked(tool, picture)
    copy = encoded(edit(picture))
    assert tool.file("/m/lookup", copy).json() == {"pdq": {}}
    answer = tool.file("/m/lookup?types=pdq,edited", copy)
    assert answer.json()["pdq"] == {}
    assert answer.json()["edited"]["TEST_BANK"][0]["bank_content_id"]


def _cat(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB").resize((512, 512))


def test_the_coin_is_the_same_for_one_seed_and_passed_over_on_request(tool: Tool) -> None:
    tool.add(tool.bank(enabled_ratio=0.5), "a" * 64)
    asked = {seed: tool.matches("a" * 64, seed=seed) for seed in "abcdefghij"}
    assert {bool(found) for found in asked.values()} == {True, False}
    assert all(tool.matches("a" * 64, seed=seed) == found for seed, found in asked.items())
    assert all(tool.matches("a" * 64, seed=seed, bypass_coinflip="true") for seed in asked)
    tool.json("PUT", "/c/bank/TEST_BANK", {"enabled": False})
    assert tool.matches("a" * 64, bypass_coinflip="true") == {}


@pytest.mark.parametrize("path", ["/h/hash", "/m/lookup"])
def test_no_address_is_fetched_unless_its_host_was_allowed(tool: Tool, settings: LazySettings, path: str) -> None:
    answer = tool.get(path, url="https://pictures.example/1.jpg")
    assert answer.status_code == 400
    assert "ARGINE_FETCH_HOSTS" in answer.json()["message"]
    settings.CONFIG = replace(settings.CONFIG, fetch_hosts=("pictures.example", "localhost"))
    for url in (
        "https://other.example/", "http://pictures.example/", "https://a@pictures.example/", "file:///etc/passwd",
        "https://pictures.example:99999/", "https://pictures.example.evil.example/", "gopher://pictures.example/",
        "https://127.0.0.1/", "https://[::1", "https://pictures.example\t/",
    ):  # fmt: skip
        answer = tool.get(path, url=url)
        assert answer.status_code == 400
        assert answer.json()["message"].startswith("Invalid or unsafe URL provided")
    # An allowed name that leads into the desk's own network.
    assert tool.get(path, url="https://localhost/").json() == {"message": "Failed to fetch URL: private"}


def test_hashing_without_an_address_is_told_in_hmas_list(tool: Tool) -> None:
    answer = tool.get("/h/hash")
    assert answer.status_code == 422
    assert answer.json() == [{"type": "missing", "loc": ["url"], "msg": "Field required"}]


def test_what_strangers_reported_answers_only_where_its_bank_is_named(tool: Tool) -> None:
    entry = add_entry(REPORTED, cat_signals(), origin="test", by=SYSTEM)
    pdq = cat_signals()[0].text
    number = queries.numbers([entry.id])[entry.id]
    assert tool.matches(pdq) == {}
    assert tool.matches(pdq, banks="REPORTED") == {"REPORTED": [{"bank_content_id": number, "distance": "0"}]}
    assert tool.get("/m/raw_lookup", signal_type="pdq", signal=pdq).json() == {"matches": []}
    tool.json("PUT", "/c/bank/REPORTED", {"enabled": True})
    assert set(tool.matches(pdq)) == {"REPORTED"}


def test_what_is_known_to_be_lawful_overrules_every_other_bank(tool: Tool) -> None:
    add_entry(REMOVED, cat_signals(), origin="test", by=SYSTEM)
    pdq = cat_signals()[0].text
    assert set(tool.matches(pdq)) == {"REMOVED"}
    add_entry(LAWFUL, cat_signals(), origin="test", by=SYSTEM)
    assert tool.matches(pdq) == {}
    assert set(tool.matches(pdq, banks="REMOVED,LAWFUL")) == {"LAWFUL"}


def test_a_look_up_that_matches_is_a_check_that_is_kept_and_logged(tool: Tool) -> None:
    tool.add(tool.bank(), "a" * 64)
    tool.matches("a" * 64)
    tool.matches("5" * 64)
    sighting = Sighting.objects.get()
    assert (sighting.bank_id, sighting.by.partition(":")[0]) == ("TEST_BANK", "key")


def test_tools_write_only_in_banks_of_their_own(tool: Tool) -> None:
    case = make_case(pictures=[random_signals()]).case
    (entry,) = entries_of_case(case.id)
    number = queries.numbers([UUID(str(entry.id))])[entry.id]
    own = f"/c/bank/REPORTED/content/{number}"
    refused = [
        tool.json("POST", "/c/bank/REMOVED/signal", {"pdq": "a" * 64}),
        tool.json("PUT", own, {"disable_until_ts": 0}),
        tool.delete(own),
        tool.delete("/c/bank/REPORTED"),
        tool.json("PUT", "/c/bank/REPORTED", {"name": "MINE"}),
    ]
    assert [answer.status_code for answer in refused] == [403] * 5
    entry.refresh_from_db()
    assert entry.withdrawn_at is None


def test_a_bank_opens_its_own_contents_only(tool: Tool) -> None:
    number = tool.add(tool.bank("BANK_A"), "a" * 64)
    tool.bank("BANK_B")
    for answer in (tool.get(f"/c/bank/BANK_B/content/{number}"), tool.delete(f"/c/bank/BANK_B/content/{number}")):
        assert answer.status_code == 404
    assert tool.matches("a" * 64) != {}


def test_everything_that_tools_did_agrees_with_the_log(tool: Tool) -> None:
    number = tool.add(tool.bank(), "a" * 64, note="x")
    tool.json("PUT", f"/c/bank/TEST_BANK/content/{number}", {"disable_until_ts": 0})
    tool.json("PUT", f"/c/bank/TEST_BANK/content/{number}", {"disable_until_ts": 1})
    tool.add("TEST_BANK", "b" * 64)
    tool.delete(f"/c/bank/TEST_BANK/content/{number}")
    tool.json("PUT", "/c/bank/TEST_BANK", {"name": "OTHER", "enabled_ratio": 0.25})
    tool.delete("/c/bank/OTHER")
    assert every_fault() == []


def test_a_picture_is_banked_with_what_finds_its_edits(tool: Tool, cat: bytes) -> None:
    number = tool.file(f"/c/bank/{tool.bank()}/content", cat).json()["id"]
    entry = queries.get_content(queries.get_bank("TEST_BANK"), number)
    assert {row.type for row in entry.signals.all()} == {SignalType.PDQ, SignalType.PATCH, SignalType.SHA256}
