"""One pass of the courier: queue what the log asks for, then send one message, then ask witnesses that are due.

A process of its own: mail servers may be slow, and clocks may not wait for them.
"""

from argine.desk.notify.operations import ask_witnesses, deliver_next, follow, recover
from argine.desk.serve.pulse import Pulse
from argine.desk.serve.steady import Steady

_pulse = Pulse("courier")
_steady = Steady()


def one_pass() -> bool:
    _pulse.beat()
    if _steady.holds():
        return False
    more = follow()
    recover()
    more = deliver_next() or more
    ask_witnesses()
    return more
