"""Ending what hangs on a case when there is nothing left to decide."""

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.cases import policies
from argine.desk.cases.enums import AppealState
from argine.desk.cases.models import Appeal, Case
from argine.desk.cases.operations import steps
from argine.desk.clocks import operations as clocks
from argine.desk.core import time
from argine.desk.core.actor import Actor


def close_open_appeals(case: Case, *, by: Actor) -> None:
    """There is nothing left to decide: the notice was taken back, or the decision was replaced. Clocks stop."""
    for appeal in Appeal.objects.filter(case=case, state=AppealState.OPEN).order_by("at"):
        policies.check_appeal_move(appeal, AppealState.CLOSED)
        appeal.state, appeal.decided_at, appeal.decided_by = AppealState.CLOSED, time.now(), by
        appeal.save(update_fields=["state", "decided_at", "decided_by"])
        append(Event.APPEAL_CLOSED, f"case:{case.id}", by=by, data={"appeal": str(appeal.id)})
        clocks.stop(case.id, by=by, item_id=appeal.id)


def leave_others(case: Case, *, by: Actor) -> None:
    """The case ends: it leads and follows no other any more, and each of those goes on by itself."""
    steps.let_go([*case.followers.order_by("number"), *([case] if case.leading_id else [])], by=by)
