"""Patch sets in the desk: they find edited copies, are sealed at rest, and leave it in no list and no receipt."""

import hashlib
import json
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image
from skimage import data
from tests.factories import make_case, make_key

from argine.desk.audit.queries import Fault
from argine.desk.banks import verify
from argine.desk.banks.live import BANKS
from argine.desk.banks.models import EntrySignal, Sighting
from argine.desk.banks.operations import REMOVED, add_entry, create_default_banks
from argine.desk.banks.queries import signal_of
from argine.desk.cases.queries import notice_facts
from argine.desk.core.actor import SYSTEM
from argine.desk.core.crypto import SealError
from argine.signals.hasher import hash_file_bytes, hash_query
from argine.signals.types import SignalType

pytestmark = pytest.mark.django_db
URL = "/api/v1/check"


@pytest.fixture(autouse=True)
def banks() -> None:
    create_default_banks()


@pytest.fixture
def platform() -> Client:
    return Client(headers={"Authorization": f"Bearer {make_key()}"})


def jpeg(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()


CAT = Image.fromarray(data.chelsea())
SIGNALS = hash_file_bytes(jpeg(CAT)).signals
PART = jpeg(CAT.transpose(Image.Transpose.FLIP_LEFT_RIGHT).rotate(4).crop((50, 30, 400, 270)))


def of_patches() -> EntrySignal:
    return EntrySignal.objects.get(type=SignalType.PATCH)


def test_an_upload_that_shows_a_part_is_found_and_the_answer_says_how(platform: Client) -> None:
    add_entry(REMOVED, SIGNALS, origin="test", by=SYSTEM)
    answer = platform.post(URL, {"file": BytesIO(PART)}).json()
    assert answer["verdict"] in {"block", "review"}
    (match,) = answer["matches"]
    assert (match["signal_type"], match["found"]["mirrored"]) == ("patch", True)
    assert match["found"]["patches"] >= 4
    assert abs(match["found"]["rotation_degrees"] + 4) < 1
    assert len(match["found"]["outline"]) == 4
    seen = Sighting.objects.get()
    assert (seen.signal_type, seen.strength) == ("patch", match["strength"])
    assert seen.found["patches"] == match["found"]["patches"]


def test_signals_that_the_platform_made_itself_find_as_much(platform: Client) -> None:
    add_entry(REMOVED, SIGNALS, origin="test", by=SYSTEM)

    def lines(name: str) -> list[dict[str, object]]:
        made = getattr(hash_query(PART), name)
        return [{"type": one.type, "value": one.text, "quality": one.quality} for one in made]

    asked = {"signals": lines("signals"), "views": lines("views")}
    by_signals = platform.post(URL, json.dumps(asked), content_type="application/json").json()
    by_file = platform.post(URL, {"file": BytesIO(PART)}).json()
    assert by_signals["matches"] == by_file["matches"]


@pytest.mark.parametrize(("name", "value"), [("signals", "AQ"), ("signals", "!"), ("views", "AQ")])
def test_a_damaged_patch_set_is_refused_by_its_place(platform: Client, name: str, value: str) -> None:
    good = {"type": "sha256", "value": "a" * 64}
    asked = {"signals": [good], name: [good, {"type": "patch", "value": value}]}
    answer = platform.post(URL, json.dumps(asked), content_type="application/json")
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [f"{name}.1"]


def test_a_patch_set_whose_numbers_are_out_of_range_is_refused(platform: Client) -> None:
    patches = next(one for one in SIGNALS if one.type is SignalType.PATCH)
    bent = bytearray(patches.value)
    bent[43:45] = b"\xff\xff"  # the first patch's place
    asked = {"signals": [{"type": "patch", "value": type(patches)(patches.type, bytes(bent)).text}]}
    answer = platform.post(URL, json.dumps(asked), content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid")


def test_the_answer_hands_no_patch_set_out(platform: Client) -> None:
    answer = platform.post(URL, {"file": BytesIO(PART)}).json()
    assert [one["type"] for one in answer["signals"]] == ["pdq", "sha256", "md5"]


def test_a_patch_set_is_sealed_at_rest_and_bound_to_its_entry() -> None:
    add_entry(REMOVED, SIGNALS, origin="test", by=SYSTEM)
    row, patches = of_patches(), next(one for one in SIGNALS if one.type is SignalType.PATCH)
    assert patches.value not in bytes(row.value)
    assert patches.value[11:43] not in bytes(row.value)
    assert signal_of(row) == patches
    other = add_entry(REMOVED, SIGNALS[:1], origin="test", by=SYSTEM)
    row.entry = other
    with pytest.raises(SealError):
        signal_of(row)


def test_one_that_was_altered_is_found_by_verification_and_keeps_no_other_signal_out(platform: Client) -> None:
    add_entry(REMOVED, SIGNALS, origin="test", by=SYSTEM)
    row = of_patches()
    EntrySignal.objects.filter(pk=row.pk).update(value=bytes(row.value)[:-1] + b"\0")
    BANKS.forget()
    assert platform.post(URL, {"file": BytesIO(jpeg(CAT))}).json()["verdict"] == "block"
    assert [type(fault) for fault in verify.faults()] == [Fault]


def test_a_receipt_holds_a_hash_of_the_patch_set_alone() -> None:
    notice = make_case(pictures=[SIGNALS]).notice
    patches = next(one for one in SIGNALS if one.type is SignalType.PATCH)
    (picture,) = notice_facts(notice)["pictures"]
    assert picture["patch"] == f"sha256:{hashlib.sha256(patches.value).hexdigest()}"
    assert patches.text[20:60] not in json.dumps(notice_facts(notice))


def moving(*frames: Image.Image) -> bytes:
    file = BytesIO()
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:])
    return file.getvalue()


def test_an_entry_made_of_an_animation_is_found_by_a_part_of_any_frame_after_a_restart_too(platform: Client) -> None:
    other = Image.fromarray(data.coffee()).resize(CAT.size)
    entry = add_entry(REMOVED, hash_file_bytes(moving(other, CAT)).every_signal, origin="test", by=SYSTEM)
    part = other.transpose(Image.Transpose.FLIP_LEFT_RIGHT).rotate(4).crop((50, 30, 400, 270))
    for _ in range(2):
        for copy in (PART, jpeg(part)):
            (match,) = platform.post(URL, {"file": BytesIO(copy)}).json()["matches"]
            assert (match["entry"], match["signal_type"]) == (str(entry.id), "patch")
        BANKS.forget()


def test_a_frames_patch_set_whose_numbers_are_out_of_range_is_refused(platform: Client) -> None:
    patches = next(one for one in SIGNALS if one.type is SignalType.PATCH)
    bent = bytearray(patches.value)
    bent[43:45] = b"\xff\xff"  # the first patch's place
    text = type(patches)(patches.type, bytes(bent)).text
    good = {"type": "sha256", "value": "a" * 64}
    asked = {"signals": [good], "frames": [{"frame": 2, "signals": [{"type": "patch", "value": text}]}]}
    answer = platform.post(URL, json.dumps(asked), content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid")
