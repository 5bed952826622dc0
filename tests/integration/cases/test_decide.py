"""Deciding: grounds, what the reviewer had seen, which pictures it covers, and replacing a decision."""

import itertools
from uuid import uuid4

import pytest
from tests.factories import (
    PLATFORM,
    decision_draft,
    every_fault,
    fresh,
    make_appeal,
    make_case,
    make_case_in,
    make_decision,
    make_sighting,
    random_signals,
    row_counts,
)

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.banks.live import BANKS
from argine.desk.banks.models import BankEntry
from argine.desk.banks.operations import REMOVED, REPORTED
from argine.desk.cases.drafts import ActionDraft
from argine.desk.cases.enums import GROUNDS, ORDER_GROUNDS, Basis, CaseState, Ground, Measure, Outcome
from argine.desk.cases.models import Case, Decision
from argine.desk.cases.operations import decide, report_action
from argine.desk.cases.queries import current_decision, decision_digest, decisions_after
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.desk.core.actor import Actor
from argine.desk.core.errors import InvalidError, RefusedError
from argine.merkle.canonical import parse_canonical_json
from argine.signals.types import Signal

pytestmark = pytest.mark.django_db

PLACE = "https://site.example/p/1"
NOTICE_GROUNDS = [ground for ground in Ground if ground not in ORDER_GROUNDS]
SOMEBODY = Actor("staff:7")


def banks_of(case: Case) -> list[tuple[str, bool]]:
    """For each picture of a case: its bank, and whether it is live."""
    found = BankEntry.objects.filter(case_id=case.pk).order_by("created_at", "id")
    return [(entry.bank_id, entry.withdrawn_at is None) for entry in found]


def verdict(signals: list[Signal]) -> str:
    return make_sighting(signals).verdict.value


@pytest.mark.parametrize(("outcome", "ground"), list(itertools.product(Outcome, NOTICE_GROUNDS)))
def test_a_ground_goes_with_its_outcome_only(outcome: Outcome, ground: Ground) -> None:
    case = make_case().case
    before = row_counts()
    if ground in GROUNDS[outcome]:
        decision = make_decision(case, outcome, ground=ground)
        assert (decision.outcome, decision.ground) == (outcome, ground)
    else:
        with pytest.raises(InvalidError) as refusal:
            make_decision(case, outcome, ground=ground)
        assert set(refusal.value.fields) == {"ground"}
        assert row_counts() == before


def test_every_ground_belongs_to_one_outcome() -> None:
    assert GROUNDS[Outcome.REMOVE] | GROUNDS[Outcome.KEEP] == set(Ground)
    assert not GROUNDS[Outcome.REMOVE] & GROUNDS[Outcome.KEEP]


@pytest.mark.parametrize("reasons", ["", "  \n ", "x" * 2001])
def test_reasons_are_given_and_short_enough(reasons: str) -> None:
    with pytest.raises(InvalidError) as refusal:
        make_decision(make_case().case, reasons=reasons)
    assert set(refusal.value.fields) == {"reasons"}


@pytest.mark.parametrize(
    ("basis", "has_address", "copy", "permitted"),
    [
        (Basis.STATEMENT, False, None, True),
        (Basis.ADDRESS, False, None, False),
        (Basis.ADDRESS, True, None, True),
        (Basis.OWN_COPY, False, None, False),
        (Basis.OWN_COPY, True, None, False),
        (Basis.OWN_COPY, False, {"content_id": "", "content_url": ""}, False),
        (Basis.OWN_COPY, False, {"content_id": "post-7"}, True),
        (Basis.OWN_COPY, False, {"content_id": "", "content_url": PLACE}, True),
    ],
)
@pytest.mark.parametrize("outcome", Outcome)
def test_a_reviewer_cannot_have_seen_what_does_not_exist(
    outcome: Outcome, basis: Basis, has_address: bool, copy: dict[str, str] | None, permitted: bool
) -> None:
    signals = random_signals()
    case = make_case(pictures=[signals], addresses=[PLACE] if has_address else []).case
    if copy is not None:
        make_sighting(signals, **copy)
    if permitted:
        assert make_decision(case, outcome, basis=basis).basis == basis
    else:
        with pytest.raises(RefusedError):
            make_decision(case, outcome, basis=basis)
        assert not Decision.objects.exists()


def test_the_copy_of_another_case_is_no_basis() -> None:
    other, case = random_signals(), make_case().case
    make_case(pictures=[other])
    make_sighting(other)
    with pytest.raises(RefusedError):
        make_decision(case, basis=Basis.OWN_COPY)


def test_a_removal_blocks_from_the_next_check_on_and_its_clocks_run_until_the_platform_acts() -> None:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    assert verdict(signals) == "review"
    make_decision(case)
    assert verdict(signals) == "block"
    assert banks_of(case) == [(REMOVED, True)]
    assert set(Clock.objects.values_list("state", flat=True)) == {ClockState.RUNNING}


def test_a_decision_to_keep_takes_the_pictures_out_and_answers_the_clocks_at_that_instant() -> None:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    decision = make_decision(case, Outcome.KEEP)
    assert verdict(signals) == "allow"
    assert banks_of(case) == [(REPORTED, False)]
    assert set(Clock.objects.values_list("state", "ended_at")) == {(ClockState.MET, decision.at)}


def test_the_log_binds_the_decision_with_all_that_it_says() -> None:
    decision = decide(make_case().case, decision_draft(), by=SOMEBODY)
    entry = Entry.objects.get(event=Event.DECISION_MADE)
    data = parse_canonical_json(entry.data.encode())
    assert isinstance(data, dict)
    assert (entry.by, data["digest"]) == (SOMEBODY, decision_digest(decision).hex())
    assert "care" not in entry.data
    for field, other in (("reasons", "Other"), ("by", "staff:8"), ("ground", "terms"), ("basis", "address")):
        changed = Decision.objects.get(pk=decision.pk)
        setattr(changed, field, other)
        assert decision_digest(changed) != decision_digest(decision)


def test_decisions_are_numbered_in_the_order_they_were_made() -> None:
    made = [make_decision(make_case().case) for _ in range(3)]
    assert decisions_after(0, 10) == made
    assert decisions_after(made[1].seq, 10) == made[2:]


def test_a_removal_covers_the_pictures_that_are_named_and_the_others_stay_in_review() -> None:
    one, two = random_signals(), random_signals()
    case = make_case(pictures=[one, two]).case
    first = BankEntry.objects.filter(case_id=case.pk, signals__value=one[0].value).get()
    make_decision(case, covers=frozenset({first.pk}))
    assert (verdict(one), verdict(two)) == ("block", "review")


@pytest.mark.parametrize("covers", [frozenset(), frozenset({uuid4()})])
def test_a_removal_that_covers_no_picture_of_the_case_blocks_none(covers: frozenset[object]) -> None:
    signals, stranger = random_signals(), random_signals()
    case = make_case(pictures=[signals]).case
    make_case(pictures=[stranger])
    make_decision(case, covers=covers)
    assert (verdict(signals), verdict(stranger)) == ("review", "review")


def test_a_removal_never_blocks_the_picture_of_another_case() -> None:
    other = make_case()
    theirs = BankEntry.objects.get(case_id=other.case.pk)
    make_decision(make_case().case, covers=frozenset({theirs.pk}))
    assert banks_of(other.case) == [(REPORTED, True)]


# Replacing: removal by keep, before and after it was carried out; keep by removal, before and after asking again.


@pytest.mark.parametrize("state", [CaseState.REMOVAL, CaseState.REMOVED])
def test_a_removal_that_is_replaced_stops_nothing_any_more_and_stays_on_record(state: CaseState) -> None:
    case = make_case_in(state)
    first = current_decision(case)
    second = make_decision(case, Outcome.KEEP, override=True)
    assert (second.overrides, current_decision(fresh(case))) == (first, second)
    assert fresh(case).state == CaseState.KEPT
    assert banks_of(case) == [(REMOVED, False)]
    assert set(Clock.objects.values_list("state", flat=True)) == {ClockState.MET}
    assert [decision.outcome for decision in decisions_after(0, 9)] == [Outcome.REMOVE, Outcome.KEEP]
    assert every_fault() == []


@pytest.mark.parametrize("appealed", [False, True])
def test_a_keep_that_is_replaced_brings_the_pictures_back_to_block(appealed: bool) -> None:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    first = make_decision(case, Outcome.KEEP)
    if appealed:
        make_appeal(first)
        assert verdict(signals) == "review"
    second = make_decision(case, override=True)
    assert second.overrides == first
    assert (fresh(case).state, banks_of(case)) == (CaseState.REMOVAL, [(REMOVED, True)])
    assert verdict(signals) == "block"
    report_action(second, ActionDraft(Measure.REMOVED), by=PLATFORM)
    assert fresh(case).state == CaseState.REMOVED
    assert every_fault() == []


@pytest.mark.parametrize("outcome", Outcome)
def test_an_override_that_says_the_same_is_refused(outcome: Outcome) -> None:
    case = make_case().case
    make_decision(case, outcome)
    with pytest.raises(RefusedError, match="says the same"):
        make_decision(case, outcome, override=True)


@pytest.mark.parametrize("outcome", Outcome)
def test_what_was_not_decided_cannot_be_overridden(outcome: Outcome) -> None:
    with pytest.raises(RefusedError, match="no decision"):
        make_decision(make_case().case, outcome, override=True)


def test_a_decision_may_go_back_and_forth_and_each_one_names_the_one_before() -> None:
    case = make_case().case
    made = [make_decision(case)]
    for outcome in (Outcome.KEEP, Outcome.REMOVE, Outcome.KEEP):
        made.append(make_decision(case, outcome, override=True))
        BANKS.matcher()
    assert [decision.overrides for decision in made] == [None, *made[:-1]]
    assert every_fault() == []
