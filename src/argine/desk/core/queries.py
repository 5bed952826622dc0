"""Reading signs of life."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from argine.desk.core.models import Heartbeat

PROCESSES = ("ticker", "worker")
# Beside the processes: when one of them saw that the clock was set.
CLOCK_SET = "clock set"
# They give a sign at most every half minute (serve.pulse).
SILENCE = timedelta(minutes=2)


def clock_set_lately(now: datetime, lately: timedelta) -> bool:
    """Whether a process has just noticed that the machine's clock was set."""
    return Heartbeat.objects.filter(name=CLOCK_SET, at__gte=now - lately, at__lte=now + SILENCE).exists()


def late_processes(now: datetime, names: Sequence[str] = PROCESSES, silence: timedelta = SILENCE) -> list[str]:
    """The background processes, of these, that have given no sign of life for so long."""
    # One from the future is of before the clock was set back.
    alive = set(Heartbeat.objects.filter(at__gte=now - silence, at__lte=now + SILENCE).values_list("name", flat=True))
    return [name for name in names if name not in alive]
