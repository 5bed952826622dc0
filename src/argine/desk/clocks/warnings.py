"""When a clock warns: at shares of its time that the operator sets, each once."""

from datetime import datetime

from django.conf import settings

from argine.desk.clocks.enums import Duty
from argine.desk.clocks.models import Clock

WHOLE = 100


def percents() -> list[int]:
    return sorted({int(text) for text in settings.CONFIG.warn_percent})


def instant(clock: Clock, percent: int) -> datetime:
    return clock.started_at + (clock.due_at - clock.started_at) * percent / WHOLE


def reached(clock: Clock, now: datetime) -> int:
    """The last percent that has passed; 0 before the first."""
    return max((percent for percent in percents() if instant(clock, percent) <= now), default=0)


def next_after(clock: Clock, percent: int) -> datetime | None:
    """When it warns next. Of an authority's clock nobody here is warned: nobody here answers it."""
    if clock.duty == Duty.AUTHORITY:
        return None
    return next((instant(clock, later) for later in percents() if later > percent), None)
