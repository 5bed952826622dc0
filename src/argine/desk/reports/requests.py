"""One record for each request under a law: when it came, what was decided and done, how long it took.

Made with the US TAKE IT DOWN Act in mind, whose enforcer looks at receipt, validity, outcome and the 48 hours. Numbers,
dates and codes only: the person is named by the case's number.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.banks.queries import sightings_of_case
from argine.desk.cases import duties, queries
from argine.desk.cases.enums import REMOVING, CaseState
from argine.desk.cases.models import Action, Address, Appeal, Case, Decision, Notice
from argine.desk.clocks.enums import ClockState, Duty
from argine.desk.clocks.models import Clock
from argine.desk.core import time
from argine.desk.reports.period import Period
from argine.desk.reports.sheets import Cell, Sheet
from argine.matching.verdict import Verdict

FIRST_LAW = "us-tida-s3"
ALL = Q()
HEADER = (
    *("case", "received_at", "complete_at", "elements_missing", "items", "state"),
    *("decided_at", "outcome", "ground", "basis", "letters_sent", "first_action_at", "last_action_at"),
    *("hours_to_last_action", "due_at", "clocks_met", "clocks_missed", "copies_stopped", "appealed_at", "appeal_state"),
)


def sheet(period: Period, law: str = FIRST_LAW, which: Q = ALL) -> Sheet:
    """The requests, of these, that were received within a period and ran a clock under this law."""
    cases = set(Clock.objects.filter(regime=law, duty=Duty.ACT).values_list("case_id", flat=True))
    received = Notice.objects.filter(which, received_at__gte=period.start, received_at__lt=period.end)
    rows = [
        _row(notice, law)
        for notice in received.select_related("case").order_by("received_at")
        if notice.case_id in cases
    ]
    note = "Copies stopped: those whose matches are still kept (ARGINE_SIGHTING_DAYS)."
    return Sheet(f"requests_{law}", "Record of each request", HEADER, rows, note)


def _row(notice: Notice, law: str) -> Sequence[Cell]:
    case = notice.case
    return (
        case.number,
        time.iso(notice.received_at),
        _at(notice.completed_at),
        " ".join(duties.missing(queries.notice_draft(notice), notice.received_at).get(law, ())),
        Address.objects.filter(case=case).count() or 1,
        CaseState(case.state).value,
        *_decided(queries.current_decision(case)),
        Entry.objects.filter(event=Event.LETTER_SENT, subject=f"case:{case.id}").count(),
        *_done(notice),
        *_clocks(case, law),
        len({sighting.check_id for sighting in sightings_of_case(case.id) if sighting.verdict == Verdict.BLOCK}),
        *_appeal(case),
    )


def _at(moment: datetime | None) -> str:
    return time.iso(moment) if moment else ""


def _decided(decision: Decision | None) -> tuple[Cell, ...]:
    if decision is None:
        return "", "", "", ""
    return time.iso(decision.at), decision.outcome, decision.ground, decision.basis


def _done(notice: Notice) -> tuple[Cell, ...]:
    done = list(Action.objects.filter(decision__case=notice.case_id, measure__in=REMOVING).order_by("at"))
    if not done:
        return "", "", ""
    took = (done[-1].at - notice.received_at).total_seconds() / 3600
    return time.iso(done[0].at), time.iso(done[-1].at), round(took, 1)


def _clocks(case: Case, law: str) -> tuple[Cell, ...]:
    clocks = list(Clock.objects.filter(case_id=case.id, regime=law, duty=Duty.ACT).order_by("due_at"))
    counts = [sum(clock.state == state for clock in clocks) for state in (ClockState.MET, ClockState.MISSED)]
    return _at(clocks[0].due_at if clocks else None), *counts


def _appeal(case: Case) -> tuple[Cell, ...]:
    last = Appeal.objects.filter(case=case).order_by("at").last()
    return (time.iso(last.at), last.state) if last else ("", "")
