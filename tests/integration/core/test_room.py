"""What films hold in memory together is bounded: one too many is refused before it is read, and none keeps its room."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
from django.conf import settings as desk
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from argine.desk.api.bodies import BYTES, read_upload
from argine.desk.core.hashing import FILMS_WAITING, most_with_room
from argine.desk.core.uploads import FILMS, MIB, Room
from argine.signals.files import FileHasher
from argine.signals.pool import BusyError

HEAD = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"
FILM = HEAD + bytes(2 * MIB)


@pytest.fixture(autouse=True)
def small(settings: Any) -> Iterator[None]:
    """Pictures of one MiB, films of four: three of those may be held."""
    settings.CONFIG = replace(desk.CONFIG, max_upload_mib=1, max_film_mib=4, film_processes=1, sandbox="off")
    assert FILMS_WAITING == 2
    yield
    FILMS.give_back()


@pytest.fixture
def full() -> Iterator[None]:
    """Other threads hold all but one MiB."""
    taking = Thread(target=FILMS.take, args=(11 * MIB, 12 * MIB))
    taking.start()
    taking.join()
    yield
    FILMS._taken = 0


def test_each_thread_gives_back_what_it_took_and_no_more() -> None:
    room = Room()
    assert room.take(6, 10)
    assert not room.take(5, 10)
    other = Thread(target=room.give_back)
    other.start()
    other.join()
    assert (room.take(5, 10), room.is_mine()) == (False, True)
    room.give_back()
    assert not room.is_mine()
    assert room.take(10, 10)


def test_only_a_film_larger_than_any_picture_needs_room(full: None) -> None:
    assert most_with_room(MIB, HEAD) == 4 * MIB
    assert most_with_room(4 * MIB, b"no film") == MIB
    with pytest.raises(BusyError):
        most_with_room(2 * MIB, HEAD)


def test_it_is_taken_once_for_a_request_however_often_it_is_asked() -> None:
    for _ in range(10):
        assert most_with_room(4 * MIB, HEAD) == 4 * MIB


def test_a_film_for_which_there_is_no_room_is_not_read(full: None) -> None:
    request = RequestFactory().post("/", FILM, content_type=BYTES)
    with pytest.raises(BusyError):
        read_upload(request)
    assert len(request.read()) > 2 * MIB - 1024


def test_a_film_that_would_be_refused_when_it_is_read_is_refused_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FileHasher, "has_room_for_film", lambda _: False)
    with pytest.raises(BusyError):
        most_with_room(2 * MIB, HEAD)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["form", "bytes"])
def test_it_is_told_with_a_time_to_come_again(platform: Client, full: None, kind: str) -> None:
    if kind == "form":
        answer = platform.post("/api/v1/check", {"file": SimpleUploadedFile("film", FILM)})
    else:
        answer = platform.post("/api/v1/check", FILM, content_type=BYTES)
    assert (answer.status_code, answer.json()["error"]) == (503, "busy")
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.django_db
def test_room_is_free_again_after_the_answer_whatever_that_is(platform: Client) -> None:
    for _ in range(5):
        # What says that it is a film, and is none that can be decoded.
        assert platform.post("/api/v1/check", FILM, content_type=BYTES).status_code in {415, 422}
        assert not FILMS.is_mine()
