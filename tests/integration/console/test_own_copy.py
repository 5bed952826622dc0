"""The platform's own copy: taken by id from the one place that is set, hashed and dropped; a look at it is counted."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as desk
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.test import Client
from PIL import Image
from tests.factories import log_in, make_case, make_case_in, make_sighting, make_staff, random_signals
from tests.jpegs import jpeg, photo
from tests.web_server import Site, serving

from argine.desk.audit.models import Entry
from argine.desk.banks.models import BankEntry, Sighting
from argine.desk.banks.queries import entries_of_case, signal_of
from argine.desk.cases import own_copy, policies
from argine.desk.cases.enums import ENDED, CaseState
from argine.desk.cases.models import Case
from argine.desk.config_reading import read
from argine.desk.config_rules import ConfigError
from argine.desk.console.access import refusal
from argine.desk.console.views.own_copy import SIDE
from argine.desk.core import hashing, time
from argine.desk.core.errors import RefusedError
from argine.desk.people.models import Exposure, Staff
from argine.desk.people.operations import forget_old_exposures
from argine.signals.hasher import hash_file_bytes
from argine.signals.pool import BusyError, DecoderFailed

pytestmark = pytest.mark.django_db

PAGE = "https://forum.example/media/7/cat.jpg"
PLACE = "/store/7/cat.jpg"
JPEG = {"Content-Type": "image/jpeg"}


@pytest.fixture
def store(settings: Any, cat: bytes) -> Iterator[Site]:
    """The platform's store, on this machine, with one picture."""
    with serving(Site()) as site:
        site.pages[PLACE] = (200, JPEG, cat)
        settings.CONFIG = replace(
            desk.CONFIG,
            copy_place=site.url("/store/{id}"),
            copy_pages="https://forum.example/media/{id}",
            preview=True,
            preview_per_day=3,
            preview_break=2,
            sandbox="off",
        )
        yield site


@pytest.fixture
def case(store: Site) -> Case:
    return make_case(pictures=[], addresses=[PAGE]).case


@pytest.fixture
def me() -> Staff:
    return make_staff()


@pytest.fixture
def client(me: Staff) -> Client:
    return log_in(me)


def path(case: Case, what: str) -> str:
    return f"/console/cases/{case.pk}/copy/{case.addresses.get().pk}/{what}"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (PAGE, "7/cat.jpg"),
        ("http://www.forum.example/media/7/cat.jpg#x", "7/cat.jpg"),
        ("https://FORUM.example/media/a_b-c~d.png", "a_b-c~d.png"),
        ("https://forum.example/media/", ""),
        ("https://forum.example/media/../secret", ""),
        ("https://forum.example/media/a/../b", ""),
        ("https://forum.example/media/.hidden", ""),
        ("https://forum.example/media/a?x=1", ""),
        ("https://forum.example/media/a%2f..%2fb", ""),
        ("https://forum.example/other/a", ""),
        ("https://evil.example/media/a", ""),
        ("https://forum.example.evil.example/media/a", ""),
        ("https://forum.example@evil.example/media/a", ""),
        ("ftp://forum.example/media/a", ""),
        ("http://[", ""),
        ("https://forum.example/media/" + "a" * 201, ""),
    ],
)
def test_the_id_is_read_from_the_text_of_an_address(store: Site, url: str, found: str) -> None:
    assert own_copy.id_of(url) == found


def test_signals_join_the_case_and_the_store_alone_was_asked(case: Case, client: Client, store: Site) -> None:
    shown = client.get(f"/console/cases/{case.pk}").content.decode()
    assert "Make signals of the platform" in shown
    client.post(path(case, "take"))
    (entry,) = entries_of_case(case.pk)
    assert {"pdq", "sha256", "md5"} <= {row.type for row in entry.signals.all()}
    assert entry.bank_id == "reported"
    assert [asked for asked, _headers in store.asked] == [PLACE]
    (logged,) = Entry.objects.filter(subject=f"case:{case.pk}", event="case.copy.hashed")
    assert "cat.jpg" not in logged.data
    again = client.post(path(case, "take"), follow=True).content.decode()
    assert "of this very file already" in again
    assert BankEntry.objects.filter(case_id=case.pk).count() == 1


def test_signals_are_those_of_the_whole_picture_as_a_bank_keeps_them(case: Case, client: Client, store: Site) -> None:
    """A large JPEG that is only asked about is hashed more quickly, and not quite to the bit."""
    large = jpeg(photo(1800, 1300, "coffee"), quality=60)
    store.pages[PLACE] = (200, JPEG, large)
    client.post(path(case, "take"))
    (entry,) = entries_of_case(case.pk)
    assert {signal_of(row) for row in entry.signals.all()} == set(hash_file_bytes(large).every_signal)


def test_nothing_is_written_to_a_disk(case: Case, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a file was made")

    monkeypatch.setattr(TemporaryUploadedFile, "__init__", refuse)
    before = {file for file in desk.CONFIG.data.rglob("*") if "sqlite" not in file.name}
    client.post(path(case, "take"))
    client.post(path(case, "look"))
    assert client.get(path(case, "picture")).status_code == 200
    assert {file for file in desk.CONFIG.data.rglob("*") if "sqlite" not in file.name} <= before | {
        desk.CONFIG.data / "checkpoint.txt"
    }


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ((404, JPEG, b""), "no such picture"),
        ((410, JPEG, b""), "no such picture"),
        ((302, {"Location": "http://169.254.169.254/"}, b""), "answered with 302"),
        ((500, JPEG, b""), "answered with 500"),
        ((200, {"Content-Type": "text/html"}, b"<html>"), "is no picture"),
        ((200, JPEG, b"\xff\xd8\xff broken"), "no picture that can be read"),
    ],
)
def test_what_the_store_does_not_hand_out_is_said(
    case: Case, client: Client, store: Site, answer: tuple[int, dict[str, str], bytes], text: str
) -> None:
    store.pages[PLACE] = answer
    assert text in client.post(path(case, "take"), follow=True).content.decode()
    assert entries_of_case(case.pk) == []
    assert len(store.asked) == 1, "no redirect is followed"


def test_a_store_that_is_too_large_or_away_is_said(store: Site, settings: Any) -> None:
    settings.CONFIG = replace(settings.CONFIG, max_upload_mib=1)
    store.pages["/store/big"] = (200, JPEG, b"\xff\xd8\xff" * 500_000)
    with pytest.raises(RefusedError, match="larger than the desk takes"):
        own_copy.fetch("big")
    settings.CONFIG = replace(settings.CONFIG, copy_place="http://127.0.0.1:9/{id}")
    with pytest.raises(RefusedError, match="does not answer"):
        own_copy.fetch("a")
    with pytest.raises(RefusedError, match="no id"):
        own_copy.fetch("../a")


def test_the_store_is_asked_with_its_token(store: Site, settings: Any, tmp_path: Any) -> None:
    (tmp_path / "token").write_text("secret-token\n")
    settings.CONFIG = replace(settings.CONFIG, copy_token_file=str(tmp_path / "token"))
    own_copy.fetch("7/cat.jpg")
    assert store.asked[0][1]["Authorization"] == "Bearer secret-token"
    settings.CONFIG = replace(settings.CONFIG, copy_token_file=str(tmp_path / "nothing"))
    with pytest.raises(RefusedError, match="ARGINE_COPY_TOKEN_FILE"):
        own_copy.fetch("7/cat.jpg")


def test_a_look_is_asked_for_logged_counted_and_good_for_one_showing(
    case: Case, client: Client, me: Staff, store: Site, cat: bytes
) -> None:
    assert client.get(path(case, "picture")).status_code == 404, "nobody asked"
    assert client.get(path(case, "look")).status_code == 200
    assert store.asked == [], "the question alone shows nothing"
    shown = client.post(path(case, "look"))
    assert f'src="{path(case, "picture")}"' in shown.content.decode()
    answer = client.get(path(case, "picture"))
    assert answer.headers["Content-Type"] == "image/png"
    assert (answer.content[:4], cat[:100] in answer.content) == (b"\x89PNG", False), "drawn anew"
    drawn = Image.open(io.BytesIO(answer.content))
    assert (drawn.mode, max(drawn.size) <= SIDE) == ("L", True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(path(case, "picture")).status_code == 404, "once"
    assert Exposure.objects.get(staff=me).count == 1
    (logged,) = Entry.objects.filter(event="case.copy.shown")
    assert logged.by == f"staff:{me.pk}"


def test_a_look_that_waits_too_long_is_gone(case: Case, client: Client) -> None:
    client.post(path(case, "look"))
    with time.shifted(timedelta(minutes=2)):
        assert client.get(path(case, "picture")).status_code == 404


def test_after_some_a_break_is_advised_and_after_a_days_worth_no_more_are_shown(
    case: Case, client: Client, me: Staff
) -> None:
    pages = [client.post(path(case, "look")) for _ in range(4)]
    assert ["Take a break" in page.content.decode() for page in pages] == [False, True, False, False]
    assert [page.status_code for page in pages] == [200, 200, 200, 409]
    assert "enough for one day" in pages[-1].content.decode()
    assert Entry.objects.filter(event="case.copy.shown").count() == 3
    with time.shifted(timedelta(days=1)):
        assert log_in(me).post(path(case, "look")).status_code == 200
        assert forget_old_exposures() == 1


def test_a_copy_that_a_match_tells_of_can_be_looked_at_too(store: Site, client: Client) -> None:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    make_sighting(signals, "7/cat.jpg")
    seen = Sighting.objects.all()[0]
    url = f"/console/cases/{case.pk}/copy/{seen.pk}"
    assert url in client.get(f"/console/cases/{case.pk}").content.decode()
    assert client.post(f"{url}/look").status_code == 200
    assert client.get(f"{url}/picture").status_code == 200
    other = make_case().case
    assert client.post(f"/console/cases/{other.pk}/copy/{seen.pk}/look").status_code == 404


@pytest.mark.parametrize(
    "data", [b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"%PDF-1.7", b"<html>", b"\xff\xd8\xff broken"]
)
def test_what_cannot_be_drawn_is_not_shown(case: Case, client: Client, store: Site, data: bytes) -> None:
    store.pages[PLACE] = (200, JPEG, data)
    client.post(path(case, "look"))
    answer = client.get(path(case, "picture"))
    assert (answer.status_code, data in answer.content) == (404, False)


@pytest.mark.parametrize(("error", "status"), [(BusyError("x"), 409), (DecoderFailed("x"), 404)])
def test_a_decoder_that_is_busy_or_fails_shows_nothing(
    case: Case, client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    client.post(path(case, "look"))

    def fail(_data: bytes, _side: int) -> bytes:
        raise error

    monkeypatch.setattr(hashing, "drawn_anew", fail)
    assert client.get(path(case, "picture")).status_code == status


def test_off_by_default_nothing_is_shown_and_nothing_taken(case: Case, client: Client, settings: Any) -> None:
    assert (read({}).preview, read({}).copy_place) == (False, "")
    client.post(path(case, "look"))
    settings.CONFIG = replace(settings.CONFIG, preview=False)
    assert client.get(path(case, "picture")).status_code == 404
    assert client.post(path(case, "look")).status_code == 409
    settings.CONFIG = replace(settings.CONFIG, copy_place="")
    assert "No store is set" in client.post(path(case, "take"), follow=True).content.decode()
    assert "copy here" not in client.get(f"/console/cases/{case.pk}").content.decode()


@pytest.mark.parametrize("state", CaseState)
def test_in_which_state_of_a_case_what_may_be_done(store: Site, state: CaseState) -> None:
    case = make_case_in(state)
    may_take = not refusal(lambda: policies.check_hash_copy(case))
    may_look = not refusal(lambda: policies.check_look(case))
    assert (may_take, may_look) == (state in {CaseState.RECEIVED, CaseState.WAITING}, state not in ENDED)


@pytest.mark.parametrize(
    "values",
    [
        {"ARGINE_COPY_PLACE": "https://store.example/"},
        {"ARGINE_COPY_PLACE": "https://{id}.store.example/"},
        {"ARGINE_COPY_PLACE": "https://store.example/{id}/{id}"},
        {"ARGINE_COPY_PLACE": "file:///{id}"},
        {"ARGINE_COPY_PAGES": "forum.example/{id}"},
        {"ARGINE_PREVIEW": "yes"},
    ],
)
def test_a_place_without_a_fixed_host_is_no_place(values: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="ARGINE_"):
        read(values)
