import hashlib
import io
import json
from dataclasses import replace
from time import monotonic
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.factories import cat_signals, random_signals
from tests.forgery import FORGED_PART, forged_signals, forgery, jpeg, source
from tests.huge import HUGE

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.banks.models import Sighting
from argine.desk.banks.operations import LAWFUL, REMOVED, REPORTED, add_entry, create_bank, withdraw_entry
from argine.desk.core.actor import SYSTEM
from argine.matching import BankKind
from argine.signals import exact
from argine.signals.types import Signal, SignalType

URL = "/api/v1/check"
HALF_CAT = (225, 150)


def check_file(client: Client, data: bytes, **fields: object) -> Any:
    return client.post(URL, {"file": SimpleUploadedFile("picture", data), **fields})


def check_json(client: Client, **body: object) -> Any:
    return client.post(URL, json.dumps(body), content_type="application/json")


def as_json(signals: list[Signal]) -> list[dict[str, object]]:
    return [{"type": signal.type, "value": signal.text, "quality": signal.quality} for signal in signals]


@pytest.mark.parametrize(("bank", "verdict"), [(REMOVED, "block"), (REPORTED, "review"), (LAWFUL, "allow")])
def test_a_halved_and_reencoded_copy_is_judged_by_the_kind_of_its_bank(
    platform: Client, small_cat: bytes, bank: str, verdict: str
) -> None:
    entry = add_entry(bank, cat_signals(), origin="test", by=SYSTEM)
    answer = check_file(platform, small_cat)
    assert answer.status_code == 200
    body = answer.json()
    assert body["verdict"] == verdict
    (match,) = body["matches"]
    assert match["bank"] == bank
    assert match["entry"] == str(entry.id)
    assert match["signal_type"] == "pdq"
    assert match["distance"] <= match["threshold"] == 31
    UUID(body["id"])


def test_another_picture_is_allowed_and_leaves_no_trace(platform: Client, astronaut: bytes) -> None:
    add_entry(REMOVED, cat_signals(), origin="test", by=SYSTEM)
    before = Entry.objects.count()
    body = check_file(platform, astronaut).json()
    assert (body["verdict"], body["matches"], body["unhashable"]) == ("allow", [], None)
    assert Sighting.objects.count() == 0
    assert Entry.objects.count() == before


def test_the_signals_of_the_file_are_told_and_check_the_same(platform: Client, cat: bytes) -> None:
    add_entry(REMOVED, cat_signals(), origin="test", by=SYSTEM)
    signals = check_file(platform, cat).json()["signals"]
    assert {signal["type"] for signal in signals} == {"pdq", "sha256", "md5"}
    assert next(signal["value"] for signal in signals if signal["type"] == "sha256") == hashlib.sha256(cat).hexdigest()
    body = check_json(platform, signals=signals).json()
    assert body["verdict"] == "block"
    assert body["signals"] == []


def test_a_match_keeps_the_platforms_name_of_its_copy_and_is_logged(platform: Client, cat: bytes) -> None:
    add_entry(REPORTED, cat_signals(), origin="test", by=SYSTEM)
    body = check_file(platform, cat, content_id="post-7", content_url="https://site.example/p/7").json()
    sighting = Sighting.objects.get(check_id=body["id"])
    assert (sighting.content_id, sighting.content_url) == ("post-7", "https://site.example/p/7")
    assert sighting.by.startswith("key:")
    assert Entry.objects.get(event=Event.UPLOAD_MATCHED).subject == f"check:{body['id']}"


def test_json_names_the_content_too(platform: Client) -> None:
    signals = random_signals()
    add_entry(REPORTED, signals, origin="test", by=SYSTEM)
    check_json(platform, signals=as_json(signals), content={"id": "a/b", "url": "https://site.example/7"})
    assert {sighting.content_id for sighting in Sighting.objects.all()} == {"a/b"}


def test_a_banked_hash_of_exact_bytes_blocks_what_is_no_picture(platform: Client) -> None:
    video = b"\0\0\0\x18ftypmp42" + bytes(100)
    add_entry(REMOVED, [exact.sha256(video)], origin="test", by=SYSTEM)
    body = check_file(platform, video).json()
    assert body["verdict"] == "block"
    assert body["matches"][0]["signal_type"] == "sha256"
    assert "video is damaged" in body["unhashable"]


def test_a_flat_picture_is_said_to_be_unhashable(platform: Client, flat: bytes) -> None:
    body = check_file(platform, flat).json()
    assert body["verdict"] == "unhashable"
    assert "flat" in body["unhashable"]
    assert {signal["type"] for signal in body["signals"]} == {"sha256", "md5"}


@pytest.mark.parametrize(
    ("signals", "verdict"),
    [
        ([("pdq", "a" * 64, 100)], "allow"),
        ([("pdq", "a" * 64, None)], "allow"),
        ([("pdq", "a" * 64, 50)], "allow"),
        ([("pdq", "a" * 64, 49)], "unhashable"),
        ([("pdq", "a" * 64, 49), ("sha256", "b" * 64, None)], "unhashable"),
        ([("pdq", "a" * 64, 49), ("pdq", "c" * 64, 80)], "allow"),
        ([("sha256", "b" * 64, None)], "allow"),
        ([("md5", "B" * 32, None)], "allow"),
    ],
)
def test_unhashable_means_that_nothing_could_be_compared_by_look(
    platform: Client, signals: list[tuple[str, str, int | None]], verdict: str
) -> None:
    asked = [{"type": kind, "value": value, "quality": quality} for kind, value, quality in signals]
    body = check_json(platform, signals=asked).json()
    assert body["verdict"] == verdict
    assert (body["unhashable"] is not None) == (verdict == "unhashable")


def test_an_exact_match_counts_even_if_the_look_is_unhashable(platform: Client, flat: bytes) -> None:
    add_entry(REMOVED, [exact.sha256(flat)], origin="test", by=SYSTEM)
    assert check_file(platform, flat).json()["verdict"] == "block"


@pytest.mark.parametrize("banks", [["other"], ["other", "removed"], "other,removed", "other, removed "])
def test_only_the_banks_that_are_named_are_asked(platform: Client, cat: bytes, banks: object) -> None:
    create_bank("other", "Other", BankKind.BLOCK, by=SYSTEM)
    add_entry(REPORTED, cat_signals(), origin="test", by=SYSTEM)
    assert check_file(platform, cat, banks=banks).json()["verdict"] == "allow"
    add_entry("other", cat_signals(), origin="test", by=SYSTEM)
    assert check_file(platform, cat, banks=banks).json()["verdict"] == "block"


def test_a_bank_that_does_not_exist_is_refused_and_never_passed_over(platform: Client, cat: bytes) -> None:
    answer = check_file(platform, cat, banks="remvoed")
    assert answer.status_code == 422
    assert "banks" in answer.json()["fields"]
    assert "remvoed" not in answer.content.decode()


def test_a_file_at_the_limit_is_read_and_one_byte_more_is_not(platform: Client, settings: Any) -> None:
    settings.CONFIG = replace(settings.CONFIG, max_upload_mib=1)
    at_limit = bytes(1024 * 1024)
    add_entry(REMOVED, [exact.sha256(at_limit)], origin="test", by=SYSTEM)
    assert check_file(platform, at_limit).json()["verdict"] == "block"
    answer = check_file(platform, at_limit + b"\0")
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_a_form_without_a_file_name_is_told_what_it_lacks(platform: Client) -> None:
    answer = platform.post(URL, {"file": "text"})
    assert answer.status_code == 422
    assert "file name" in answer.json()["fields"]["file"]


def test_the_file_is_never_written_to_disk(platform: Client, cat: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a temporary file was made")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    monkeypatch.setattr("tempfile.mkstemp", refuse)
    big = cat + bytes(5 * 1024 * 1024)
    assert platform.post(URL, {"file": io.BytesIO(big)}).status_code == 200


def test_a_withdrawn_entry_matches_no_more_at_the_very_next_check(platform: Client, cat: bytes) -> None:
    from_bank = add_entry(REMOVED, cat_signals(), origin="test", by=SYSTEM)
    assert check_file(platform, cat).json()["verdict"] == "block"
    withdraw_entry(from_bank, erase=True, by=SYSTEM)
    assert check_file(platform, cat).json()["verdict"] == "allow"


def test_a_signal_type_without_a_known_length_is_refused_by_position(platform: Client) -> None:
    good = {"type": SignalType.PDQ, "value": "a" * 64}
    answer = check_json(platform, signals=[good, {"type": "pdq", "value": "abc"}])
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == ["signals.1"]


def animation(*shown: bytes | Image.Image, kind: str = "GIF") -> bytes:
    frames = [one if isinstance(one, Image.Image) else Image.open(io.BytesIO(one)) for one in shown]
    frames = [frame.convert("RGB").resize(HALF_CAT) for frame in frames]
    buffer = io.BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:])
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF", "TIFF"])
def test_a_banked_still_that_is_shown_in_an_animation_is_found_with_its_frame(
    platform: Client, astronaut: bytes, cat: bytes, kind: str
) -> None:
    add_entry(REMOVED, cat_signals(), origin="test", by=SYSTEM)
    body = check_file(platform, animation(astronaut, astronaut, cat, kind=kind), content_id="post-9").json()
    assert body["verdict"] == "block"
    assert {match["found"]["frame"] for match in body["matches"]} <= {2, 3}  # GIF and WebP drop what repeats
    assert body["animation"]["hashed"] == 2
    assert body["animation"]["left_out"] == 0
    assert [signal["type"] for signal in body["signals"]].count("pdq") == 2
    assert Sighting.objects.get(check_id=body["id"]).found["frame"] == body["matches"][0]["found"]["frame"]


def test_a_still_picture_has_no_frame_and_no_animation(platform: Client, small_cat: bytes) -> None:
    add_entry(REMOVED, cat_signals(), origin="test", by=SYSTEM)
    body = check_file(platform, small_cat).json()
    assert body["animation"] is None
    assert body["matches"][0]["found"]["frame"] is None
    assert Sighting.objects.get(check_id=body["id"]).found == {}


def test_the_signals_of_an_animation_find_it_again_when_they_are_sent_alone(
    platform: Client, astronaut: bytes, cat: bytes
) -> None:
    signals = check_file(platform, animation(astronaut, cat)).json()["signals"]
    add_entry(REMOVED, cat_signals(), origin="test", by=SYSTEM)
    assert check_json(platform, signals=signals).json()["verdict"] == "block"


def test_the_operator_says_how_many_frames_are_compared(
    platform: Client, astronaut: bytes, cat: bytes, settings: Any
) -> None:
    add_entry(REMOVED, cat_signals(), origin="test", by=SYSTEM)
    settings.CONFIG = replace(settings.CONFIG, max_frames=1)
    body = check_file(platform, animation(astronaut, cat)).json()
    assert body["verdict"] == "allow"
    assert body["animation"] == {"frames": 2, "hashed": 1, "left_out": 1}


@pytest.mark.parametrize("name", HUGE)
def test_a_small_file_that_promises_a_huge_picture_is_refused_at_once(platform: Client, name: str) -> None:
    data = HUGE[name]()
    check_file(platform, b"any")  # the hashing process has started
    start = monotonic()
    answer = check_file(platform, data)
    assert (answer.status_code, answer.json()["error"]) == (422, "picture_too_many_pixels")
    assert "64 million pixels" in answer.json()["message"]
    assert monotonic() - start < 2


def frame(number: int, signals: list[Signal]) -> dict[str, object]:
    return {"frame": number, "signals": [one for one in as_json(signals) if one["type"] in {"pdq", "patch"}]}


def test_a_platform_that_hashes_itself_sends_the_frames_too(platform: Client) -> None:
    add_entry(REMOVED, cat_signals(), origin="test", by=SYSTEM)
    frames = [frame(3, random_signals()), frame(7, cat_signals())]
    body = check_json(platform, signals=as_json(random_signals()), frames=frames).json()
    assert body["verdict"] == "block"
    assert {match["found"]["frame"] for match in body["matches"]} == {7}


def test_a_flat_first_frame_does_not_make_the_others_unhashable(platform: Client) -> None:
    flat = [{"type": "pdq", "value": "a" * 64, "quality": 3}]
    assert check_json(platform, signals=flat).json()["verdict"] == "unhashable"
    assert check_json(platform, signals=flat, frames=[frame(2, cat_signals())]).json()["verdict"] == "allow"


@pytest.mark.parametrize(
    ("frames", "where"),
    [
        ([{"frame": 0, "signals": [{"type": "pdq", "value": "a" * 64}]}], "frames.0.frame"),
        ([{"frame": 2, "signals": []}], "frames.0.signals"),
        ([{"frame": 2, "signals": [{"type": "pdq", "value": "abc"}]}], "frames.0.signals.0"),
        ([{"frame": 2, "signals": [{"type": "pdq", "value": "a" * 64}]}] * 65, "frames"),
    ],
)
def test_a_malformed_frame_is_refused_by_its_place(platform: Client, frames: list[object], where: str) -> None:
    answer = check_json(platform, signals=as_json(random_signals()), frames=frames)
    assert answer.status_code == 422
    assert where in answer.json()["fields"]


def test_a_match_of_a_bound_entry_says_so_and_its_source_does_not_match(platform: Client) -> None:
    add_entry(REMOVED, forged_signals(), origin="test", by=SYSTEM, region=FORGED_PART)
    answer = check_file(platform, jpeg(forgery().crop((20, 15, 580, 390)), 60)).json()
    (match,) = answer["matches"]
    assert (match["signal_type"], match["region_bound"]) == ("patch", True)
    assert match["region"] == {"left": 0.3333, "top": 0.25, "right": 0.6333, "bottom": 0.7}
    same = check_file(platform, jpeg(forgery())).json()
    assert {m["signal_type"]: m["region_bound"] for m in same["matches"]} == dict.fromkeys(
        ("sha256", "md5", "patch"), True
    )
    assert check_file(platform, jpeg(source())).json()["verdict"] == "allow"


def test_a_match_of_another_entry_says_that_it_is_bound_to_no_part(platform: Client, cat: bytes) -> None:
    add_entry(REMOVED, cat_signals(), origin="test", by=SYSTEM)
    (match,) = check_file(platform, cat).json()["matches"]
    assert (match["region_bound"], match["region"]) == (False, None)


def check_bytes(client: Client, data: bytes, **headers: str) -> Any:
    return client.post(URL, data, content_type="application/octet-stream", headers=headers)


def test_a_file_that_is_the_whole_body_is_answered_as_one_in_a_form(platform: Client, cat: bytes) -> None:
    add_entry(REMOVED, cat_signals(), origin="test", by=SYSTEM)
    names = {"Argine-Content-Id": "post-7", "Argine-Content-Url": "https://example.org/7", "Argine-Banks": "removed"}
    whole, form = check_bytes(platform, cat, **names).json(), check_file(platform, cat).json()
    assert whole["verdict"] == "block"
    assert whole | {"id": ""} == form | {"id": ""}
    assert Sighting.objects.order_by("at")[0].content_id == "post-7"


def test_only_the_signals_that_are_asked_for_are_made(platform: Client, cat: bytes) -> None:
    for answer in (
        check_bytes(platform, cat, **{"Argine-Signals": "pdq,md5"}),
        check_file(platform, cat, signals=["pdq", "md5"]),
        check_file(platform, cat, signals="pdq, md5"),
    ):
        assert [one["type"] for one in answer.json()["signals"]] == ["pdq", "md5"]


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ({"Argine-Signals": "pdq,phash"}, "signals.1"),
        ({"Argine-Banks": "no-such-bank"}, "banks"),
        ({"Argine-Content-Url": "ftp://example.org"}, "content_url"),
        ({"Argine-Content-Id": "x" * 301}, "content_id"),
    ],
)
def test_a_wrong_header_is_told_by_the_name_of_its_field(
    platform: Client, cat: bytes, headers: dict[str, str], field: str
) -> None:
    answer = check_bytes(platform, cat, **headers)
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [field]


def test_a_body_that_is_no_picture_or_too_large_is_refused(platform: Client, settings: Any) -> None:
    assert check_bytes(platform, b"x").status_code == 415
    settings.CONFIG = replace(settings.CONFIG, max_upload_mib=1)
    assert check_bytes(platform, bytes(1024 * 1024 + 1)).status_code == 413


def test_a_name_that_stands_twice_is_refused_and_named(platform: Client) -> None:
    """Of two programs that read the same words one would ask the first bank, the other the second."""
    twice = f'{{"signals": [{{"type": "md5", "value": "{"0" * 32}"}}], "banks": ["a"], "banks": ["b"]}}'
    answer = platform.post(URL, twice, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["fields"] == {"banks": "Send this once."}
