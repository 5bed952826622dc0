"""Hashing films in confined processes: the same signals, every error as itself, and nothing reaches this process."""

import os
import signal
from collections.abc import Callable, Iterator
from time import monotonic

import pytest
from tests import clips

from argine.media.errors import (
    DamagedMedia,
    EmptyMedia,
    NoPictures,
    TooLong,
    TooManyBytes,
    TooManyPixels,
    UnsupportedMedia,
)
from argine.media.film_limits import VideoLimits
from argine.signals.film_warm import samples
from argine.signals.films import hash_film, hash_film_query
from argine.signals.pool import BusyError, DecoderFailed, FilmPool, PoolLimits
from argine.signals.types import EXACT_TYPES, SignalType
from argine.signals.video.hashed import HashedVideo


@pytest.fixture(scope="module")
def pool() -> Iterator[FilmPool]:
    pool = FilmPool(PoolLimits(processes=1, seconds=60), VideoLimits(max_pixels=1_000_000, max_seconds=60))
    yield pool
    pool.close()


FILMS: dict[str, Callable[[], bytes]] = {
    "H.264": lambda: clips.film(clips.frames(1, 4)),
    "HEVC": lambda: clips.film(clips.frames(1, 2), "libx265"),
    "VP8": lambda: clips.film(clips.frames(1, 2), "libvpx", "webm"),
    "VP9": lambda: clips.film(clips.frames(1, 2), "libvpx-vp9", "webm"),
    "AV1": lambda: clips.film(clips.frames(1, 2), "libsvtav1"),
    "MPEG-4 in AVI": lambda: clips.film(clips.frames(1, 2), "mpeg4", "avi"),
    "H.264 in MPEG-TS": lambda: clips.film(clips.frames(1, 2), "libx264", "mpegts"),
    "HD": lambda: samples()[1],
}


@pytest.mark.parametrize("name", FILMS)
def test_a_film_has_the_same_signals_in_a_confined_process(pool: FilmPool, name: str) -> None:
    data = FILMS[name]()
    assert pool.hash_film(data) == hash_film(data)
    assert pool.hash_query(data) == hash_film_query(data)


def test_exact_types_alone_need_no_decoder(pool: FilmPool) -> None:
    assert {one.type for one in pool.hash_film(b"anything", EXACT_TYPES).signals} == EXACT_TYPES


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (lambda: b"", EmptyMedia),
        (lambda: b"text", UnsupportedMedia),
        (lambda: clips.film(clips.frames(1, 1))[:400], DamagedMedia),
        (clips.sound, NoPictures),
        (lambda: clips.film(clips.frames(1, 70, rate=1), rate=1), TooLong),
        (lambda: clips.film(iter([clips.np.zeros((1200, 1200, 3), clips.np.uint8)])), TooManyPixels),
    ],
    ids=["nothing", "text", "cut off", "sound", "long", "large"],
)
def test_an_error_comes_through_as_itself(pool: FilmPool, data: Callable[[], bytes], error: type[Exception]) -> None:
    with pytest.raises(error):
        pool.hash_query(data())


def test_a_file_larger_than_allowed_is_refused() -> None:
    pool = FilmPool(PoolLimits(processes=1, seconds=60), VideoLimits(max_bytes=1000))
    with pytest.raises(TooManyBytes):
        pool.hash_query(samples()[0])
    pool.close()


def test_it_asks_now_and_then_whether_that_is_enough_and_stops(pool: FilmPool) -> None:
    seen: list[HashedVideo] = []

    def enough(so_far: HashedVideo) -> bool:
        seen.append(so_far)
        return len(seen) == 2

    data = clips.film(clips.frames(1, 59), gop=10)
    video = pool.hash_query(data, enough=enough).video
    assert video is not None
    assert not video.whole
    assert [one.frames for one in seen] == [16, 32]
    assert video == seen[-1]
    whole = pool.hash_query(data).video
    assert whole is not None
    assert whole.whole


def test_a_crash_of_the_decoder_is_one_refusal_and_the_next_film_is_hashed(pool: FilmPool) -> None:
    pool.hash_film(b"anything", {SignalType.MD5})
    os.kill(pool._idle.queue[-1].process.pid, signal.SIGSEGV)
    with pytest.raises(DecoderFailed, match="film"):
        pool.hash_query(samples()[0])
    assert pool.hash_query(samples()[0]) == hash_film_query(samples()[0])


def test_a_decoder_that_hangs_is_ended_in_time(pool: FilmPool) -> None:
    quick = FilmPool(PoolLimits(processes=1, seconds=1), pool.limits)
    quick.hash_film(b"anything", {SignalType.MD5})
    os.kill(quick._idle.queue[-1].process.pid, signal.SIGSTOP)
    start = monotonic()
    with pytest.raises(DecoderFailed):
        quick.hash_query(samples()[0])
    assert monotonic() - start < 10
    quick.close()


def test_where_too_many_wait_already_the_next_is_refused_at_once(pool: FilmPool) -> None:
    narrow = FilmPool(PoolLimits(processes=1, seconds=60, waiting=0), pool.limits)
    with narrow._borrowed(monotonic() + 60):
        start = monotonic()
        with pytest.raises(BusyError, match="films"):
            narrow.hash_query(samples()[0])
        assert monotonic() - start < 5
        assert not narrow.has_room()
    assert narrow.has_room()
    assert narrow.hash_query(samples()[0]).signals
    narrow.close()


def test_how_far_the_process_is_confined_is_told(pool: FilmPool) -> None:
    assert pool.confinement().level in {"full", "partial", "process"}
