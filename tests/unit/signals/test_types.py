import dataclasses

import pytest

from argine.errors import ArgineError
from argine.signals import MIN_PDQ_QUALITY, Signal, SignalError, SignalType

PDQ = "0f" * 32


@pytest.mark.parametrize(
    ("kind", "text", "quality", "says"),
    [
        ("pdq", "0f" * 31, None, "64 digits"),
        ("pdq", "0f" * 33, None, "64 digits"),
        ("sha256", "0f" * 16, None, "64 digits"),
        ("md5", "0f" * 32, None, "32 digits"),
        ("md5", "", None, "32 digits"),
        ("md5", "g" * 32, None, "0-9 and a-f"),
        ("md5", "0x" + "1" * 30, None, "0-9 and a-f"),
        ("md5", "0f 0f " + "1" * 26, None, "0-9 and a-f"),
        ("md5", "\N{FULLWIDTH DIGIT ONE}" * 32, None, "0-9 and a-f"),
        ("pdq", PDQ, -1, "0 to 100"),
        ("pdq", PDQ, 101, "0 to 100"),
        ("md5", "0f" * 16, 50, "Only a pdq"),
        ("sha1", PDQ, None, "Unknown signal type"),
        ("PDQ", PDQ, None, "Unknown signal type"),
    ],
)
def test_a_malformed_signal_is_refused_with_what_is_wrong(kind: str, text: str, quality: int | None, says: str) -> None:
    with pytest.raises(SignalError, match=says) as caught:
        Signal.parse(kind, text, quality)
    assert text == "" or text not in str(caught.value)
    assert isinstance(caught.value, ArgineError)


def test_the_value_must_have_the_length_of_its_type() -> None:
    with pytest.raises(SignalError, match="32 bytes"):
        Signal(SignalType.PDQ, bytes(31))


@pytest.mark.parametrize(
    ("quality", "hashable"),
    [(None, True), (100, True), (MIN_PDQ_QUALITY, True), (MIN_PDQ_QUALITY - 1, False), (0, False)],
)
def test_a_flat_picture_is_not_hashable(quality: int | None, hashable: bool) -> None:
    assert Signal.parse("pdq", PDQ, quality).hashable is hashable


def test_a_signal_does_not_change_and_can_be_a_key() -> None:
    signal = Signal.parse("pdq", PDQ, 90)
    assert {signal: 1}[Signal.parse("pdq", PDQ.upper(), 90)] == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        signal.quality = 1  # type: ignore[misc]
