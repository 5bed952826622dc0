"""The life of a clock.

running -> met       what the law asks was done (or refused with reasons) in time
running -> missed    the due instant passed; it is answered later (`ended_at`) or never
running -> superseded another clock takes its place: its start or its time was not what it is
running -> stopped   nothing is due any more: the notice was withdrawn
missed  -> missed    answered late: `ended_at` is set, the state stays
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

# Stands in a clock's `regime` where no law has a say.
OWN_RULE = "desk"


class Duty(models.TextChoices):
    """What a clock is about: the same law can ask several things of one case."""

    ACT = "act", _("to decide, and to act on what was reported")
    APPEAL = "appeal", _("to decide an appeal")
    # Of an authority, beside the platform's own: nobody at the desk answers it.
    AUTHORITY = "authority", _("for the authority to decide")


class ClockState(models.TextChoices):
    RUNNING = "running", _("running")
    MET = "met", _("met")
    MISSED = "missed", _("missed")
    STOPPED = "stopped", _("stopped")
    SUPERSEDED = "superseded", _("replaced by another clock")


TRANSITIONS: dict[ClockState, frozenset[ClockState]] = {
    ClockState.RUNNING: frozenset({ClockState.MET, ClockState.MISSED, ClockState.STOPPED, ClockState.SUPERSEDED}),
    ClockState.MET: frozenset(),
    ClockState.MISSED: frozenset(),
    ClockState.STOPPED: frozenset(),
    ClockState.SUPERSEDED: frozenset(),
}
