"""One pass of the clock ticker."""

from argine.desk.cases.operations import resume_suspended, warn_of_clocks
from argine.desk.clocks.operations import tick
from argine.desk.serve.pulse import Pulse

_pulse = Pulse("ticker")


def one_pass() -> bool:
    tick()
    warn_of_clocks()
    resume_suspended()
    _pulse.beat()
    return False
