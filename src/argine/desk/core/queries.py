"""Reading signs of life."""

from datetime import datetime, timedelta

from argine.desk.core.models import Heartbeat

PROCESSES = ("ticker", "worker")
# They give a sign at most every half minute (serve.pulse).
SILENCE = timedelta(minutes=2)


def late_processes(now: datetime) -> list[str]:
    """The background processes that have given no sign of life lately."""
    alive = set(Heartbeat.objects.filter(at__gte=now - SILENCE).values_list("name", flat=True))
    return [name for name in PROCESSES if name not in alive]
