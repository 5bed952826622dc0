"""Frequent reports that are manifestly unfounded: counted, warned of, suspended by a person, appealed, ended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from tests.factories import (
    COLLEAGUE,
    REVIEWER,
    every_fault,
    fresh,
    log_events,
    make_case,
    make_decision,
    make_order,
    staff_client,
)
from tests.pages import with_case

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.cases import misuse
from argine.desk.cases.drafts import SupplementDraft
from argine.desk.cases.enums import Capacity, CaseState, Misuse, Outcome
from argine.desk.cases.misuse import Record, contact_digest
from argine.desk.cases.models import Case, MisuseStep
from argine.desk.cases.operations import (
    Submission,
    add_to_notice,
    appeal_suspension,
    find_unfounded,
    forget_misuse,
    resume_suspended,
    review_suspension,
    suspend,
    warn_of_misuse,
    withdraw,
)
from argine.desk.cases.policies import check_misuse
from argine.desk.clocks.models import Clock
from argine.desk.core import time
from argine.desk.core.actor import REPORTER
from argine.desk.core.errors import InvalidError, RefusedError
from argine.desk.people.enums import Role
from argine.desk.serve import ticker

pytestmark = pytest.mark.django_db

DSA, US = "eu-dsa-16", "us-tida-s3"
CONTACT = "again@person.example"
WARNED = datetime(2026, 11, 1, tzinfo=UTC)
STEP = MisuseStep(kind=Misuse.SUSPENSION)


@pytest.mark.parametrize(
    ("kind", "state", "record", "ok"),
    [
        (Misuse.FINDING, CaseState.KEPT, Record(), True),
        (Misuse.FINDING, CaseState.KEPT, Record(found_here=True), False),
        *((Misuse.FINDING, state, Record(), False) for state in CaseState if state != CaseState.KEPT),
        (Misuse.WARNING, CaseState.KEPT, Record(found=2), False),
        (Misuse.WARNING, CaseState.KEPT, Record(found=3), True),
        (Misuse.WARNING, CaseState.KEPT, Record(found=4, warned_at=WARNED), False),
        (Misuse.SUSPENSION, CaseState.KEPT, Record(found=9), False),
        (Misuse.SUSPENSION, CaseState.KEPT, Record(found=9, warned_at=WARNED), False),
        (Misuse.SUSPENSION, CaseState.KEPT, Record(found=4, warned_at=WARNED, found_since=1), True),
        (Misuse.SUSPENSION, CaseState.KEPT, Record(found=2, warned_at=WARNED, found_since=1), False),
        (Misuse.SUSPENSION, CaseState.KEPT, Record(0, 4, WARNED, 1, STEP), False),
    ],
)
def test_which_step_may_be_taken(kind: Misuse, state: CaseState, record: Record, ok: bool) -> None:
    case = Case(state=state, contact_digest=b"x" * 32)
    if ok:
        check_misuse(case, kind, record)
    else:
        with pytest.raises(RefusedError):
            check_misuse(case, kind, record)
    with pytest.raises(RefusedError, match="No contact"):
        check_misuse(Case(state=state), kind, record)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("A@Person.example", " a@person.example ", True),
        ("+39 333 12", "+3933312", True),
        ("a@x.example", "b@x.example", False),
    ],
)
def test_the_same_contact_is_found_however_it_was_written(one: str, other: str, same: bool) -> None:
    assert (contact_digest(one) == contact_digest(other)) == same
    assert contact_digest("  ") == b""


def refused(**changes: object) -> Case:
    case = make_case(contact=CONTACT, **changes).case
    make_decision(case, Outcome.KEEP)
    return fresh(case)


def warned() -> list[Case]:
    """Three unfounded reports, a warning, and one more."""
    cases = [refused() for _ in range(3)]
    for case in cases:
        find_unfounded(case, "A landscape.", by=REVIEWER)
    warn_of_misuse(cases[-1], "Please report only intimate pictures.", by=REVIEWER)
    return cases


def suspended() -> MisuseStep:
    warned()
    last = refused()
    find_unfounded(last, "A landscape again.", by=REVIEWER)
    return suspend(last, 10, "Four landscapes after a warning.", by=REVIEWER)


def regimes(sent: Submission) -> set[str]:
    return set(Clock.objects.filter(case_id=sent.case.pk).values_list("regime", flat=True))


def test_nothing_follows_by_itself_and_no_step_can_be_left_out() -> None:
    cases = [refused() for _ in range(3)]
    for case in cases[:2]:
        find_unfounded(case, "A landscape.", by=REVIEWER)
    with pytest.raises(RefusedError, match="2 of 3"):
        warn_of_misuse(cases[0], "Stop.", by=REVIEWER)
    find_unfounded(cases[2], "A landscape.", by=REVIEWER)
    with pytest.raises(RefusedError, match="First a warning"):
        suspend(cases[2], 10, "Enough.", by=REVIEWER)
    warn_of_misuse(cases[2], "Please stop.", by=REVIEWER)
    assert [message.text for message in cases[2].messages.all()] == ["Please stop."]
    with pytest.raises(RefusedError, match="First a warning"):
        suspend(cases[2], 10, "Enough.", by=REVIEWER)
    assert DSA in regimes(make_case(contact=CONTACT))
    assert every_fault() == []


@pytest.mark.parametrize("days", [0, 31])
def test_a_suspension_has_a_longest_time_and_reasons(days: int) -> None:
    warned()
    last = refused()
    find_unfounded(last, "Again.", by=REVIEWER)
    with pytest.raises(RefusedError, match="At most 30 days"):
        suspend(last, days, "Enough.", by=REVIEWER)
    with pytest.raises(InvalidError):
        suspend(last, 10, " ", by=REVIEWER)


def test_under_a_suspension_only_the_clock_of_the_law_that_knows_it_waits_and_starts_when_it_ends() -> None:
    suspended()
    sent = make_case(contact=CONTACT.upper(), addresses=["https://site.example/1"])
    assert DSA not in regimes(sent)
    assert US in regimes(sent)
    assert fresh(sent.case).suspended_until is not None
    add_to_notice(sent.notice, SupplementDraft(["https://site.example/2"]), by=REPORTER)
    assert DSA not in regimes(sent)
    assert resume_suspended() == 0
    with time.shifted(timedelta(days=11)):
        ticker.one_pass()
        assert fresh(sent.case).suspended_until is None
        clocks = Clock.objects.filter(case_id=sent.case.pk, regime=DSA)
        assert clocks.count() == 2
        assert all(clock.started_at > sent.case.opened_at + timedelta(days=10) for clock in clocks)
    assert every_fault() == []


def test_the_first_report_that_somebody_makes_in_a_capacity_and_any_other_contact_are_not_suspended() -> None:
    suspended()
    assert DSA in regimes(make_case(contact=CONTACT, capacity=Capacity.REPRESENTATIVE))
    assert DSA not in regimes(make_case(contact=CONTACT, capacity=Capacity.REPRESENTATIVE))
    assert DSA in regimes(make_case(contact="other@person.example"))
    assert DSA in regimes(make_case(contact="", signature=""))


def test_a_suspension_is_appealed_once_and_somebody_else_lifts_it_for_every_report() -> None:
    step = suspended()
    sent = make_case(contact=CONTACT)
    appeal_suspension(step, "Those were mine, I swear.", by=REPORTER)
    with pytest.raises(RefusedError, match="appealed already"):
        appeal_suspension(step, "Again.", by=REPORTER)
    with pytest.raises(RefusedError, match="Somebody else"):
        review_suspension(step, "No.", lift=False, by=REVIEWER)
    review_suspension(step, "You are right.", lift=True, by=COLLEAGUE)
    assert DSA in regimes(sent)
    assert DSA in regimes(make_case(contact=CONTACT))
    with pytest.raises(RefusedError, match="does not run"):
        review_suspension(step, "Again.", lift=True, by=COLLEAGUE)
    assert every_fault() == []
    step.refresh_from_db()
    step.lifted = False
    step.save(update_fields=["lifted"])
    assert [fault.where for fault in every_fault()] == [f"step against misuse {step.pk}"] * 2


def test_an_appeal_that_is_turned_down_leaves_the_suspension_and_it_may_be_lifted_without_one() -> None:
    step = suspended()
    appeal_suspension(step, "Please.", by=REPORTER)
    review_suspension(step, "It stands.", lift=False, by=COLLEAGUE)
    with pytest.raises(RefusedError, match="decided already"):
        review_suspension(step, "Again.", lift=True, by=COLLEAGUE)
    assert DSA not in regimes(make_case(contact=CONTACT))
    with time.shifted(timedelta(days=11)), pytest.raises(RefusedError):
        appeal_suspension(step, "Late.", by=REPORTER)


def test_what_is_counted_is_forgotten_after_its_months() -> None:
    cases = warned()
    with time.shifted(timedelta(days=300)):
        assert forget_misuse() == 0
        assert misuse.record_of(cases[0]).found == 3
    with time.shifted(timedelta(days=400)):
        assert misuse.record_of(cases[0]) == Record(notices=3)
        assert forget_misuse() == 4
    assert set(MisuseStep.objects.values_list("contact_digest", flat=True)) == {b""}
    assert every_fault() == []


def test_the_log_says_what_was_done_and_nothing_of_whom() -> None:
    step = suspended()
    told = "".join(entry.data for entry in Entry.objects.filter(event=Event.MISUSE_STEP))
    assert '"kind":"suspension"' in told
    assert "landscape" not in told
    assert log_events(f"case:{step.case_id}").count(Event.MISUSE_STEP) == 2


def test_a_report_that_was_taken_back_or_closed_meanwhile_gets_no_clock() -> None:
    suspended()
    sent = make_case(contact=CONTACT)
    withdraw(sent.case, by=REPORTER)
    with time.shifted(timedelta(days=11)):
        assert resume_suspended() == 1
    assert DSA not in regimes(sent)
    assert every_fault() == []


def take(case: Case, kind: Misuse, role: Role = Role.REVIEWER, **form: object) -> int:
    sent = {"kind": kind.value, "reasons": "Not intimate, again.", "days": "", **form}
    return staff_client(role).post(f"/console/cases/{case.pk}/misuse", sent).status_code


def test_in_the_console_each_step_is_open_when_it_may_be_taken_and_says_why_not_otherwise() -> None:
    cases = [refused() for _ in range(4)]
    shown = staff_client().get(f"/console/cases/{cases[0].pk}").content.decode()
    assert "Reports by the same contact" in shown
    assert "that is not frequent" in shown
    assert [take(case, Misuse.FINDING) for case in cases[:3]] == [302] * 3
    assert take(cases[0], Misuse.FINDING) == 409
    assert take(cases[1], Misuse.WARNING, reasons="") == 422
    assert take(cases[1], Misuse.WARNING) == 302
    assert take(cases[3], Misuse.FINDING) == 302
    assert take(cases[3], Misuse.SUSPENSION, days="7") == 403
    assert take(cases[3], Misuse.SUSPENSION, Role.SUPERVISOR) == 422
    assert take(cases[3], Misuse.SUSPENSION, Role.SUPERVISOR, days="7") == 302
    step = MisuseStep.objects.get(kind=Misuse.SUSPENSION)
    client, url = staff_client(Role.SUPERVISOR), f"/console/suspensions/{step.pk}/review"
    assert client.post(url, {"reasons": "", "lift": "yes"}).status_code == 409
    assert client.post(url, {"reasons": "Too long.", "lift": "yes"}).status_code == 302
    assert "lifted" in client.get(f"/console/cases/{cases[3].pk}").content.decode()
    order = make_order().case
    assert "Reports by the same contact" not in client.get(f"/console/cases/{order.pk}").content.decode()


def test_the_person_reads_why_until_when_and_what_changes_not_and_may_appeal() -> None:
    step = suspended()
    person = with_case(step.case, "en")
    told = person.get("/status/").content.decode()
    for words in ("Some work on your reports waits", "Four landscapes after a warning.", "Under other laws nothing"):
        assert words in told, words
    assert person.post("/status/suspension/", {"appeal": ""}).status_code == 422
    assert person.post("/status/suspension/", {"appeal": "Those were mine."}).status_code == 302
    assert "Those were mine." in person.get("/status/").content.decode()
    assert person.post("/status/suspension/", {"appeal": "Once more."}).status_code == 422
    review_suspension(step, "You are right.", lift=True, by=COLLEAGUE)
    told = person.get("/status/").content.decode()
    assert "Your reports are worked on again" in told
    assert "You are right." in told


def test_who_writes_the_same_contact_reads_nothing_of_what_was_said_before() -> None:
    suspended()
    sent = make_case(contact=CONTACT)
    told = with_case(sent.case, "en").get("/status/").content.decode()
    assert "Some work on your reports waits" in told
    assert "landscape" not in told


def test_without_a_suspension_the_form_leads_nowhere(settings: LazySettings) -> None:
    settings.CONFIG = replace(settings.CONFIG, misuse_number=1)
    sent = make_case()
    assert with_case(sent.case, "en").post("/status/suspension/", {"appeal": "x"}).status_code == 302
    assert not MisuseStep.objects.exists()
