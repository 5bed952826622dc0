"""The dashboard's figures are those of the cases, counted once more here in the plainest way."""

import itertools
from collections import Counter
from datetime import date, datetime, timedelta
from statistics import median

import pytest
from tests.factories import decision_draft, fresh, make_appeal, make_case, make_case_in, make_order

from argine.desk.cases.drafts import ActionDraft, VerdictDraft
from argine.desk.cases.enums import OPEN, REMOVING, Appellant, Basis, CaseState, Ground, Measure, Outcome
from argine.desk.cases.models import Action, Case
from argine.desk.cases.operations import decide, decide_appeal, report_action
from argine.desk.clocks.enums import ClockState, Duty
from argine.desk.clocks.models import Clock
from argine.desk.clocks.operations import tick
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, staff
from argine.desk.demo.operations import fill
from argine.desk.reports import figures
from argine.desk.reports.figures import LEFT_HOURS, NO_CLOCK, TOOK_HOURS, Appeals, days_shown
from argine.desk.reports.period import DAY, Period

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_banks")]

US = "us-tida-s3"


def period(days: int) -> Period:
    today = time.now().date()
    return Period(today - DAY * days, today)


def under(law: str) -> list[Case]:
    found = Case.objects.order_by("number")
    if not law:
        return list(found)
    with_law = set(Clock.objects.filter(regime=law).values_list("case_id", flat=True))
    return [case for case in found if case.id in with_law]


def group(hours: float, ends: tuple[int, ...]) -> int:
    return sum(hours >= end for end in ends)


@pytest.fixture
def mixture() -> None:
    """Many cases, some of them under some laws only."""
    fill(80)
    Clock.objects.filter(regime=US, case_id__in=list(Case.objects.values_list("pk", flat=True)[:25])).delete()


@pytest.mark.usefixtures("mixture")
@pytest.mark.parametrize("law", ["", US])
def test_open_cases_are_grouped_by_their_nearest_deadline(law: str) -> None:
    now, expected = time.now(), Counter[int]()
    for case in under(law):
        clocks = Clock.objects.filter(case_id=case.id, ended_at=None).exclude(duty=Duty.AUTHORITY)
        dues = [clock.due_at for clock in clocks if law in {"", clock.regime}]
        if case.state in OPEN:
            expected[group((min(dues) - now).total_seconds() / 3600, LEFT_HOURS) if dues else NO_CLOCK] += 1
    assert figures.of(period(5), now, law).left == expected


@pytest.mark.usefixtures("mixture")
@pytest.mark.parametrize("law", ["", US])
@pytest.mark.parametrize("days", [3, 60, 200])
def test_the_time_to_removal_is_that_of_the_first_action_of_each_case(law: str, days: int) -> None:
    asked, hours = period(days), []
    for case in under(law):
        done = Action.objects.filter(decision__case=case, measure__in=REMOVING).order_by("at").first()
        if done is not None and done.at in asked:
            hours.append((done.at - case.opened_at).total_seconds() / 3600)
    found = figures.of(asked, time.now(), law)
    assert found.took == Counter(group(one, TOOK_HOURS) for one in hours)
    assert found.took_median == (round(median(hours), 1) if hours else None)


@pytest.mark.usefixtures("mixture")
@pytest.mark.parametrize("law", ["", US])
def test_clocks_are_counted_by_law_and_by_how_they_ended(law: str) -> None:
    asked, expected = period(30), Counter[tuple[str, str]]()
    for clock in Clock.objects.exclude(duty=Duty.AUTHORITY):
        if clock.due_at in asked and law in {"", clock.regime}:
            expected[clock.regime, clock.state] += 1
    found = figures.of(asked, time.now(), law).kept
    for row in found:
        told = (row.met, row.missed, row.waiting)
        states = (ClockState.MET, ClockState.MISSED, ClockState.RUNNING)
        assert told == tuple(expected[row.law, state] for state in states)
    assert {row.law for row in found} == {regime for regime, _ in expected}
    assert [row.law for row in found] == [US] if law else len(found) > 1


def open_at(case: Case, moment: datetime, moves: list[tuple[datetime, CaseState]]) -> bool:
    states = [CaseState.RECEIVED, *(state for at, state in moves if at <= moment)]
    return case.opened_at <= moment and states[-1] in OPEN


def test_the_backlog_of_each_day_is_how_many_were_open_at_its_end_also_where_a_case_came_back() -> None:
    start = time.now()
    lives: dict[Case, list[tuple[datetime, CaseState]]] = {}

    def at(days: float) -> datetime:
        return start - timedelta(days=days)

    def back(days: float) -> timedelta:
        return timedelta(days=-days)

    with time.shifted(back(9)):
        kept, removed, waits = (make_case(addresses=[]).case for _ in range(3))
    with time.shifted(back(7)):
        decide(fresh(kept), decision_draft(Outcome.KEEP), by=staff(1))
        late = make_case().case
    with time.shifted(back(5)):
        made = decide(fresh(removed), decision_draft(), by=staff(1))
        report_action(made, ActionDraft(Measure.REMOVED), by=SYSTEM)
    with time.shifted(back(2)):
        make_appeal(fresh(kept).decisions.latest("seq"))
    lives[kept] = [(at(7), CaseState.KEPT), (at(2), CaseState.APPEALED)]
    lives[removed] = [(at(5), CaseState.REMOVED)]
    lives[waits], lives[late] = [], []
    found = dict(figures.of(period(12), time.now()).backlog)
    for day, count in found.items():
        end = min(Period(day, day).end - timedelta(microseconds=1), time.now())
        assert count == sum(open_at(case, end, moves) for case, moves in lives.items()), day
    assert found[date.today()] == 3  # noqa: DTZ011 - the desk's day is UTC's, as in the tests
    assert (max(found.values()), min(list(found.values())[4:])) == (3, 2)


@pytest.mark.usefixtures("mixture")
def test_the_backlog_ends_with_those_that_are_open_now_and_is_never_below_zero() -> None:
    for law in ("", US):
        backlog = figures.of(period(130), time.now(), law).backlog
        assert backlog[-1][1] == sum(case.state in OPEN for case in under(law))
        assert min(count for _day, count in backlog) >= 0


def test_days_that_are_too_many_to_draw_are_thinned_out_and_those_to_come_left_out() -> None:
    today = date(2026, 11, 26)
    for days in (0, 1, 29, 59, 60, 61, 400, 4000):
        shown = days_shown(Period(today - DAY * days, today + DAY * 5), today)
        assert shown[-1] == today
        assert len(shown) <= figures.MOST_POINTS
        assert len({later - earlier for earlier, later in itertools.pairwise(shown)}) <= 1
        assert shown[0] >= today - DAY * days
    assert days_shown(Period(today + DAY, today + DAY * 2), today) == []


def test_appeals_are_counted_by_side_and_by_what_came_of_them() -> None:
    refused = [make_case_in(CaseState.KEPT) for _ in range(3)]
    removed = make_case_in(CaseState.REMOVED)
    appeals = [make_appeal(case.decisions.latest("seq")) for case in refused]
    uploaders = make_appeal(removed.decisions.latest("seq"))
    decide_appeal(appeals[0], VerdictDraft(Basis.STATEMENT, "It stands."), by=staff(8))
    overturned = VerdictDraft(Basis.STATEMENT, "No.", ground=Ground.NOT_INTIMATE)
    decide_appeal(uploaders, overturned, by=staff(8))
    assert figures.of(period(1), time.now()).appeals == [
        Appeals(Appellant.REPORTER, upheld=1, overturned=0, waiting=2),
        Appeals(Appellant.UPLOADER, upheld=0, overturned=1, waiting=0),
    ]
    earlier = Period(date(2020, 1, 1), date(2020, 1, 31))
    assert figures.of(earlier, time.now()).appeals == [Appeals(Appellant.REPORTER, 0, 0, waiting=2)]


def test_an_authoritys_own_clock_is_not_the_desks_and_an_empty_desk_has_nothing_to_show() -> None:
    nothing = figures.of(period(30), time.now())
    assert (nothing.left, nothing.took, nothing.took_median, nothing.kept, nothing.appeals) == ({}, {}, None, [], [])
    assert {count for _day, count in nothing.backlog} == {0}
    make_order()
    with time.shifted(timedelta(days=9)):
        tick()
    found = figures.of(period(30), time.now())
    assert sum(found.left.values()) == 1
