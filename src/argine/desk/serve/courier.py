"""One pass of the courier: queue what the log asks for, then send one message.

A process of its own: mail servers may be slow, and clocks may not wait for them.
"""

from argine.desk.notify.operations import deliver_next, follow, recover
from argine.desk.serve.pulse import Pulse

_pulse = Pulse("courier")


def one_pass() -> bool:
    _pulse.beat()
    more = follow()
    recover()
    return deliver_next() or more
