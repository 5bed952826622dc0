"""Signals are found by their value through an index, however many there are."""

import pytest
from tests.factories import make_case, random_signals

from argine.desk.banks.queries import with_values
from argine.signals.types import SignalType

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", [SignalType.PDQ, SignalType.SHA256])
def test_a_signal_is_found_by_its_value_through_the_index(kind: SignalType) -> None:
    signals = random_signals()
    make_case(pictures=[signals, random_signals()])
    value = next(signal.value for signal in signals if signal.type is kind)
    found = with_values([value])
    assert [(row.type, bytes(row.value)) for row in found] == [(kind, value)]
    assert "signal_value" in found.explain()


def test_of_no_values_nothing_is_found_and_a_beginning_alone_is_not_enough() -> None:
    signals = random_signals()
    make_case(pictures=[signals])
    assert not with_values([]).exists()
    assert not with_values([signals[0].value + b"more"]).exists()
