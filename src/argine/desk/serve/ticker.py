"""One pass of the clock ticker."""

from argine.desk.clocks.operations import tick
from argine.desk.serve.pulse import Pulse

_pulse = Pulse("ticker")


def one_pass() -> bool:
    tick()
    _pulse.beat()
    return False
