"""What every signal type promises, and what vectors/ says that all languages must give."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vectors.recipe import paint, some_bytes

from argine.signals import Signal, SignalError, SignalType, exact, pdq
from argine.signals.patch_bytes import HEAD, ROW_BYTES
from argine.signals.video_bytes import HEAD as VIDEO_HEAD
from argine.signals.video_bytes import ROW_BYTES as VIDEO_ROW

VECTORS = Path(__file__).parents[2] / "vectors"
BYTES = {SignalType.SHA256: exact.sha256, SignalType.MD5: exact.md5}


def vectors(name: str) -> list[dict[str, Any]]:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def patch_bytes() -> st.SearchStrategy[bytes]:
    def of(count: int) -> st.SearchStrategy[bytes]:
        return st.binary(min_size=ROW_BYTES * count, max_size=ROW_BYTES * count).map(
            lambda rows: HEAD.pack(1, 640, 480, count) + rows
        )

    return st.integers(0, 5).flatmap(of)


def video_bytes() -> st.SearchStrategy[bytes]:
    def of(count: int) -> st.SearchStrategy[bytes]:
        return st.binary(min_size=VIDEO_ROW * count, max_size=VIDEO_ROW * count + 9).map(
            lambda rest: VIDEO_HEAD.pack(1, 5000, 640, 480, count, 0) + rest
        )

    return st.integers(0, 5).flatmap(of)


OF_TEXT = {SignalType.PATCH: patch_bytes, SignalType.VIDEO: video_bytes}


def signals(kind: SignalType) -> st.SearchStrategy[Signal]:
    value = OF_TEXT[kind]() if kind in OF_TEXT else st.binary(min_size=kind.size, max_size=kind.size)
    quality = st.none() | st.integers(0, 100) if kind is SignalType.PDQ else st.none()
    return st.builds(Signal, st.just(kind), value, quality)


@given(st.sampled_from(SignalType).flatmap(signals))
def test_a_signal_is_read_back_from_its_text(signal: Signal) -> None:
    assert Signal.parse(signal.type, signal.text, signal.quality) == signal
    if signal.type not in OF_TEXT:
        assert Signal.parse(signal.type.value, signal.text.upper(), signal.quality) == signal
        assert len(signal.text) == 2 * signal.type.size


@given(st.sampled_from(SignalType), st.text(max_size=70), st.none() | st.integers(-5, 105))
def test_any_other_text_is_refused_with_a_signal_error(kind: SignalType, text: str, quality: int | None) -> None:
    try:
        signal = Signal.parse(kind, text, quality)
    except SignalError:
        return
    assert signal.text in {text, text.lower()}
    assert signal.quality == quality


def test_the_types_have_the_names_that_others_know() -> None:
    assert sorted(SignalType) == ["md5", "patch", "pdq", "sha256", "video"]


@pytest.mark.parametrize("vector", vectors("exact"), ids=lambda vector: str(vector["length"]))
@pytest.mark.parametrize("kind", BYTES)
def test_exact_signals_equal_the_vectors(vector: dict[str, Any], kind: SignalType) -> None:
    make: Callable[[bytes], Signal] = BYTES[kind]
    assert make(some_bytes(vector["length"])) == Signal.parse(kind, vector[kind])


@pytest.mark.parametrize("vector", vectors("pdq"), ids=lambda v: f"{v['width']}x{v['height']}-{v['seed']}")
def test_pdq_equals_the_vectors_of_the_reference(vector: dict[str, Any]) -> None:
    expected = Signal.parse("pdq", vector.pop("pdq"), vector.pop("quality"))
    assert pdq.hash_pixels(paint(**vector)) == expected


@pytest.mark.parametrize("vector", vectors("distance"), ids=lambda vector: vector["a"][:4] + vector["b"][:4])
def test_distances_equal_the_vectors(vector: dict[str, Any]) -> None:
    a, b = Signal.parse("pdq", vector["a"]), Signal.parse("pdq", vector["b"])
    assert pdq.distance(a, b) == pdq.distance(b, a) == vector["distance"]
    assert pdq.distance(a, a) == 0
