"""Cases that share a picture or an address: found when the later one comes, decided together, split again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import (
    COLLEAGUE,
    PLATFORM,
    REVIEWER,
    decision_draft,
    every_fault,
    fresh,
    log_events,
    make_appeal,
    make_case,
    make_case_in,
    make_decision,
    make_order,
    make_sighting,
    random_signals,
    row_counts,
)

from argine.desk.audit.events import Event
from argine.desk.banks.models import EntrySignal
from argine.desk.banks.operations import Content
from argine.desk.banks.queries import entries_of_case
from argine.desk.cases import related
from argine.desk.cases.drafts import ActionDraft, SupplementDraft, VerdictDraft
from argine.desk.cases.enums import Basis, CaseState, Ground, Measure, Outcome, Shared
from argine.desk.cases.models import Action, Case, Decision, Relation
from argine.desk.cases.operations import (
    add_to_notice,
    decide,
    decide_appeal,
    freeze,
    mark_region,
    merge,
    relate,
    report_action,
    split,
    vote,
    withdraw,
)
from argine.desk.cases.policies import LEADING
from argine.desk.cases.queries import receipt
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.desk.core import time
from argine.desk.core.actor import REPORTER
from argine.desk.core.errors import RefusedError
from argine.desk.core.web_address import address_digest, canonical
from argine.signals import exact
from argine.signals.patch.geometry import Rectangle
from argine.signals.types import Signal, SignalType

pytestmark = pytest.mark.django_db

PLACE = "https://site.example/p/7"


def shared_with(case: Case) -> list[tuple[int, str, int]]:
    """The numbers of the others, what is shared, and how near it is."""
    rows = related.relations_of(fresh(case))
    return [(row.other.number if row.case_id == case.id else row.case.number, row.shared, row.distance) for row in rows]


def flipped(signal: Signal, bits: int) -> Signal:
    value = int.from_bytes(signal.value, "big") ^ ((1 << bits) - 1)
    return Signal(signal.type, value.to_bytes(32, "big"), signal.quality)


def pair(**changes: object) -> tuple[Case, Case]:
    """Two cases about the same picture, the first of which also names a place."""
    signals = random_signals()
    first = make_case(pictures=[signals], addresses=[PLACE], **changes).case
    return first, make_case(pictures=[signals]).case


def test_what_two_notices_share_is_found_when_the_second_comes() -> None:
    look = random_signals()[0]
    file = exact.sha256(b"one file")
    first = make_case(pictures=[[look, file]], addresses=["http://WWW.site.example/p/7/#top"]).case
    assert shared_with(first) == []
    near = make_case(pictures=[[flipped(look, 12)]]).case
    far = make_case(pictures=[[flipped(look, 32)]]).case
    same = make_case(pictures=[[file]], addresses=[PLACE]).case
    assert shared_with(near) == [(first.number, Shared.LOOK, 12), (far.number, Shared.LOOK, 20)]
    assert (first.number, Shared.LOOK, 32) not in shared_with(far)
    assert sorted(shared_with(same)) == sorted([(first.number, Shared.FILE, 0), (first.number, Shared.ADDRESS, 0)])
    assert len(shared_with(first)) == 3


def test_orders_and_later_additions_are_compared_too_and_nothing_twice() -> None:
    first = make_case(addresses=[PLACE]).case
    order = make_order(addresses=[PLACE]).case
    later = make_case(addresses=[], where_hint="There.")
    add_to_notice(later.notice, SupplementDraft([PLACE]), by=REPORTER)
    assert {number for number, *_ in shared_with(later.case)} == {first.number, order.number}
    before = row_counts()
    assert relate(later.case) == 0
    assert row_counts() == before


def test_a_picture_that_was_decided_to_stay_is_found_while_it_can_be_appealed_and_what_ended_is_not() -> None:
    signals = random_signals()
    kept = make_case_in(CaseState.KEPT, pictures=[signals])
    for state in (CaseState.WITHDRAWN, CaseState.FROZEN):
        make_case_in(state, pictures=[signals], addresses=[PLACE])
    again = make_case(pictures=[[flipped(signals[0], 3), signals[1]]], addresses=[PLACE]).case
    assert shared_with(again) == [(kept.number, Shared.FILE, 0), (kept.number, Shared.LOOK, 3)]


def test_a_failure_to_look_for_related_cases_costs_no_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("argine.desk.cases.related.find", lambda case: 1 / 0)
    assert make_case().code


@pytest.mark.parametrize("lead", CaseState)
@pytest.mark.parametrize("own", CaseState)
def test_a_case_follows_only_from_and_to_the_states_that_the_policy_names(lead: CaseState, own: CaseState) -> None:
    leading, case = make_case_in(lead), make_case_in(own)
    Relation.objects.create(case=case, other=leading, shared=Shared.ADDRESS, found_at=time.now())
    before = row_counts()
    if own in {CaseState.RECEIVED, CaseState.WAITING} and lead in LEADING:
        merge(case, leading, by=REVIEWER)
        assert fresh(case).leading == leading
        assert every_fault() == []
    else:
        with pytest.raises(RefusedError):
            merge(case, leading, by=REVIEWER)
        assert row_counts() == before


def test_orders_strangers_and_chains_cannot_be_merged() -> None:
    order, notice = make_order(addresses=[PLACE]).case, make_case(addresses=[PLACE]).case
    stranger, (first, second) = make_case().case, pair()
    third = make_case(addresses=[PLACE]).case
    merge(second, first, by=REVIEWER)
    for case, leading in [(notice, order), (order, notice), (stranger, notice), (notice, notice)]:
        with pytest.raises(RefusedError):
            merge(case, leading, by=REVIEWER)
    with pytest.raises(RefusedError, match="Others follow"):
        merge(fresh(first), third, by=REVIEWER)
    with pytest.raises(RefusedError):
        merge(third, fresh(second), by=REVIEWER)


def test_what_is_decided_on_the_leading_case_applies_to_both_and_one_action_answers_both() -> None:
    first, second = pair()
    merge(second, first, by=REVIEWER)
    with pytest.raises(RefusedError, match="follows another"):
        make_decision(fresh(second))
    with pytest.raises(RefusedError, match="follows another"):
        vote(fresh(second), decision_draft(Outcome.KEEP), by=COLLEAGUE)
    dues = dict(Clock.objects.filter(case_id=second.pk).values_list("regime", "due_at"))
    with time.shifted(timedelta(hours=1)):
        decision = make_decision(fresh(first), reasons="For both.")
        own = Decision.objects.get(case=second)
        assert (own.follows, own.outcome, own.ground, own.reasons) == (
            decision,
            Outcome.REMOVE,
            Ground.INTIMATE_WITHOUT_CONSENT,
            "For both.",
        )
        report_action(decision, ActionDraft(Measure.REMOVED, address_id=first.addresses.get().id), by=PLATFORM)
        report_action(decision, ActionDraft(Measure.REMOVED, address_id=first.addresses.get().id), by=PLATFORM)
    assert {fresh(first).state, fresh(second).state} == {CaseState.REMOVED}
    assert Action.objects.count() == 2
    clocks = Clock.objects.filter(case_id=second.pk).exclude(duty="authority")
    assert {clock.state for clock in clocks} == {ClockState.MET}
    assert {clock.regime: clock.due_at for clock in clocks} == dues
    assert every_fault() == []


def test_an_action_at_a_place_that_both_name_meets_the_clock_of_that_place_in_both() -> None:
    first = make_case(addresses=[PLACE, "https://site.example/p/8"]).case
    second = make_case(addresses=["http://www.site.example/p/7/", "https://site.example/p/9"]).case
    merge(second, first, by=REVIEWER)
    decision = make_decision(fresh(first))
    report_action(decision, ActionDraft(Measure.REMOVED, address_id=first.addresses.get(position=0).id), by=PLATFORM)
    met = {row.id for row in second.addresses.all() if row.position == 0}
    states = dict(Clock.objects.filter(case_id=second.pk).values_list("item_id", "state"))
    assert {item for item, state in states.items() if state == ClockState.MET} == met
    assert fresh(second).state == CaseState.REMOVAL
    report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    assert {fresh(first).state, fresh(second).state} == {CaseState.REMOVED}


def test_a_removal_blocks_in_the_other_case_only_pictures_that_surely_agree() -> None:
    signals, only_mine = random_signals(), random_signals()
    first = make_case(pictures=[signals]).case
    second = make_case(pictures=[signals, only_mine]).case
    merge(second, first, by=REVIEWER)
    make_decision(fresh(first))
    assert make_sighting(signals).verdict == "block"
    assert make_sighting(only_mine).verdict == "review"


def test_a_removal_that_stands_is_carried_over_at_once_when_a_duplicate_comes() -> None:
    signals = random_signals()
    first = make_case_in(CaseState.REMOVED, pictures=[signals])
    second = make_case(pictures=[signals], addresses=[PLACE]).case
    merge(second, first, by=REVIEWER)
    own = Decision.objects.get(case=second)
    assert (own.follows, fresh(second).state) == (Decision.objects.get(case=first), CaseState.REMOVAL)
    report_action(own, ActionDraft(Measure.REMOVED, address_id=second.addresses.get().id), by=PLATFORM)
    assert fresh(second).state == CaseState.REMOVED


@pytest.mark.parametrize("which", [0, 1])
def test_an_appeal_in_either_case_that_wins_applies_to_both(which: int) -> None:
    first, second = pair()
    merge(second, first, by=REVIEWER)
    make_decision(fresh(first), Outcome.KEEP)
    appealed = Decision.objects.get(case=(first, second)[which])
    appeal = make_appeal(appealed)
    draft = VerdictDraft(Basis.STATEMENT, "It is.", Ground.INTIMATE_WITHOUT_CONSENT)
    decide_appeal(appeal, draft, by=COLLEAGUE)
    assert {fresh(first).state, fresh(second).state} == {CaseState.REMOVAL}
    assert every_fault() == []


def test_a_replaced_decision_is_replaced_in_both() -> None:
    first, second = pair()
    merge(second, first, by=REVIEWER)
    make_decision(fresh(first))
    report_action(Decision.objects.get(case=first), ActionDraft(Measure.REMOVED), by=PLATFORM)
    decide(fresh(first), decision_draft(Outcome.KEEP), by=COLLEAGUE, override=True)
    assert [one.outcome for one in Decision.objects.filter(case=second).order_by("seq")] == ["remove", "keep"]
    assert fresh(second).state == CaseState.KEPT
    assert make_sighting([Signal(SignalType.PDQ, bytes(32), 100)]).verdict == "allow"


def test_a_case_that_is_split_goes_on_by_itself_and_what_was_decided_stands() -> None:
    first, second = pair()
    merge(second, first, by=REVIEWER)
    split(second, by=COLLEAGUE)
    with pytest.raises(RefusedError):
        split(second, by=COLLEAGUE)
    make_decision(fresh(first), Outcome.KEEP)
    assert fresh(second).state == CaseState.RECEIVED
    merge_events = [
        event for event in log_events(f"case:{second.pk}") if event.startswith(("case.merged", "case.split"))
    ]
    assert merge_events == [Event.CASE_MERGED, Event.CASE_SPLIT]
    make_decision(fresh(second))
    assert every_fault() == []


def by_withdrawal(case: Case) -> None:
    withdraw(case, by=REPORTER)


def by_the_reporter(case: Case) -> None:
    freeze(case, by=REPORTER)


@pytest.mark.parametrize("end", [by_withdrawal, by_the_reporter])
@pytest.mark.parametrize("which", [0, 1])
def test_where_a_person_ends_one_case_the_other_goes_on_by_itself(end: Callable[[Case], None], which: int) -> None:
    cases = pair()
    merge(cases[1], cases[0], by=REVIEWER)
    end(fresh(cases[which]))
    other = fresh(cases[1 - which])
    assert (other.leading, other.state) == (None, CaseState.RECEIVED)
    make_decision(other)
    assert every_fault() == []


def test_what_staff_say_of_somebody_under_18_stops_both() -> None:
    first, second = pair()
    merge(second, first, by=REVIEWER)
    freeze(fresh(second), by=REVIEWER)
    assert {fresh(first).state, fresh(second).state} == {CaseState.FROZEN}
    assert every_fault() == []


def test_both_persons_keep_their_code_and_receipt() -> None:
    signals = random_signals()
    one, other = make_case(pictures=[signals]), make_case(pictures=[signals])
    merge(other.case, one.case, by=REVIEWER)
    make_decision(fresh(one.case))
    for sent in (one, other):
        assert bytes(fresh(sent.case).code_digest) == bytes(sent.case.code_digest)
        assert receipt(sent.notice)["notice"]["notice"] == str(sent.notice.id)  # type: ignore[index,call-overload]


def test_a_link_that_was_set_behind_the_logs_back_is_found() -> None:
    first, second = pair()
    Case.objects.filter(pk=second.pk).update(leading=first)
    assert [fault.what for fault in every_fault()] == ["follows another case than the log says"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://site.example/p/7", "http://WWW.Site.Example:80/p/7/#x", True),
        ("https://site.example:443/", "https://site.example", True),
        ("https://site.example:8443/", "https://site.example", False),
        ("https://site.example/P", "https://site.example/p", False),
        ("https://site.example/p?a=1", "https://site.example/p?a=2", False),
        ("https://user@site.example/p", "https://site.example/p", True),
    ],
)
def test_the_same_place_is_found_however_it_was_written(one: str, other: str, same: bool) -> None:
    assert (address_digest(one) == address_digest(other)) == same


@given(st.from_regex(r"https?://[a-z0-9.]{1,20}(:[0-9]{1,4})?(/[a-z0-9/?=#]{0,20})?", fullmatch=True))
def test_the_one_form_of_an_address_is_its_own_one_form(url: str) -> None:
    once = canonical(url)
    assert canonical(f"https://{once}") == once


def test_an_unnamed_copy_is_told_for_both_without_meeting_the_clock_of_a_place() -> None:
    first = make_case(addresses=[PLACE]).case
    second = make_case(addresses=[PLACE, "https://site.example/p/9"]).case
    merge(second, first, by=REVIEWER)
    decision = make_decision(fresh(first))
    report_action(decision, ActionDraft(Measure.REMOVED, Content("post-9")), by=PLATFORM)
    assert Action.objects.filter(decision__case=second).count() == 1
    assert not Clock.objects.filter(case_id=second.pk, state=ClockState.MET).exists()


def test_a_look_that_a_marked_picture_shares_with_its_source_is_shown_and_is_not_sure() -> None:
    signals = random_signals()[:1]
    source = make_case(pictures=[signals]).case
    forged = make_case().case
    entry = entries_of_case(forged.id)[0]
    mark_region(forged, entry.id, Rectangle(0.1, 0.1, 0.4, 0.4), "The face.", by=REVIEWER)
    EntrySignal.objects.filter(entry=entry, type="pdq").update(value=signals[0].value)
    relate(fresh(forged))
    assert [(row.other, row.shared, row.is_sure) for row in related.relations_of(forged)] == [
        (source, Shared.LOOK, False)
    ]
