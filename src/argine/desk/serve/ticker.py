"""One pass of the clock ticker."""

from argine.desk.cases.operations import resume_suspended, warn_of_clocks
from argine.desk.clocks.operations import tick
from argine.desk.outward import operations as outward
from argine.desk.serve.pulse import Pulse

_pulse = Pulse("ticker")


def one_pass() -> bool:
    tick()
    warn_of_clocks()
    resume_suspended()
    outward.tick()
    _pulse.beat()
    return False
