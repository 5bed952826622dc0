"""One pass of the clock ticker."""

from argine.desk.cases.operations import resume_suspended, warn_of_clocks
from argine.desk.clocks.operations import tick
from argine.desk.outward import operations as outward
from argine.desk.serve.pulse import Pulse
from argine.desk.serve.steady import Steady

_pulse = Pulse("ticker")
_steady = Steady()


def one_pass() -> bool:
    _pulse.beat()
    if _steady.holds():
        return False
    do_due()
    return False


def do_due() -> None:
    """Do all that the time asks for, whatever the machine's clock did before."""
    tick()
    warn_of_clocks()
    resume_suspended()
    outward.tick()
