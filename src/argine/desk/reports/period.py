"""A period of whole days, in UTC: both ends belong to it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import gettext as _

from argine.desk.core.errors import InvalidError

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    first: date
    last: date

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return datetime.combine(self.last + DAY, time(), UTC)

    @property
    def text(self) -> str:
        """As Implementing Regulation (EU) 2024/2835 has it written."""
        return f"{self.first:%Y-%m-%d}/{self.last:%Y-%m-%d}"

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


def parse(first: str, last: str) -> Period:
    """Read a period.

    Raises:
        InvalidError: a day is no day, or the end comes before the beginning; `fields` says which.
    """
    days: dict[str, date] = {}
    faults: dict[str, str] = {}
    for name, text in (("from", first), ("to", last)):
        try:
            days[name] = date.fromisoformat(text.strip())
        except ValueError:
            faults[name] = _("Write a day, such as 2026-11-26.")
    if not faults and days["to"] < days["from"]:
        faults["to"] = _("The end comes before the beginning.")
    if not faults and not date(2000, 1, 1) <= days["from"] <= days["to"] <= date(2999, 12, 31):
        faults["from"] = _("Write a day of this century.")
    if faults:
        raise InvalidError(" ".join(faults.values()), fields=faults)
    return Period(days["from"], days["to"])


def last_year(today: date) -> Period:
    """The last whole year: what a yearly report is about."""
    return Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
