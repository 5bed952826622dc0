"""Each address of HMA's API answers with HMA's fields, so that a tool written for HMA works unchanged.

What HMA's own suite checks over HTTP is checked here too, in other words. Where this desk answers otherwise on purpose,
the name of the test says so.
"""

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.factories import make_key
from tests.integration.hma.conftest import Tool, encoded, is_message, texture
from tests.jpegs import jpeg, photo

from argine.desk.core import time
from argine.desk.hma.operations import enable_what_is_due
from argine.desk.people.enums import Scope
from argine.signals.hasher import hash_file_bytes
from argine.signals.types import SignalType

OWN = [
    {"matching_enabled_ratio": 0.0, "name": "REPORTED"},
    {"matching_enabled_ratio": 1.0, "name": "REMOVED"},
    {"matching_enabled_ratio": 0.0, "name": "LAWFUL"},
]
PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
NEAR = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9bdd"  # 8 bits away
FAR = "0" * 64
MD5 = "9108849f0d0bb6d3c40844f4eb72767b"


@pytest.mark.parametrize("path", ["/status", "/status/live"])
def test_the_signs_of_life_need_no_key(stranger: Client, path: str) -> None:
    answer = stranger.get(f"/hma{path}")
    assert (answer.status_code, answer.content) == (200, b"I-AM-ALIVE")


def test_the_start_leads_to_the_status_and_the_addresses_are_listed(stranger: Client) -> None:
    assert stranger.get("/hma/").headers["Location"] == "/hma/status"
    listed = stranger.get("/hma/site-map").json()
    assert {"/hma/h/hash", "/hma/m/lookup", "/hma/c/banks"} <= set(listed)


def test_a_key_opens_by_header_and_as_the_password_of_the_address(stranger: Client) -> None:
    key = make_key([Scope.CHECK])
    basic = base64.b64encode(f"any:{key}".encode()).decode()
    for headers in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}, {"Authorization": f"Basic {basic}"}):
        assert stranger.get("/hma/c/banks", headers=headers).json() == OWN
    for headers in ({}, {"X-API-Key": "argine_none"}, {"Authorization": "Basic %%%"}):
        answer = stranger.get("/hma/c/banks", headers=headers)
        assert is_message(answer, 401)
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="argine"'  # no browser asks for a password
    assert stranger.get(f"/hma/c/banks?key={key}").status_code == 401


@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        (Scope.CHECK, "GET", "/c/banks", 200), (Scope.CURATE, "GET", "/c/banks", 200),
        (Scope.DECISIONS, "GET", "/c/banks", 403), (Scope.CHECK, "POST", "/c/banks", 403),
        (Scope.CURATE, "GET", "/m/lookup", 403), (Scope.CHECK, "DELETE", "/c/bank/REMOVED", 403),
        (Scope.CHECK, "GET", "/c/bank/REMOVED/content/1", 403),
    ],
)  # fmt: skip
def test_a_key_opens_what_its_scope_says(
    default_banks: None, scope: Scope, method: str, path: str, status: int
) -> None:
    client = Client(headers={"Authorization": f"Bearer {make_key([scope])}"})
    assert client.generic(method, f"/hma{path}").status_code == status


def test_a_wrong_method_is_told(tool: Tool) -> None:
    answer = tool.delete("/c/banks")
    assert is_message(answer, 405)
    assert answer.headers["Allow"] == "GET, POST"


def test_a_new_desk_lists_its_own_banks_where_hma_lists_none(tool: Tool) -> None:
    assert tool.get("/c/banks").json() == OWN


@pytest.mark.parametrize("name", ["01_TEST_BANK", "my_test_bank", "", "A-B", "A" * 41, "Ä", "A\n"])
def test_a_bank_needs_a_name_in_capitals(tool: Tool, name: str) -> None:
    assert is_message(tool.json("POST", "/c/banks", {"name": name}), 400)


@pytest.mark.parametrize(
    ("more", "ratio"), [({}, 1.0), ({"enabled": False}, 0.0), ({"enabled": True}, 1.0), ({"enabled_ratio": 0.5}, 0.5)]
)
def test_a_bank_is_made_and_listed(tool: Tool, more: dict[str, object], ratio: float) -> None:
    answer = tool.json("POST", "/c/banks", {"name": "MY_BANK_01", **more})
    made = {"matching_enabled_ratio": ratio, "name": "MY_BANK_01"}
    assert (answer.status_code, answer.json()) == (201, made)
    assert tool.get("/c/banks").json() == [*OWN, made]
    assert tool.get("/c/bank/MY_BANK_01").json() == made
    assert is_message(tool.json("POST", "/c/banks", {"name": "MY_BANK_01"}), 403)


@pytest.mark.parametrize(
    ("body", "kind", "field"),
    [({}, "missing", "name"), ({"name": 5}, "string_type", "name"),
     ({"name": "A", "enabled_ratio": 2}, "less_than_equal", "enabled_ratio")],
)  # fmt: skip
def test_a_missing_or_wrong_field_is_told_in_a_list(tool: Tool, body: dict[str, object], kind: str, field: str) -> None:
    answer = tool.json("POST", "/c/banks", body)
    assert answer.status_code == 422
    (told,) = answer.json()
    assert (told["type"], told["loc"], sorted(told)) == (kind, [field], ["loc", "msg", "type"])


def test_a_bank_is_renamed_and_enabled_less(tool: Tool) -> None:
    tool.bank("MY_BANK")
    assert is_message(tool.json("PUT", "/c/bank/MY_BANK", {"name": "1_invalid"}), 400)
    assert tool.json("PUT", "/c/bank/MY_BANK", {"name": "RENAMED"}).json() == {
        "matching_enabled_ratio": 1.0, "name": "RENAMED",
    }  # fmt: skip
    assert tool.json("PUT", "/c/bank/RENAMED", {"enabled": False}).json()["matching_enabled_ratio"] == 0.0
    answer = tool.json("PUT", "/c/bank/RENAMED", {"enabled_ratio": 0.5})
    assert (answer.status_code, answer.json()) == (200, {"matching_enabled_ratio": 0.5, "name": "RENAMED"})
    assert tool.get("/c/banks").json() == [*OWN, answer.json()]
    assert is_message(tool.json("PUT", "/c/bank/RENAMED", {"name": "REMOVED"}), 403)
    assert is_message(tool.json("PUT", "/c/bank/MY_BANK", {"enabled": True}), 404)


def test_a_deleted_bank_is_gone_with_its_contents_and_its_name_is_free(tool: Tool) -> None:
    tool.add(tool.bank(), PDQ)
    assert tool.delete("/c/bank/TEST_BANK").json() == {"message": "Done"}
    assert is_message(tool.get("/c/bank/TEST_BANK"), 404)
    assert tool.matches(PDQ) == {}
    assert tool.delete("/c/bank/TEST_BANK").json() == {"message": "Done"}
    tool.bank()
    assert tool.matches(PDQ) == {}


def test_signals_are_banked_and_looked_up_at_once(tool: Tool) -> None:
    answer = tool.json("POST", f"/c/bank/{tool.bank()}/signal", {"pdq": PDQ, "video_md5": MD5, "note": "one"})
    number = answer.json()["id"]
    assert answer.json() == {"id": number, "signals": {"pdq": PDQ, "video_md5": MD5}}
    assert isinstance(number, int)
    assert tool.matches(NEAR) == {"TEST_BANK": [{"bank_content_id": number, "distance": "8"}]}
    assert tool.matches(FAR) == {}
    found = tool.get("/m/lookup", signal_type="video_md5", signal=MD5).json()
    assert found == {"TEST_BANK": [{"bank_content_id": number, "distance": "0"}]}


def test_a_bank_with_one_content_and_one_with_the_same_content_twice_both_match(tool: Tool) -> None:
    one = tool.add(tool.bank(), PDQ)
    assert tool.matches(PDQ) == {"TEST_BANK": [{"bank_content_id": one, "distance": "0"}]}
    other = tool.add("TEST_BANK", PDQ)
    assert one != other
    assert {match["bank_content_id"] for match in tool.matches(PDQ)["TEST_BANK"]} == {one, other}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"pdq": "xyz"}, "Invalid pdq signal: invalid PDQ hash"), ({"tmk": "x"}, "No such signal type tmk"),
        ({"pdq": PDQ.upper()}, "Invalid pdq signal: invalid PDQ hash"), ({}, "No signals given"),
        ({"pdq": 7}, "Invalid pdq signal: invalid PDQ hash"),
        ({"pdq": PDQ, "note": "x" * 256}, "A note has at most 255"),
    ],
)  # fmt: skip
def test_wrong_signals_are_refused(tool: Tool, body: dict[str, object], message: str) -> None:
    answer = tool.json("POST", f"/c/bank/{tool.bank()}/signal", body)
    assert is_message(answer, 400)
    assert answer.json()["message"].startswith(message)


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"[" * 5000])
def test_a_body_that_is_no_json_object_is_refused(tool: Tool, body: bytes) -> None:
    answer = tool.client.post("/hma/c/banks", body, content_type="application/json")
    assert is_message(answer, 400)


def test_a_file_is_banked_and_looked_up(tool: Tool) -> None:
    picture = encoded(texture())
    answer = tool.file(
        f"/c/bank/{tool.bank()}/content", picture, note="by form", metadata='{"content_id": "c-1", "json": {"k": 1}}'
    )
    number, pdq = answer.json()["id"], answer.json()["signals"]["pdq"]
    assert answer.json() == {"id": number, "signals": {"pdq": pdq}}
    assert tool.file("/h/hash", picture).json() == {"pdq": pdq}
    found = {"TEST_BANK": [{"bank_content_id": number, "distance": "0"}]}
    assert tool.file("/m/lookup", encoded(texture(), "BMP")).json() == {"pdq": found}
    assert tool.file("/m/lookup", encoded(texture(2))).json() == {"pdq": {}}


def test_a_large_jpeg_has_the_hash_that_everybody_makes_of_it(tool: Tool) -> None:
    large = jpeg(photo(1800, 1300, "coffee"), quality=60)
    (signal,) = hash_file_bytes(large, {SignalType.PDQ}).signals
    assert tool.file("/h/hash", large).json() == {"pdq": signal.text}
    assert tool.file(f"/c/bank/{tool.bank()}/content", large).json()["signals"] == {"pdq": signal.text}


def test_a_content_is_told_with_what_was_said_of_it(tool: Tool) -> None:
    said = '{"content_id": "c-1", "content_uri": "https://example.org/1", "json": {"k": 1}}'
    answer = tool.file(f"/c/bank/{tool.bank()}/content", encoded(texture()), note="viaform", metadata=said)
    number = answer.json()["id"]
    whole = {
        "bank": {"matching_enabled_ratio": 1.0, "name": "TEST_BANK"},
        "disable_until_ts": 1,
        "id": number,
        "metadata": {"collab": None, "content_id": "c-1", "content_uri": "https://example.org/1", "json": {"k": 1}},
        "note": "viaform",
        "original_media_uri": None,
        "signals": answer.json()["signals"],
    }
    path = f"/c/bank/TEST_BANK/content/{number}"
    assert tool.get(path, include_signals="true").json() == whole
    less = {name: value for name, value in whole.items() if name not in {"signals", "metadata"}}
    assert tool.get(path, include_metadata="false").json() == less


@pytest.mark.parametrize("said", ['{"invalid_metadata": 5}', "[]", "{", '{"content_id": 5}'])
def test_metadata_of_other_fields_is_refused(tool: Tool, said: str) -> None:
    answer = tool.file(f"/c/bank/{tool.bank()}/content", encoded(texture()), metadata=said)
    assert is_message(answer, 400)


def test_a_content_that_is_not_there_is_not_found(tool: Tool) -> None:
    assert is_message(tool.get("/c/bank/NO_BANK/content/1"), 404)
    assert is_message(tool.get(f"/c/bank/{tool.bank()}/content/1"), 404)
    assert is_message(tool.json("POST", "/c/bank/NO_BANK/signal", {"pdq": PDQ}), 404)


def test_a_content_is_disabled_for_a_time_for_good_and_enabled_again(tool: Tool) -> None:
    path = f"/c/bank/{tool.bank()}/content/{tool.add('TEST_BANK', PDQ)}"
    later = int((time.now() + timedelta(days=30)).timestamp())
    answer = tool.json("PUT", path, {"disable_until_ts": later, "note": "wait"})
    assert answer.json() == {
        "bank": {"matching_enabled_ratio": 1.0, "name": "TEST_BANK"}, "collab_metadata": {},
        "disable_until_ts": later, "id": answer.json()["id"], "note": "wait", "original_media_uri": None,
        "user_metadata": {"content_id": None, "content_uri": None, "json": None},
    }  # fmt: skip
    assert tool.matches(PDQ) == {}
    assert tool.get(path).json()["disable_until_ts"] == later
    assert tool.json("PUT", path, {"disable_until_ts": 1}).json()["disable_until_ts"] == 1
    assert tool.matches(PDQ) != {}
    assert tool.json("PUT", path, {"disable_until_ts": 0}).json()["disable_until_ts"] == 0
    assert tool.matches(PDQ) == {}
    with time.shifted(timedelta(days=300)):
        assert enable_what_is_due() == 0


def test_a_content_matches_again_when_its_time_of_being_disabled_is_over(tool: Tool) -> None:
    path = f"/c/bank/{tool.bank()}/content/{tool.add('TEST_BANK', PDQ)}"
    tool.json("PUT", path, {"disable_until_ts": int((time.now() + timedelta(days=1)).timestamp())})
    assert enable_what_is_due() == 0
    with time.shifted(timedelta(days=2)):
        assert enable_what_is_due() == 1
        assert tool.matches(PDQ) != {}
        assert tool.get(path).json()["disable_until_ts"] == 1


@pytest.mark.parametrize("until", [9_999_999_999, -1])
def test_a_time_that_is_too_far_is_refused(tool: Tool, until: int) -> None:
    path = f"/c/bank/{tool.bank()}/content/{tool.add('TEST_BANK', PDQ)}"
    assert is_message(tool.json("PUT", path, {"disable_until_ts": until}), 400)


def test_a_deleted_content_matches_no_more_in_raw_look_ups_either(tool: Tool) -> None:
    path = f"/c/bank/{tool.bank()}/content/{tool.add('TEST_BANK', PDQ)}"
    answer = tool.delete(path)
    assert (answer.status_code, answer.json()) == (200, {"deleted": 1})
    assert tool.get("/m/raw_lookup", signal_type="pdq", signal=PDQ).json() == {"matches": []}
    assert is_message(tool.delete(path), 404)


def test_raw_look_ups_tell_numbers_and_distances_of_disabled_banks_too(tool: Tool) -> None:
    first = tool.add(tool.bank("BANK_A"), PDQ)
    second = tool.add(tool.bank("BANK_B", enabled=False), FAR)
    asked = {"signal_type": "pdq", "signal": NEAR}
    assert tool.get("/m/raw_lookup", **asked).json() == {"matches": [first]}
    assert tool.get("/m/raw_lookup", **asked, include_distance="true").json() == {
        "matches": [{"bank_content_id": first, "distance": "8"}]
    }
    assert tool.get("/m/raw_lookup", signal_type="pdq", signal=FAR).json() == {"matches": [second]}
    assert tool.get("/m/raw_lookup", **asked, banks="BANK_B").json() == {"matches": []}
    (told,) = tool.get("/m/raw_lookup", signal_type="pdq").json()
    assert (told["type"], told["loc"]) == ("missing", ["signal"])


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"signal_type": "pdq", "signal": "xyz"}, "invalid signal: invalid PDQ hash"),
        ({"signal_type": "pdq", "signal": PDQ.upper()}, "invalid signal: invalid PDQ hash"),
        ({"signal_type": "x", "signal": PDQ}, "No such SignalType 'x'"),
        ({}, "Either url or both signal and signal_type are required"),
        ({"signal_type": "pdq"}, "Either url or both signal and signal_type are required"),
    ],
)
def test_a_wrong_look_up_is_refused(tool: Tool, query: dict[str, str], message: str) -> None:
    answer = tool.get("/m/lookup", **query)
    assert is_message(answer, 400)
    assert answer.json() == {"message": message}


def test_a_bank_that_is_not_there_is_told_and_not_passed_over(tool: Tool) -> None:
    assert is_message(tool.get("/m/lookup", signal_type="pdq", signal=PDQ, banks="NO_BANK"), 404)


def test_only_the_banks_that_are_named_answer(tool: Tool) -> None:
    tool.add(tool.bank("BANK_A"), PDQ)
    tool.add(tool.bank("BANK_B"), PDQ)
    tool.bank("BANK_C")
    assert set(tool.matches(PDQ)) == {"BANK_A", "BANK_B"}
    assert set(tool.matches(PDQ, banks="BANK_B,BANK_C")) == {"BANK_B"}


def test_a_file_is_sent_in_a_field_that_names_its_kind(tool: Tool) -> None:
    video = b"any bytes of a video"
    assert tool.file("/h/hash", video, "video").json() == {"video_md5": hashlib.md5(video).hexdigest()}
    assert tool.file("/h/hash", video, "file").json() == {"message": "no such content_type: 'file'"}
    both = tool.client.post("/hma/h/hash", {"photo": _part(), "video": _part()})
    assert both.json() == {"message": "Only one file allowed per request"}
    twice = tool.client.post("/hma/h/hash", {"photo": [_part(), _part()]})
    assert twice.json() == {"message": "Only one file allowed per request"}
    for answer in (tool.client.post("/hma/h/hash", {"a": "b"}), tool.json("POST", "/h/hash", {})):
        assert is_message(answer, 400)
        assert answer.json() == {"message": "Missing multipart/form-data file upload"}


def _part() -> Any:
    return SimpleUploadedFile("x", b"x")


def test_the_types_to_hash_can_be_named(tool: Tool) -> None:
    assert set(tool.client.post("/hma/h/hash?types=pdq,video_md5", {"photo": _picture()}).json()) == {"pdq"}
    assert is_message(tool.client.post("/hma/h/hash?types=clip", {"photo": _picture()}), 400)


def _picture() -> Any:
    return SimpleUploadedFile("x", encoded(texture()))


def test_two_signals_are_compared(tool: Tool) -> None:
    body = {"pdq": [PDQ, NEAR], "video_md5": [MD5, MD5]}
    assert tool.json("POST", "/m/compare", body).json() == {"pdq": [True, {"distance": 8}], "video_md5": [True, {}]}
    assert tool.json("POST", "/m/compare", {"pdq": [PDQ, FAR]}).json()["pdq"][0] is False
    answer = tool.json("POST", "/m/compare", {"pdq": [PDQ]})
    assert answer.json() == {"message": "Comparison hash list length must be exactly 2"}
    assert is_message(tool.json("POST", "/m/compare", {"pdq": [PDQ, "x"]}), 400)
    assert is_message(tool.json("POST", "/m/compare", {"x": [PDQ, PDQ]}), 400)


def test_the_index_tells_its_size_and_is_never_behind(tool: Tool) -> None:
    assert tool.get("/m/index/status").json() == {
        "pdq": {"built_to": -1, "present": True, "size": 0},
        "video_md5": {"built_to": -1, "present": True, "size": 0},
    }
    tool.add(tool.bank(), PDQ)
    state = tool.get("/m/index/status", signal_type="pdq").json()
    assert state == {"pdq": {"built_to": state["pdq"]["built_to"], "present": True, "size": 1}}
    built = state["pdq"]["built_to"]
    assert abs(built - time.now().timestamp()) < 60
    assert tool.get("/c/signal_type/index", signal_type="pdq").json() == {
        "pdq": {
            "db_size": 1, "index_built_to": built, "index_out_of_date": False, "index_size": 1,
            "newest_db_item": built,
        }
    }  # fmt: skip
    assert is_message(tool.get("/m/index/status", signal_type="x"), 400)


def test_the_types_are_listed(tool: Tool) -> None:
    assert tool.get("/c/signal_type").json() == [
        {"enabled_ratio": 1.0, "name": "pdq"}, {"enabled_ratio": 1.0, "name": "video_md5"}
    ]  # fmt: skip
    assert tool.get("/c/content_type").json() == [
        {"enabled": True, "name": "photo"},
        {"enabled": True, "name": "video"},
    ]


def test_a_signal_type_cannot_be_switched_off_where_hma_fails(tool: Tool) -> None:
    assert is_message(tool.json("PUT", f"/c/signal_type/{SignalType.PDQ}", {"enabled_ratio": 1.0}), 403)
    assert is_message(tool.json("PUT", "/c/signal_type/x", {"enabled_ratio": 1.0}), 400)
