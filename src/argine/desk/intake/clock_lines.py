"""Clocks in plain words: how long is left, for what, and what it means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from argine.desk.clocks.enums import ClockState, Duty
from argine.desk.clocks.models import Clock
from argine.law.schema import load_all

HOUR_S = 3600
MINUTE_S = 60
SOON_S = 12 * HOUR_S


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One line of the list. `share` is the part of the time that has passed, 0 to 1; None once it was answered."""

    title: str
    plain: str
    left: str
    tone: str
    is_met: bool
    shown_at: datetime
    share: float | None


def lines(clocks: Sequence[Clock], now: datetime) -> list[ClockLine]:
    """Say each clock once, though it runs for every reported address: the nearest first, as they were given."""
    return [_line(list(same), now) for _key, same in groupby(clocks, key=_sameness)]


def _sameness(clock: Clock) -> tuple[object, ...]:
    return clock.ended_at is not None, clock.due_at, clock.regime, clock.duty, clock.state


def _line(same: list[Clock], now: datetime) -> ClockLine:
    clock = same[0]
    language = get_language() or "en"
    regime = load_all().get(clock.regime)
    title = regime.title.in_language(language) if regime else _("Our own rule")
    plain = regime.plain.in_language(language) if regime else ""
    if clock.duty == Duty.APPEAL:
        plain = _("Until when your appeal is decided. The law gives no number of hours: this is our own promise.")
    left, tone = _left(clock, now)
    return ClockLine(
        title=title,
        plain=plain,
        left=left,
        tone=tone,
        is_met=clock.state == ClockState.MET,
        shown_at=clock.ended_at if clock.state == ClockState.MET and clock.ended_at else clock.due_at,
        share=_share(clock, now),
    )


def _share(clock: Clock, now: datetime) -> float | None:
    if clock.ended_at is not None:
        return None
    passed = (now - clock.started_at).total_seconds()
    return round(min(max(passed / (clock.due_at - clock.started_at).total_seconds(), 0.0), 1.0), 3)


def _left(clock: Clock, now: datetime) -> tuple[str, str]:
    if clock.state == ClockState.MET:
        return _("Answered in time"), "met"
    if clock.state == ClockState.STOPPED:
        return _("Stopped"), ""
    if clock.state == ClockState.SUPERSEDED:
        return _("Replaced by the clock that counts now"), ""
    seconds = (clock.due_at - now).total_seconds()
    if clock.ended_at is not None:
        return _("Answered late"), "late"
    if seconds <= 0:
        return _("Late by %(time)s") % {"time": duration(-seconds)}, "late"
    return _("%(time)s left") % {"time": duration(seconds)}, "soon" if seconds < SOON_S else ""


def duration(seconds: float) -> str:
    """Say it in hours, to the nearest, or in minutes below one hour: nobody needs more of a clock of days."""
    hours = round(seconds / HOUR_S)
    if seconds >= HOUR_S:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    minutes = int(seconds // MINUTE_S)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
