"""Films over the API: hashed in a process of their own, matched with films and pictures, told with their times."""

import io
import json
from base64 import urlsafe_b64encode
from functools import cache
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests import clips
from tests.factories import every_fault

from argine.desk.banks.live import BANKS
from argine.desk.banks.models import BankEntry, EntrySignal, Sighting
from argine.desk.banks.operations import LAWFUL, REMOVED, REPORTED, add_entry, create_bank, withdraw_entry
from argine.desk.banks.policies import FilmRule
from argine.desk.core.actor import SYSTEM
from argine.matching import BankKind
from argine.signals import exact
from argine.signals.films import hash_film, hash_film_query
from argine.signals.hasher import HashedFile, hash_file_bytes
from argine.signals.types import Signal, SignalType
from argine.signals.video import VideoSignal, vpdq

URL = "/api/v1/check"


@cache
def film(seed: int, seconds: float, start: float = 0.0) -> bytes:
    return clips.film(clips.frames(seed, seconds, start))


@cache
def banked(seed: int, seconds: float) -> HashedFile:
    return hash_film(film(seed, seconds))


def still(seed: int, time: float) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(clips.frame(seed, time)).save(buffer, "PNG")
    return buffer.getvalue()


def look_of(hashed: HashedFile) -> list[Signal]:
    """Without the exact signals: as of another encoding."""
    return [signal for signal in hashed.signals if signal.type is SignalType.VIDEO]


def check_file(client: Client, data: bytes, **fields: object) -> Any:
    return client.post(URL, {"file": SimpleUploadedFile("film", data), **fields})


def check_json(client: Client, **body: object) -> Any:
    return client.post(URL, json.dumps(body), content_type="application/json")


@pytest.mark.parametrize(("bank", "verdict"), [(REMOVED, "block"), (REPORTED, "review"), (LAWFUL, "allow")])
def test_a_part_of_a_banked_film_is_judged_by_the_kind_of_its_bank(platform: Client, bank: str, verdict: str) -> None:
    entry = add_entry(bank, look_of(banked(1, 12)), origin="test", by=SYSTEM)
    body = check_file(platform, film(1, 4, 4)).json()
    assert body["verdict"] == verdict
    (match,) = body["matches"]
    assert (match["entry"], match["signal_type"], match["strength"]) == (str(entry.id), "video", "block")
    times = match["found"]["times"]
    assert times["query_seconds"] == pytest.approx(4, abs=0.2)
    assert times["entry_seconds"] == pytest.approx(12, abs=0.2)
    (part,) = times["segments"]
    assert part["entry_from"] - part["query_from"] == pytest.approx(4, abs=1)
    assert body["film"]["frames"] >= 3
    assert (body["film"]["width"], body["film"]["height"]) == (320, 240)


def test_another_film_is_allowed_and_leaves_no_trace(platform: Client) -> None:
    add_entry(REMOVED, look_of(banked(1, 12)), origin="test", by=SYSTEM)
    body = check_file(platform, film(2, 4)).json()
    assert (body["verdict"], body["matches"], body["unhashable"]) == ("allow", [], None)
    assert Sighting.objects.count() == 0


def test_the_very_same_file_is_found_by_its_bytes_too(platform: Client) -> None:
    add_entry(REMOVED, banked(1, 12).signals, origin="test", by=SYSTEM)
    kinds = {match["signal_type"] for match in check_file(platform, film(1, 12)).json()["matches"]}
    assert kinds == {"sha256", "md5", "video"}


def test_a_still_of_a_banked_film_is_found_and_when_it_is_seen(platform: Client) -> None:
    add_entry(REMOVED, look_of(banked(1, 12)), origin="test", by=SYSTEM)
    body = check_file(platform, still(1, 7.5)).json()
    assert body["verdict"] == "block"
    (match,) = body["matches"]
    assert match["found"]["times"]["query_seconds"] == 0
    assert match["found"]["times"]["segments"][0]["entry_from"] == pytest.approx(7.5, abs=0.5)


def test_a_film_that_shows_a_banked_picture_is_found_and_when(platform: Client) -> None:
    entry = add_entry(REMOVED, hash_file_bytes(still(1, 7)).signals, origin="test", by=SYSTEM)
    body = check_file(platform, film(1, 12)).json()
    assert body["verdict"] in {"block", "review"}
    match = body["matches"][0]
    assert match["entry"] == str(entry.id)
    assert match["found"]["times"]["segments"][0]["query_from"] == pytest.approx(7, abs=1.1)


def test_a_lawful_scene_does_not_let_the_rest_of_a_film_through(platform: Client) -> None:
    """A film that is mostly something else is not vetoed by a short part that is known to be lawful."""
    add_entry(LAWFUL, look_of(hash_film(film(1, 3))), origin="test", by=SYSTEM)
    add_entry(REMOVED, look_of(hash_film(film(1, 6, 3))), origin="test", by=SYSTEM)
    assert check_file(platform, film(1, 9)).json()["verdict"] == "block"


def test_a_film_known_to_be_lawful_as_a_whole_is_let_through(platform: Client) -> None:
    add_entry(LAWFUL, look_of(banked(1, 12)), origin="test", by=SYSTEM)
    add_entry(REMOVED, look_of(hash_film(film(1, 6, 3))), origin="test", by=SYSTEM)
    assert check_file(platform, film(1, 12)).json()["verdict"] == "allow"


def test_a_sighting_keeps_where_which_part_was_seen_and_the_log_agrees(platform: Client) -> None:
    add_entry(REPORTED, look_of(banked(1, 12)), origin="test", by=SYSTEM)
    check_file(platform, film(1, 4, 4), content_id="post-7")
    sighting = Sighting.objects.get()
    assert (sighting.signal_type, sighting.content_id) == ("video", "post-7")
    assert sighting.found["times"]["segments"][0]["frames"] >= 3
    assert every_fault() == []


def test_a_banks_thresholds_say_how_much_of_a_clip_must_appear(platform: Client) -> None:
    create_bank("whole", "Whole clips only", BankKind.BLOCK, film=FilmRule(film_entry_percent=80), by=SYSTEM)
    add_entry("whole", look_of(banked(1, 12)), origin="test", by=SYSTEM)
    assert check_file(platform, film(1, 4, 4)).json()["verdict"] == "allow"
    assert check_file(platform, film(1, 12)).json()["verdict"] == "block"


def test_the_frames_are_sealed_at_rest_and_gone_with_the_entry(platform: Client) -> None:
    (signal,) = look_of(banked(1, 12))
    entry = add_entry(REMOVED, [signal], origin="test", by=SYSTEM)
    assert signal.value[:200] not in bytes(EntrySignal.objects.get().value)
    withdraw_entry(entry, erase=True, by=SYSTEM)
    assert EntrySignal.objects.count() == 0
    assert check_file(platform, film(1, 12)).json()["verdict"] == "allow"
    assert check_file(platform, still(1, 7.5)).json()["verdict"] == "allow"
    assert every_fault() == []


def test_a_process_that_starts_anew_has_the_films_of_before(platform: Client) -> None:
    add_entry(REMOVED, look_of(banked(1, 12)), origin="test", by=SYSTEM)
    BANKS.forget()
    assert check_file(platform, still(1, 7.5)).json()["verdict"] == "block"


def test_a_film_whose_row_was_damaged_does_not_stop_the_others(platform: Client) -> None:
    broken = add_entry(REMOVED, look_of(banked(2, 12)), origin="test", by=SYSTEM)
    add_entry(REMOVED, look_of(banked(1, 12)), origin="test", by=SYSTEM)
    EntrySignal.objects.filter(entry=broken).update(value=b"nothing")
    BANKS.forget()
    assert check_file(platform, still(1, 7.5)).json()["verdict"] == "block"


def test_an_entry_that_is_bound_to_a_marked_part_does_not_match_by_its_film(platform: Client) -> None:
    entry = add_entry(REMOVED, banked(1, 12).signals, origin="test", by=SYSTEM)
    BankEntry.objects.filter(pk=entry.pk).update(region=[0, 0, 5000, 5000])
    BANKS.forget()
    assert {m["signal_type"] for m in check_file(platform, film(1, 12)).json()["matches"]} == {"sha256", "md5"}


def test_the_signals_that_are_told_check_the_same(platform: Client) -> None:
    add_entry(REMOVED, look_of(banked(1, 12)), origin="test", by=SYSTEM)
    told = check_file(platform, film(1, 4, 4)).json()["signals"]
    assert {signal["type"] for signal in told} == {"sha256", "md5", "video"}
    body = check_json(platform, signals=told).json()
    assert (body["verdict"], body["film"], body["signals"]) == ("block", None, [])


def test_a_mirrored_film_is_found_by_its_views(platform: Client) -> None:
    add_entry(REMOVED, look_of(banked(1, 12)), origin="test", by=SYSTEM)
    mirrored = clips.film(one[:, ::-1] for one in clips.frames(1, 4, 4))
    body = check_file(platform, mirrored).json()
    assert (body["verdict"], body["matches"][0]["found"]["mirrored"]) == ("review", True)
    video = hash_film_query(mirrored).video
    assert video is not None
    assert video.views is not None
    bare = video.signal.without_patches().signal()
    signals = [{"type": "video", "value": bare.text, "quality": None}]
    assert check_json(platform, signals=signals).json()["verdict"] == "allow"
    views = urlsafe_b64encode(video.views.tobytes()).rstrip(b"=").decode()
    assert check_json(platform, signals=signals, video_views=views).json()["verdict"] == "review"


def test_vpdq_of_others_is_matched(platform: Client) -> None:
    (signal,) = look_of(banked(1, 12))
    theirs = vpdq.from_text(vpdq.to_text(VideoSignal.from_bytes(signal.value)))
    add_entry(REMOVED, [theirs.signal()], origin="test", by=SYSTEM)
    assert check_file(platform, film(1, 4, 4)).json()["verdict"] == "block"


def test_a_film_of_one_colour_is_unhashable_and_not_silently_allowed(platform: Client) -> None:
    flat = clips.film(np.full((240, 320, 3), 90, np.uint8) for _ in range(20))
    body = check_file(platform, flat).json()
    assert body["verdict"] == "unhashable"
    assert body["unhashable"].startswith("flat: all")


@pytest.mark.parametrize(
    ("data", "status", "error"),
    [
        (clips.sound, 422, "video_without_pictures"),
        (lambda: film(1, 4)[:300], 422, "picture_damaged"),
        (lambda: clips.film(clips.frames(1, 1), "flv1", "avi"), 415, "picture_unsupported"),
    ],
)
def test_what_is_no_film_that_can_be_read_is_refused_with_the_reason(
    platform: Client, data: Any, status: int, error: str
) -> None:
    answer = check_file(platform, data())
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_film_longer_or_larger_than_the_settings_allow_is_refused(platform: Client, settings: Any) -> None:
    config = settings.CONFIG
    settings.CONFIG = type(config)(**{**fields_of(config), "max_film_minutes": 1})
    long = clips.film(clips.frames(1, 70, rate=1), rate=1)
    assert check_file(platform, long).json()["error"] == "video_too_long"


def fields_of(config: Any) -> dict[str, Any]:
    return {name: getattr(config, name) for name in type(config).__dataclass_fields__}


def test_a_banked_file_is_found_by_its_bytes_even_where_it_cannot_be_decoded(platform: Client) -> None:
    data = film(1, 4)[:300]
    add_entry(REMOVED, [exact.sha256(data)], origin="test", by=SYSTEM)
    assert check_file(platform, data).json()["verdict"] == "block"


@pytest.mark.parametrize(
    "body",
    [
        {"signals": [{"type": "video", "value": "AA"}]},
        {"signals": [{"type": "video", "value": "!"}]},
        {"signals": [{"type": "sha256", "value": "0" * 64}], "video_views": "AA"},
        {"signals": [{"type": "video", "value": 7}]},
    ],
)
def test_malformed_signals_of_a_film_are_told(platform: Client, body: dict[str, Any]) -> None:
    answer = check_json(platform, **body)
    assert answer.status_code == 422
    assert answer.json()["fields"]


def test_a_check_ends_early_once_nothing_can_change_any_more(platform: Client) -> None:
    long = clips.film(clips.frames(3, 60), gop=10)
    add_entry(REMOVED, look_of(hash_film(long)), origin="test", by=SYSTEM)
    body = check_file(platform, long).json()
    assert body["verdict"] == "block"
    assert body["film"]["whole"] is False
    assert body["film"]["frames"] < 30
