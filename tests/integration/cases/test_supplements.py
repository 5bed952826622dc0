"""A notice that lacked something: asked in the reporter's language, added to, complete at an instant of its own."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.factories import REVIEWER, every_fault, fresh, log_events, make_case, make_case_in, make_order, row_counts

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.audit.queries import verifier_key
from argine.desk.cases import operations
from argine.desk.cases.drafts import ActionDraft, SupplementDraft
from argine.desk.cases.enums import OPEN, CaseState, Measure
from argine.desk.cases.models import Case, Message, Notice, Referral, Supplement
from argine.desk.cases.operations import add_to_notice, ask_for_missing, report_action, supplements, tell_referral
from argine.desk.cases.queries import current_decision, notice_draft, supplement_receipt
from argine.desk.clocks.enums import ClockState, Duty
from argine.desk.clocks.models import Clock
from argine.desk.clocks.operations import tick
from argine.desk.core import time
from argine.desk.core.actor import REPORTER
from argine.desk.core.errors import InvalidError, RefusedError
from argine.law.terms import ClockKind
from argine.merkle.case_receipt import verify_case_receipt
from argine.merkle.errors import MerkleError

pytestmark = pytest.mark.django_db

PLACE, MORE = "https://site.example/p/1", "https://site.example/p/2"
HOUR = timedelta(hours=1)


def incomplete(**changes: object) -> Notice:
    return make_case(**{"contact": "", "signature": "", "addresses": [PLACE], **changes}).notice


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Some laws ask", "your name, or another name you use", "one way to reach you", "runs all the same"]),
        ("it", ["Alcune leggi chiedono", "il tuo nome", "un modo per raggiungerti", "corre lo stesso"]),
    ],
)
def test_what_lacks_is_asked_for_in_the_reporters_language(language: str, words: list[str]) -> None:
    notice = incomplete(language=language)
    ask_for_missing(notice.case, by=REVIEWER)
    text = Message.objects.get().text
    assert all(word in text for word in words), text
    assert fresh(notice.case).state == CaseState.WAITING


def test_where_nothing_lacks_nothing_is_asked() -> None:
    case = make_case(addresses=[PLACE]).case
    before = row_counts()
    with pytest.raises(RefusedError, match="Nothing lacks"):
        ask_for_missing(case, by=REVIEWER)
    assert row_counts() == before


def test_both_instants_are_kept_and_the_log_commits_to_the_addition() -> None:
    notice = incomplete()
    received = notice.received_at
    with time.shifted(HOUR):
        add_to_notice(notice, SupplementDraft(contact="person@example.org"), by=REPORTER)
        assert Notice.objects.get().completed_at is None, "the name still lacks"
        supplement = add_to_notice(notice, SupplementDraft(signature="A. Person"), by=REPORTER)
    kept = Notice.objects.get()
    assert (kept.received_at, kept.completed_at) == (received, supplement.at)
    assert (kept.contact, kept.signature) == ("", ""), "what was received is never changed"
    whole = notice_draft(kept)
    assert (whole.contact, whole.signature) == ("person@example.org", "A. Person")
    assert not Entry.objects.filter(data__contains="person@example.org").exists()
    assert log_events(f"case:{kept.case_id}").count(Event.NOTICE_COMPLETED) == 1
    assert every_fault() == []


def test_the_addition_has_a_receipt_that_anybody_can_check() -> None:
    supplement = add_to_notice(incomplete(), SupplementDraft(contact="person@example.org"), by=REPORTER)
    receipt = supplement_receipt(supplement)
    verify_case_receipt(receipt, [verifier_key()])
    facts = receipt["notice"]
    assert isinstance(facts, dict)
    with pytest.raises(MerkleError):
        verify_case_receipt({**receipt, "notice": {**facts, "contact": "other@example.org"}}, [verifier_key()])


def test_a_new_address_has_clocks_of_its_own_from_when_it_is_added_and_the_others_run_on() -> None:
    notice = incomplete()
    before = set(Clock.objects.values_list("pk", "due_at"))
    with time.shifted(HOUR):
        supplement = add_to_notice(notice, SupplementDraft(addresses=[MORE]), by=REPORTER)
    added = supplement.addresses.get()
    new = Clock.objects.filter(item_id=added.pk)
    assert (new.count(), {clock.started_at for clock in new}) == (3, {supplement.at})
    assert before <= set(Clock.objects.values_list("pk", "due_at"))
    assert (added.position, added.case_id) == (1, notice.case_id)


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        (SupplementDraft(), {"contact"}),
        (SupplementDraft(contact=" "), {"contact"}),
        (SupplementDraft(statement="Once more."), {"statement"}),
        (SupplementDraft(contact="x" * 501), {"contact"}),
        (SupplementDraft(addresses=["no address"]), {"addresses"}),
        (SupplementDraft(addresses=[f"{MORE}?{number}" for number in range(50)]), {"addresses"}),
    ],
)
def test_nothing_or_what_was_given_before_is_refused(draft: SupplementDraft, fields: set[str]) -> None:
    notice = incomplete(statement="What I know.")
    before = row_counts()
    with pytest.raises(InvalidError) as refusal:
        add_to_notice(notice, draft, by=REPORTER)
    assert (set(refusal.value.fields), row_counts()) == (fields, before)


@pytest.mark.parametrize("state", CaseState)
def test_an_open_case_takes_an_addition_and_one_that_waited_goes_back_to_review(state: CaseState) -> None:
    case = make_case_in(state, contact="")
    notice, draft = case.notices.get(), SupplementDraft(contact="person@example.org")
    if state in OPEN:
        add_to_notice(notice, draft, by=REPORTER)
        assert fresh(case).state == (CaseState.RECEIVED if state == CaseState.WAITING else state)
    else:
        with pytest.raises(RefusedError):
            add_to_notice(notice, draft, by=REPORTER)
        assert not Supplement.objects.exists()


@pytest.mark.parametrize(
    ("module", "event"),
    [(supplements, Event.NOTICE_SUPPLEMENTED), (operations.steps, Event.NOTICE_COMPLETED)],
)
def test_an_addition_that_fails_half_way_leaves_nothing(
    module: object, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = incomplete()
    before = row_counts()
    monkeypatch.setattr(module, "append", lambda happened, *_, **__: 1 / 0)
    draft = SupplementDraft([MORE], contact="person@example.org", signature="A. Person")
    with pytest.raises(ZeroDivisionError):
        add_to_notice(notice, draft, by=REPORTER)
    assert (row_counts(), Notice.objects.get().completed_at) == (before, None)


def garante() -> Clock:
    return Clock.objects.filter(duty=Duty.AUTHORITY).latest("started_at")


def test_the_garantes_hours_run_from_its_own_receipt_and_bind_nobody_here() -> None:
    case = make_case_in(CaseState.REMOVAL)
    reported_at = time.now() - HOUR
    tell_referral(case, "it-144bis", reported_at, by=REPORTER)
    clock = garante()
    assert (clock.regime, clock.kind, clock.due_at - reported_at) == ("it-144bis", ClockKind.AUTHORITY, 48 * HOUR)
    decision = current_decision(case)
    assert decision is not None
    report_action(decision, ActionDraft(Measure.REMOVED), by=REVIEWER)
    assert (fresh(case).state, garante().state) == (CaseState.REMOVED, ClockState.RUNNING)
    assert every_fault() == []


def test_another_time_replaces_the_clock_and_the_same_time_changes_nothing() -> None:
    case, first = make_case().case, time.now() - 3 * HOUR
    for reported_at in (first, first, first + HOUR):
        tell_referral(case, "it-144bis", reported_at, by=REPORTER)
    states = Clock.objects.filter(duty=Duty.AUTHORITY).order_by("started_at").values_list("state", "started_at")
    assert list(states) == [(ClockState.SUPERSEDED, first), (ClockState.RUNNING, first + HOUR)]
    assert Referral.objects.count() == 2
    assert every_fault() == []


def test_an_authority_that_let_its_time_pass_is_marked_as_missed() -> None:
    case = make_case().case
    tell_referral(case, "it-144bis", time.now() - 50 * HOUR, by=REPORTER)
    tick()
    assert garante().state == ClockState.MISSED


@pytest.mark.parametrize(
    ("regime", "hours", "field"),
    [("it-144bis", 1, "reported_at"), ("us-tida-s3", -1, "regime"), ("no-such", -1, "regime")],
)
def test_a_referral_that_cannot_be_is_refused(regime: str, hours: int, field: str) -> None:
    case = make_case().case
    before = row_counts()
    with pytest.raises(InvalidError) as refusal:
        tell_referral(case, regime, time.now() + hours * HOUR, by=REPORTER)
    assert (set(refusal.value.fields), row_counts()) == ({field}, before)


CLOSED: dict[str, Callable[[], Case]] = {
    "withdrawn": lambda: make_case_in(CaseState.WITHDRAWN),
    "order": lambda: make_order().case,
}


@pytest.mark.parametrize("name", CLOSED)
def test_no_authoritys_clock_runs_where_nobody_reports(name: str) -> None:
    with pytest.raises(RefusedError, match="No clock runs"):
        tell_referral(CLOSED[name](), "it-144bis", time.now() - HOUR, by=REPORTER)
