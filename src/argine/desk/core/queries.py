"""Reading signs of life."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from argine.desk.core.models import Heartbeat

PROCESSES = ("ticker", "worker")
# They give a sign at most every half minute (serve.pulse).
SILENCE = timedelta(minutes=2)


def late_processes(now: datetime, names: Sequence[str] = PROCESSES) -> list[str]:
    """The background processes, of these, that have given no sign of life lately."""
    alive = set(Heartbeat.objects.filter(at__gte=now - SILENCE).values_list("name", flat=True))
    return [name for name in names if name not in alive]
