"""Every operation on a case in every state: what it leads to, or that it is refused and changes nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import override_settings
from tests.factories import COLLEAGUE, PLATFORM, REVIEWER, decision_draft, fresh, make_case_in, row_counts

from argine.desk.banks.operations import Content
from argine.desk.cases import operations
from argine.desk.cases.drafts import ActionDraft, AppealDraft, VerdictDraft
from argine.desk.cases.enums import TRANSITIONS, Appellant, Basis, CaseState, Ground, Measure, Outcome
from argine.desk.cases.models import Case
from argine.desk.cases.operations import steps
from argine.desk.cases.queries import current_decision
from argine.desk.core.actor import REPORTER, Actor
from argine.desk.core.errors import RefusedError

pytestmark = pytest.mark.django_db

Operation = Callable[[Case], object]


def decide(outcome: Outcome, *, override: bool = False) -> Operation:
    return lambda case: operations.decide(case, decision_draft(outcome), by=DECIDER, override=override)


def act(measure: Measure) -> Operation:
    def operation(case: Case) -> None:
        decision = current_decision(case)
        if decision is None:
            raise RefusedError("A platform learns of decisions only.")
        operations.report_action(decision, ActionDraft(measure), by=PLATFORM)

    return operation


def appeal(who: Appellant) -> Operation:
    def operation(case: Case) -> None:
        decision = current_decision(case)
        if decision is None:
            raise RefusedError("There is nothing to appeal.")
        operations.file_appeal(decision, AppealDraft(who, "Please look again now."), by=REPORTER)

    return operation


def find(ground: Ground | None) -> Operation:
    """Decide the reporter's appeal, if there is one."""

    def operation(case: Case) -> None:
        filed = case.appeals.first()
        if filed is None:
            raise RefusedError("There is no appeal.")
        operations.decide_appeal(filed, VerdictDraft(Basis.STATEMENT, "Looked again.", ground), by=COLLEAGUE)

    return operation


def seen_again(case: Case) -> None:
    decision = current_decision(case)
    if decision is None:
        raise RefusedError("There is nothing that could be there again.")
    operations.report_reappearance(decision, Content("post-9"), by=PLATFORM)


def first_of_two(case: Case) -> None:
    with override_settings(CONFIG=replace(settings.CONFIG, four_eyes="all")):
        operations.vote(case, decision_draft(Outcome.KEEP), by=THIRD)


OPERATIONS: dict[str, Operation] = {
    "freeze": lambda case: operations.freeze(case, by=REVIEWER),
    "appeal as reporter": appeal(Appellant.REPORTER),
    "appeal as uploader": appeal(Appellant.UPLOADER),
    "uphold": find(None),
    "overturn": find(Ground.TERMS),
    "add information": lambda case: operations.add_information(case, "More.", by=REPORTER),
    "ask the reporter": lambda case: operations.ask_reporter(case, "Where?", by=REVIEWER),
    "vote where two decide": first_of_two,
    "vote to remove": lambda case: operations.vote(case, decision_draft(Outcome.REMOVE), by=THIRD),
    "vote to keep": lambda case: operations.vote(case, decision_draft(Outcome.KEEP), by=THIRD),
    "decide to remove": decide(Outcome.REMOVE),
    "decide to keep": decide(Outcome.KEEP),
    "override to remove": decide(Outcome.REMOVE, override=True),
    "override to keep": decide(Outcome.KEEP, override=True),
    "report removal": act(Measure.REMOVED),
    "report that it stays": act(Measure.KEPT),
    "tell that it is there again": seen_again,
    "withdraw": lambda case: operations.withdraw(case, by=REPORTER),
}
RECEIVED, WAITING, REMOVAL = CaseState.RECEIVED, CaseState.WAITING, CaseState.REMOVAL
REMOVED, KEPT, WITHDRAWN = CaseState.REMOVED, CaseState.KEPT, CaseState.WITHDRAWN
APPEALED, HELD, DISPUTED = CaseState.APPEALED, CaseState.HELD, CaseState.DISPUTED
FROZEN = CaseState.FROZEN
DECIDER, THIRD = Actor("staff:4"), Actor("staff:3")
# By state: the operations that it permits and where they lead. All others are refused.
PERMITTED: dict[CaseState, dict[str, CaseState]] = {
    RECEIVED: {
        "add information": RECEIVED,
        "ask the reporter": WAITING,
        "decide to remove": REMOVAL,
        "decide to keep": KEPT,
        "vote to remove": REMOVAL,
        "vote to keep": KEPT,
        "vote where two decide": HELD,
        "withdraw": WITHDRAWN,
        "freeze": FROZEN,
    },
    WAITING: {
        "add information": RECEIVED,
        "ask the reporter": WAITING,
        "decide to remove": REMOVAL,
        "decide to keep": KEPT,
        "vote to remove": REMOVAL,
        "vote to keep": KEPT,
        "vote where two decide": HELD,
        "withdraw": WITHDRAWN,
        "freeze": FROZEN,
    },
    HELD: {
        "add information": HELD,
        "ask the reporter": HELD,
        "vote to remove": DISPUTED,
        "vote to keep": KEPT,
        "vote where two decide": KEPT,
        "withdraw": WITHDRAWN,
        "freeze": FROZEN,
    },
    DISPUTED: {
        "add information": DISPUTED,
        "ask the reporter": DISPUTED,
        "decide to remove": REMOVAL,
        "decide to keep": KEPT,
        "withdraw": WITHDRAWN,
        "freeze": FROZEN,
    },
    REMOVAL: {
        "add information": REMOVAL,
        "appeal as uploader": REMOVAL,
        "override to keep": KEPT,
        "report removal": REMOVED,
        "tell that it is there again": REMOVAL,
        "withdraw": WITHDRAWN,
        "freeze": FROZEN,
    },
    REMOVED: {
        "appeal as uploader": REMOVED,
        "override to keep": KEPT,
        "report removal": REMOVED,
        "tell that it is there again": REMOVAL,
        "withdraw": WITHDRAWN,
        "freeze": FROZEN,
    },
    KEPT: {
        "appeal as reporter": APPEALED,
        "override to remove": REMOVAL,
        "report that it stays": KEPT,
        "withdraw": WITHDRAWN,
        "freeze": FROZEN,
    },
    APPEALED: {
        "add information": APPEALED,
        "ask the reporter": APPEALED,
        "override to remove": REMOVAL,
        "overturn": REMOVAL,
        "report that it stays": APPEALED,
        "uphold": KEPT,
        "withdraw": WITHDRAWN,
        "freeze": FROZEN,
    },
    WITHDRAWN: {},
    FROZEN: {},
}
PAIRS = [(name, state) for state in CaseState for name in OPERATIONS]


@pytest.mark.parametrize(("name", "state"), PAIRS)
def test_an_operation_leads_where_the_table_says_or_is_refused_without_a_trace(name: str, state: CaseState) -> None:
    case = make_case_in(state)
    before = row_counts()
    if (leads_to := PERMITTED[state].get(name)) is not None:
        OPERATIONS[name](case)
        assert fresh(case).state == leads_to
    else:
        with pytest.raises(RefusedError):
            OPERATIONS[name](case)
        assert (fresh(case).state, row_counts()) == (state, before)


def test_every_transition_has_an_operation_that_makes_it_and_no_operation_makes_another() -> None:
    made = {state: frozenset(ways.values()) - {state} for state, ways in PERMITTED.items()}
    made[HELD] |= {REMOVAL}  # where both vote to remove: test_votes
    assert made == TRANSITIONS


@pytest.mark.parametrize("state", CaseState)
@pytest.mark.parametrize("to", CaseState)
def test_no_step_leaves_the_table(state: CaseState, to: CaseState) -> None:
    case = make_case_in(state)
    if to in TRANSITIONS[state]:
        steps.move(case, to, by=REVIEWER)
        assert fresh(case).state == to
    else:
        with pytest.raises(RefusedError, match=str(to.label)):
            steps.move(case, to, by=REVIEWER)
        assert fresh(case).state == state


@pytest.mark.parametrize(
    ("name", "page_showed", "stands_now"),
    [
        ("add information", WAITING, KEPT),
        ("add information", RECEIVED, REMOVED),
        ("appeal as reporter", KEPT, REMOVAL),
        ("ask the reporter", RECEIVED, REMOVAL),
        ("decide to keep", RECEIVED, REMOVAL),
        ("withdraw", RECEIVED, WITHDRAWN),
    ],
)
def test_an_operation_judges_the_case_as_it_stands_and_not_as_an_old_page_showed_it(
    name: str, page_showed: CaseState, stands_now: CaseState
) -> None:
    case = make_case_in(stands_now)
    case.state = page_showed
    before = row_counts()
    with pytest.raises(RefusedError):
        OPERATIONS[name](case)
    assert (fresh(case).state, row_counts()) == (stands_now, before)


def test_an_action_on_a_notice_that_was_withdrawn_meanwhile_is_refused() -> None:
    decision = current_decision(make_case_in(REMOVAL))
    assert decision is not None
    assert decision.case.state == REMOVAL
    operations.withdraw(fresh(decision.case), by=REPORTER)
    before = row_counts()
    with pytest.raises(RefusedError, match="withdrawn"):
        operations.report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    assert row_counts() == before
