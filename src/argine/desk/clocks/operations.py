"""Starting, answering, stopping and missing clocks. The due instant is a stored column; nothing is recomputed later."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.clocks import queries, warnings
from argine.desk.clocks.enums import ClockState, Duty
from argine.desk.clocks.models import Clock
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, Actor
from argine.desk.core.lots import each
from argine.law.rules import Due
from argine.law.terms import ClockKind
from argine.merkle.canonical import Json

logger = logging.getLogger(__name__)


def start(
    case_id: UUID, items: Sequence[UUID | None], dues: Iterable[Due], *, by: Actor, duty: Duty = Duty.ACT
) -> list[Clock]:
    """Start one clock for each item and each law's time. An item of ACT is an address; None stands for the pictures."""
    made = [
        Clock(
            case_id=case_id,
            item_id=item,
            duty=duty,
            regime=due.regime_id,
            regime_version=due.regime_version,
            kind=due.kind,
            started_at=due.started_at,
            due_at=due.due_at,
        )
        for due in dues
        for item in items
    ]
    _save(made, by=by)
    return made


def run_anew(case_id: UUID, *, by: Actor, item: UUID | None = None) -> list[Clock]:
    """Something is to be done after all, or on a new item: the answered clocks run once more, from now.

    The law's hours were answered before, so the same hours are now the desk's own promise.
    """
    moment = time.now()
    answered = {(item or clock.item_id, clock.regime): clock for clock in queries.answered_clocks(case_id)}
    made = [
        Clock(
            case_id=case_id,
            item_id=item_id,
            regime=clock.regime,
            regime_version=clock.regime_version,
            kind=ClockKind.INDICATIVE,
            started_at=moment,
            due_at=moment + (clock.due_at - clock.started_at),
        )
        for (item_id, _regime), clock in answered.items()
    ]
    _save(made, by=by)
    return made


def _save(made: list[Clock], *, by: Actor) -> None:
    for clock in made:
        clock.warn_at = warnings.next_after(clock, 0)
    with transaction.atomic():
        Clock.objects.bulk_create(made)
        for clock in made:
            data: dict[str, Json] = {
                "case": str(clock.case_id),
                "duty": str(clock.duty),
                "regime": clock.regime,
                "version": clock.regime_version,
                "due": time.iso(clock.due_at),
            }
            append(Event.CLOCK_STARTED, f"clock:{clock.id}", by=by, data=data)


def answer(case_id: UUID, item_id: UUID | None, *, at: datetime, by: Actor, duty: Duty = Duty.ACT) -> None:
    """Record that a duty on an item was done (or refused with reasons). With no item: on every item of the case.

    A clock answered after its due instant is missed, whoever noticed first: the ticker or the late answer.
    """
    with transaction.atomic():
        for clock in queries.open_clocks(case_id, duty):
            if item_id is not None and clock.item_id != item_id:
                continue
            if clock.state == ClockState.RUNNING and at > clock.due_at:
                _miss(clock)
            late = clock.state == ClockState.MISSED
            clock.ended_at = at
            clock.state = clock.state if late else ClockState.MET
            clock.save(update_fields=["ended_at", "state"])
            append(Event.CLOCK_MET, f"clock:{clock.id}", by=by, data={"at": time.iso(at), "late": late})


def stop(case_id: UUID, *, by: Actor, item_id: UUID | None = None) -> None:
    """Nothing is due any more, on an item or on the case: it was taken back. A missed clock stays missed."""
    moment = time.now()
    with transaction.atomic():
        for clock in queries.open_clocks(case_id):
            if item_id is not None and clock.item_id != item_id:
                continue
            clock.ended_at = moment
            clock.state = ClockState.STOPPED if clock.state == ClockState.RUNNING else clock.state
            clock.save(update_fields=["ended_at", "state"])
            append(Event.CLOCK_STOPPED, f"clock:{clock.id}", by=by)


def supersede(case_id: UUID, dues: Sequence[Due], *, by: Actor, duty: Duty = Duty.ACT) -> list[Clock]:
    """Put new clocks in the place of those of one duty that wait, on the same items. A missed one stays missed."""
    moment = time.now()
    with transaction.atomic():
        replaced = queries.open_clocks(case_id, duty)
        for clock in replaced:
            clock.ended_at = moment
            clock.state = ClockState.SUPERSEDED if clock.state == ClockState.RUNNING else clock.state
            clock.save(update_fields=["ended_at", "state"])
            append(Event.CLOCK_SUPERSEDED, f"clock:{clock.id}", by=by)
        items = list(dict.fromkeys(clock.item_id for clock in replaced)) or [None]
        return start(case_id, items, dues, by=by, duty=duty)


def warn(clock: Clock) -> int:
    """Record that a share of a clock's time has passed, unless somebody else just did; return the percent, or 0.

    After a standstill only the last share that passed is said: the earlier ones are no news any more.
    """
    percent = warnings.reached(clock, time.now())
    with transaction.atomic():
        unchanged = Clock.objects.filter(pk=clock.pk, state=ClockState.RUNNING, warned=clock.warned)
        changed = percent > clock.warned and unchanged.update(
            warned=percent, warn_at=warnings.next_after(clock, percent)
        )
        if not changed:
            return 0
        data: dict[str, Json] = {
            "case": str(clock.case_id),
            "regime": clock.regime,
            "percent": percent,
            "due": time.iso(clock.due_at),
        }
        append(Event.CLOCK_WARNED, f"clock:{clock.id}", by=SYSTEM, data=data)
    return percent


def _miss(clock: Clock) -> bool:
    """Mark a clock missed, unless somebody else just changed it; the entry bears the due instant."""
    changed = Clock.objects.filter(pk=clock.pk, state=ClockState.RUNNING).update(state=ClockState.MISSED)
    if changed:
        clock.state = ClockState.MISSED
        data = {"case": str(clock.case_id), "regime": clock.regime, "due": time.iso(clock.due_at)}
        append(Event.CLOCK_MISSED, f"clock:{clock.id}", by=SYSTEM, data=data)
    return bool(changed)


def tick() -> int:
    """Mark every clock whose due instant has passed; tell how many. One that fails never stops the others."""
    failed = "A clock could not be marked as missed; it is tried again at the next tick"
    return each(queries.overdue(time.now()), lambda pk: _miss(Clock.objects.get(pk=pk)), failed, logger)
