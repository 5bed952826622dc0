"""Four eyes: two votes make a decision, a third person settles what they differ on; and who works on what."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import LazySettings
from tests.factories import (
    COLLEAGUE,
    REVIEWER,
    decision_draft,
    every_fault,
    fresh,
    make_appeal,
    make_case,
    make_case_in,
    make_sighting,
    random_signals,
    row_counts,
)

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.banks.queries import entries_of_case
from argine.desk.cases.drafts import DecisionDraft, VerdictDraft
from argine.desk.cases.enums import Basis, CaseState, Ground, Outcome
from argine.desk.cases.models import Case, Claim, Decision, Vote
from argine.desk.cases.operations import claim, decide, decide_appeal, release, vote, votes
from argine.desk.core import time
from argine.desk.core.actor import Actor
from argine.desk.core.errors import InvalidError, RefusedError

pytestmark = pytest.mark.django_db

THIRD = Actor("staff:3")
REMOVE, KEEP = decision_draft(Outcome.REMOVE), decision_draft(Outcome.KEEP)


@pytest.fixture(params=["all"])
def rule(request: pytest.FixtureRequest, settings: LazySettings) -> Iterator[str]:
    settings.CONFIG = replace(settings.CONFIG, four_eyes=request.param)
    return request.param


def rules(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("rule", names, indirect=True)


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        (REMOVE, REMOVE, CaseState.REMOVAL),
        (KEEP, KEEP, CaseState.KEPT),
        (REMOVE, KEEP, CaseState.DISPUTED),
        (KEEP, REMOVE, CaseState.DISPUTED),
    ],
)
def test_two_votes_decide_where_they_agree(
    rule: str, first: DecisionDraft, second: DecisionDraft, state: CaseState
) -> None:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    assert vote(case, first, by=REVIEWER) is None
    assert (fresh(case).state, make_sighting(signals).verdict) == (CaseState.HELD, "review")
    decision = vote(case, second, by=COLLEAGUE)
    assert (fresh(case).state, Vote.objects.count()) == (state, 2)
    assert (decision is None) == (state == CaseState.DISPUTED)
    if decision is not None:
        assert (decision.by, decision.outcome) == (COLLEAGUE, second.outcome)
    assert every_fault() == []


@rules("off", "removals", "all")
@pytest.mark.parametrize("draft", [REMOVE, KEEP])
def test_the_setting_says_which_decisions_wait_for_a_second_person(rule: str, draft: DecisionDraft) -> None:
    case = make_case().case
    waits = rule == "all" or (rule == "removals" and draft is REMOVE)
    assert (vote(case, draft, by=REVIEWER) is None) == waits
    assert (fresh(case).state == CaseState.HELD) == waits


@rules("off", "removals", "all")
@pytest.mark.parametrize("draft", [REMOVE, KEEP])
def test_nobody_decides_alone_what_two_have_to(rule: str, draft: DecisionDraft) -> None:
    case = make_case().case
    if rule == "all" or (rule == "removals" and draft is REMOVE):
        before = row_counts()
        with pytest.raises(RefusedError, match="Two people"):
            decide(case, draft, by=REVIEWER)
        assert row_counts() == before
    else:
        assert decide(case, draft, by=REVIEWER).outcome == draft.outcome


def test_nobody_votes_twice(rule: str) -> None:
    case = make_case().case
    vote(case, REMOVE, by=REVIEWER)
    before = row_counts()
    with pytest.raises(RefusedError, match="You have voted"):
        vote(case, REMOVE, by=REVIEWER)
    assert (row_counts(), fresh(case).state) == (before, CaseState.HELD)


def test_what_two_differ_on_a_third_person_decides(rule: str) -> None:
    case = make_case().case
    vote(case, REMOVE, by=REVIEWER)
    vote(case, KEEP, by=COLLEAGUE)
    for by in (REVIEWER, COLLEAGUE):
        with pytest.raises(RefusedError, match="Somebody who did not"):
            decide(fresh(case), REMOVE, by=by)
    with pytest.raises(RefusedError):
        vote(fresh(case), REMOVE, by=THIRD)
    assert decide(fresh(case), REMOVE, by=THIRD).by == THIRD
    assert fresh(case).state == CaseState.REMOVAL
    assert every_fault() == []


def test_only_pictures_that_both_cover_are_blocked(rule: str) -> None:
    pictures = [random_signals(), random_signals(), random_signals()]
    case = make_case(pictures=pictures).case
    one, two, three = (entry.id for entry in entries_of_case(case.id))
    vote(case, replace(REMOVE, covers=frozenset({one, two})), by=REVIEWER)
    vote(case, replace(REMOVE, covers=frozenset({two, three})), by=COLLEAGUE)
    assert [make_sighting(signals).verdict for signals in pictures] == ["review", "block", "review"]


@pytest.mark.parametrize(
    ("mine", "theirs", "both"), [(None, None, None), ({1}, None, {1}), (None, {1}, {1}), ({1, 2}, {2, 3}, {2})]
)
def test_what_both_cover(mine: set[int] | None, theirs: set[int] | None, both: set[int] | None) -> None:
    def ids(numbers: set[int] | None) -> frozenset[UUID] | None:
        return None if numbers is None else frozenset(UUID(int=number) for number in numbers)

    assert votes._both(ids(mine), ids(theirs)) == ids(both)


def test_two_removals_of_different_pictures_agree_on_nothing(rule: str) -> None:
    case = make_case(pictures=[random_signals(), random_signals()]).case
    one, two = (entry.id for entry in entries_of_case(case.id))
    vote(case, replace(REMOVE, covers=frozenset({one})), by=REVIEWER)
    assert vote(case, replace(REMOVE, covers=frozenset({two})), by=COLLEAGUE) is None
    assert fresh(case).state == CaseState.DISPUTED


def test_the_log_tells_that_somebody_voted_and_not_how(rule: str) -> None:
    vote(make_case().case, replace(REMOVE, reasons="MARK-reasons"), by=REVIEWER)
    data = Entry.objects.get(event=Event.VOTE_CAST).data
    assert not any(word in data for word in ("MARK", "remove", "intimate"))


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        (replace(REMOVE, reasons=""), InvalidError),
        (replace(REMOVE, ground=Ground.NOT_INTIMATE), InvalidError),
        (replace(REMOVE, basis=Basis.OWN_COPY), RefusedError),
        (replace(REMOVE, ground=Ground.ORDERED, basis=Basis.ORDER), RefusedError),
    ],
)
def test_a_vote_is_judged_like_a_decision(rule: str, draft: DecisionDraft, error: type[Exception]) -> None:
    case = make_case().case
    before = row_counts()
    with pytest.raises(error):
        vote(case, draft, by=REVIEWER)
    assert row_counts() == before


@pytest.mark.parametrize("second", [REMOVE, KEEP])
def test_a_second_vote_that_fails_half_way_leaves_the_first_alone(
    rule: str, second: DecisionDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case().case
    vote(case, REMOVE, by=REVIEWER)
    before = row_counts()
    monkeypatch.setattr(votes.steps, "move", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        vote(case, second, by=COLLEAGUE)
    assert (row_counts(), fresh(case).state) == (before, CaseState.HELD)
    assert every_fault() == []


def test_who_voted_does_not_decide_the_appeal(rule: str) -> None:
    case = make_case().case
    for by in (REVIEWER, COLLEAGUE):
        vote(case, KEEP, by=by)
    appeal, stands = make_appeal(Decision.objects.get()), VerdictDraft(Basis.STATEMENT, "Looked again.")
    for by in (REVIEWER, COLLEAGUE):
        with pytest.raises(RefusedError, match="Somebody else"):
            decide_appeal(appeal, stands, by=by)
    assert decide_appeal(appeal, stands, by=THIRD).same_person is False


def test_a_case_that_is_taken_shows_so_until_its_time_is_over_or_it_is_given_back() -> None:
    case = make_case().case
    claim(case, by=REVIEWER)
    with pytest.raises(RefusedError, match="A colleague works"):
        claim(case, by=COLLEAGUE)
    with pytest.raises(RefusedError):
        release(case, by=COLLEAGUE)
    with time.shifted(timedelta(minutes=31)):
        claim(case, by=COLLEAGUE)
        assert Claim.objects.get().by == COLLEAGUE
        release(case, by=COLLEAGUE)
    assert not Claim.objects.exists()
    assert Entry.objects.filter(event=Event.CASE_CLAIMED).count() == 2


def test_taking_a_case_again_gives_more_time_and_keeps_nobody_from_deciding() -> None:
    case = make_case().case
    first = claim(case, by=REVIEWER).until
    assert claim(case, by=REVIEWER).until > first
    assert decide(case, REMOVE, by=COLLEAGUE).by == COLLEAGUE


@pytest.mark.parametrize("state", [CaseState.HELD, CaseState.DISPUTED])
def test_a_held_case_stays_to_be_finished_when_the_setting_is_switched_off(state: CaseState) -> None:
    case: Case = make_case_in(state)
    if state == CaseState.HELD:
        assert vote(case, KEEP, by=COLLEAGUE) is not None
    else:
        assert decide(case, REMOVE, by=THIRD) is not None
