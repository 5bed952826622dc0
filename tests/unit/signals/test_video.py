"""The video signal: what is kept of a film, its forms, and what refuses it."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import clips

from argine.media.video import BANK_RULE, CHECK_RULE, FrameRule
from argine.signals import Signal, SignalError, SignalType, patch, pdq
from argine.signals.video import FrameKind, TimedPatches, VideoSignal, vpdq
from argine.signals.video.hasher import HashedVideo, Patching, hash_video
from argine.signals.video.signal import ROW


@pytest.fixture(scope="module")
def film() -> bytes:
    return clips.film(clips.frames(1, 9))


@pytest.fixture(scope="module")
def hashed(film: bytes) -> HashedVideo:
    return hash_video(film, patching=Patching(patches=30, most=4))


def rows_of(times: list[tuple[int, int]], codes: bytes) -> np.ndarray:
    rows = np.zeros(len(times), ROW)
    for number, (start, length) in enumerate(sorted(times)):
        code = np.frombuffer(codes, np.uint8)[number : number + 32]
        rows[number] = (start, start + length, number % 3, number % 101, code)
    return rows


signals = st.builds(
    lambda times, codes, size, length: VideoSignal(length, *size, rows_of(times, codes)),
    st.lists(st.tuples(st.integers(0, 2**31), st.integers(0, 2**20)), max_size=20),
    st.binary(min_size=64, max_size=64),
    st.tuples(st.integers(0, 4000), st.integers(0, 4000)),
    st.integers(0, 2**32 - 1),
)


def test_a_film_has_rows_for_its_frames_in_the_order_of_time(hashed: HashedVideo) -> None:
    assert hashed.whole
    assert hashed.signal.milliseconds == 8900
    assert (hashed.signal.width, hashed.signal.height) == (320, 240)
    assert hashed.frames >= np.count_nonzero(hashed.signal.rows["kind"] == FrameKind.WHOLE) >= 9
    assert hashed.views.shape == (len(hashed.signal), 8, 32)
    assert (hashed.views[:, 0] == hashed.signal.codes).all()


def test_frames_that_look_alike_share_a_row() -> None:
    still = np.repeat(np.kron(clips.frame(1, 0)[::8, ::8, :1], np.ones((8, 8, 1), np.uint8)), 3, axis=2)
    found = hash_video(clips.film((still for _ in range(100)), options={"crf": "1"}))
    assert len(found.signal) == 1
    assert found.frames >= 10
    assert found.signal.rows["end"][0] >= 9000


def test_a_flat_film_is_said_to_be_unhashable() -> None:
    found = hash_video(clips.film(np.full((240, 320, 3), 90, np.uint8) for _ in range(30)))
    assert len(found.signal) == 0
    assert found.flat == found.frames
    assert "flat" in (found.unhashable or "")


def test_a_clip_with_few_frames_to_tell_it_by_is_looked_at_again_more_densely() -> None:
    flat = np.full((240, 320, 3), 90, np.uint8)
    pale = (flat // 2 + one // 2 for one in clips.frames(1, 4))
    film = clips.film(one if number % 10 in {4, 5, 6} else flat for number, one in enumerate(pale))
    once, again = hash_video(film, rule=replace(CHECK_RULE, fewest=0)), hash_video(film)
    assert once.frames - once.flat < CHECK_RULE.fewest <= again.frames - again.flat
    assert again.signal.milliseconds == once.signal.milliseconds


def test_bars_are_trimmed_into_rows_of_their_own(film: bytes) -> None:
    barred = clips.film(np.pad(one, ((60, 60), (0, 0), (0, 0))) for one in clips.frames(1, 3))
    found = hash_video(barred).signal
    trimmed = found.rows[found.rows["kind"] == FrameKind.TRIMMED]
    first = hash_video(film).signal.codes[0]
    assert len(trimmed)
    assert int(np.bitwise_count(trimmed["code"][0] ^ first).sum()) <= 12


@pytest.mark.parametrize("rule", [CHECK_RULE, BANK_RULE], ids=["check", "bank"])
def test_untagged_hd_has_rows_as_those_see_it_who_take_it_for_the_other_standard(rule: FrameRule) -> None:
    film = clips.film(map(clips.tall, clips.frames(1, 1)))
    rows = hash_video(film, rule=rule).signal.rows
    (theirs,) = pdq.codes([pdq.hash_pixels(next(clips.shown_by_601(film)))])

    def away(kind: FrameKind) -> int:
        return int(np.bitwise_count(rows[rows["kind"] == kind]["code"][0] ^ theirs).sum())

    assert away(FrameKind.WHOLE) > 10
    assert away(FrameKind.OTHER_COLOUR) <= 4


def test_a_film_that_names_its_colours_or_has_none_has_no_such_rows() -> None:
    tagged = clips.film(clips.frames(1, 1), colorspace=1, color_primaries=1, color_trc=1)
    grey = clips.film(np.repeat(one[..., :1], 3, axis=2) for one in clips.frames(1, 1))
    for film in (tagged, grey):
        assert FrameKind.OTHER_COLOUR not in hash_video(film).signal.rows["kind"]


def test_patch_sets_are_bounded_and_spread_over_the_film() -> None:
    found = hash_video(clips.film(clips.frames(1, 20)), patching=Patching(patches=20, most=5)).signal
    assert 2 <= len(found.patches) <= 5
    assert found.patches[-1].milliseconds - found.patches[0].milliseconds > 8000
    assert all(len(one.patches) <= 20 for one in found.patches)


def test_hashing_stops_when_enough_was_seen() -> None:
    data = clips.film(clips.frames(1, 30))
    whole = hash_video(data, rule=BANK_RULE)
    part = hash_video(data, rule=BANK_RULE, enough=lambda so_far: len(so_far.signal) > 10)
    assert not part.whole
    assert part.frames < whole.frames / 2


@given(signals)
def test_a_signal_is_read_back_from_its_bytes(signal: VideoSignal) -> None:
    assert VideoSignal.from_bytes(signal.to_bytes()) == signal


def test_patches_are_read_back_too(hashed: HashedVideo) -> None:
    assert hashed.signal.patches
    assert VideoSignal.from_bytes(hashed.signal.to_bytes()) == hashed.signal


@given(signals, st.integers(0, 2000), st.integers(0, 255))
def test_changed_bytes_are_a_signal_or_an_error_of_ours(signal: VideoSignal, at: int, value: int) -> None:
    data = bytearray(signal.to_bytes())
    data[at % len(data)] = value
    try:
        VideoSignal.from_bytes(bytes(data))
    except SignalError:
        return


@given(signals, st.data())
def test_bytes_that_break_off_or_go_on_are_refused(signal: VideoSignal, draw: st.DataObject) -> None:
    data = signal.to_bytes()
    with pytest.raises(SignalError):
        VideoSignal.from_bytes(data[: draw.draw(st.integers(0, len(data) - 1))])
    with pytest.raises(SignalError):
        VideoSignal.from_bytes(data + b"\0")


def test_nothing_of_a_film_is_in_its_representation(hashed: HashedVideo) -> None:
    assert repr(hashed.signal) == f"VideoSignal({len(hashed.signal)} rows)"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: VideoSignal(-1, 0, 0, np.zeros(0, ROW)),
        lambda: VideoSignal(0, -1, 0, np.zeros(0, ROW)),
        lambda: VideoSignal(0, 0, 0, np.zeros((1, 1), ROW)),
        lambda: VideoSignal(0, 0, 0, np.array([(5, 4, 0, 0, [0] * 32)], ROW)),
        lambda: VideoSignal(0, 0, 0, np.array([(5, 5, 0, 101, [0] * 32)], ROW)),
        lambda: VideoSignal(0, 0, 0, np.array([(5, 5, 3, 0, [0] * 32)], ROW)),
        lambda: VideoSignal(0, 0, 0, np.zeros(0, ROW), (TimedPatches(-1, patch.PatchSet.empty(1, 1)),)),
        lambda: VideoSignal.of_still([Signal(SignalType.MD5, bytes(16))]),
    ],
)
def test_numbers_out_of_range_are_refused(wrong: object) -> None:
    with pytest.raises(SignalError):
        wrong()  # type: ignore[operator]  # a table of functions


def test_vpdq_text_comes_back_with_the_same_frames_by_both_standards(hashed: HashedVideo) -> None:
    whole = hashed.signal.rows[hashed.signal.rows["kind"] != FrameKind.TRIMMED]
    back = vpdq.from_text(vpdq.to_text(hashed.signal)).rows
    for name in ("start", "quality"):
        assert (back[name] == whole[name]).all()
    assert (back["code"] == whole["code"]).all()


@pytest.mark.parametrize(
    "text",
    [
        f'["{"0f" * 32},99,0.000", "{"f0" * 32},60,1.500"]',
        f"0,99,{'0f' * 32},0.000\n30,60,{'f0' * 32},1.500\n",
        f"0,{'0f' * 32},99,0\n30,{'f0' * 32},60,1.5",
        f"{'0f' * 32},99,0\n{'f0' * 32},60,1.5",
    ],
)
def test_vpdq_is_read_in_every_form_that_others_write(text: str) -> None:
    rows = vpdq.from_text(text).rows
    assert rows["start"].tolist() == [0, 1500]
    assert rows["quality"].tolist() == [99, 60]
    assert [code.tobytes().hex() for code in rows["code"]] == ["0f" * 32, "f0" * 32]


@pytest.mark.parametrize(
    "text",
    ["[", "[1]", '["x"]', "{}", f"{'0f' * 32},101,0", f"{'0g' * 32},99,0", f"{'0f' * 32},99,-1", f"{'0f' * 32},99,nan",
     f"{'0f' * 32},99,1e12", f"{'0f' * 32},-1,0", "[" * 5000, '["a,b,c,d,e"]'],
)  # fmt: skip
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(SignalError):
        vpdq.from_text(text)


CONFINED = """
import sys
from argine.media.confine import MIB, confine
from argine.signals.video.hasher import CHECK_PATCHING, hash_video
films = [open(path, "rb").read() for path in sys.argv[1:]]
expected = [hash_video(film, patching=CHECK_PATCHING).signal for film in films]
reached = confine(700 * MIB)
for film, wanted in zip(films, expected):
    assert hash_video(film, patching=CHECK_PATCHING).signal == wanted
    try:
        hash_video(film[: len(film) // 2])
    except Exception as error:
        assert type(error).__module__ == "argine.media.errors", error
print("level", reached.level)
"""


@pytest.mark.slow
def test_a_confined_process_decodes_the_same_from_memory(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("films")
    kinds = [("libx264", "mp4"), ("libx265", "mp4"), ("libvpx", "webm"), ("libvpx-vp9", "webm"), ("libsvtav1", "mp4"),
             ("mpeg4", "avi"), ("libx264", "mpegts")]  # fmt: skip
    paths = []
    for number, (codec, container) in enumerate(kinds):
        path = folder / f"{number}.{container}"
        path.write_bytes(clips.film(clips.frames(1, 2), codec, container))
        paths.append(str(path))
    run = subprocess.run([sys.executable, "-c", CONFINED, *paths], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "level" in run.stdout
