from calendar import monthrange
from datetime import datetime, timedelta

_YEAR = 12


def months_after(moment: datetime, months: int) -> datetime:
    """Return the same time of day that many calendar months later.

    Where that month has no such day, it is the first of the next one: a period that must be "at least" so long is
    never cut short.
    """
    year, month = divmod(moment.year * _YEAR + moment.month - 1 + months, _YEAR)
    days = monthrange(year, month + 1)[1]
    if moment.day <= days:
        return moment.replace(year=year, month=month + 1)
    return moment.replace(year=year, month=month + 1, day=days) + timedelta(days=1)


def year_end(moment: datetime) -> datetime:
    """Return the first instant after the calendar year of a moment, in its own zone."""
    return moment.replace(year=moment.year + 1, month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
