"""Entries that are bound to a marked part: kept, live at once, in the log, gone with what they belong to."""

import json
from collections.abc import Callable

import pytest
from tests.factories import REVIEWER, every_fault, fresh, make_case, make_case_in, random_signals
from tests.forgery import FORGED_PART as PART
from tests.forgery import copy_signals, forged_signals, source_signals

from argine.desk.audit.models import Entry
from argine.desk.audit.queries import Fault
from argine.desk.banks import verify
from argine.desk.banks.live import BANKS, LiveBanks
from argine.desk.banks.models import BankEntry, RegionChange
from argine.desk.banks.operations import (
    REMOVED,
    add_entries,
    add_entry,
    change_region,
    create_default_banks,
    withdraw_entry,
)
from argine.desk.banks.policies import LONGEST_REASON
from argine.desk.banks.queries import find_entry, region_at_first, region_of
from argine.desk.cases.enums import CaseState
from argine.desk.cases.operations import mark_region, withdraw
from argine.desk.cases.queries import notice_draft, notice_facts
from argine.desk.core.actor import REPORTER, SYSTEM
from argine.desk.core.errors import InvalidError, NotFoundError, RefusedError
from argine.matching import Matcher, decide
from argine.matching.regions import text_of
from argine.signals.patch import Rectangle
from argine.signals.types import Signal

pytestmark = pytest.mark.django_db
OTHER = Rectangle(0.05, 0.05, 0.2, 0.2)


@pytest.fixture(autouse=True)
def banks() -> None:
    create_default_banks()


def verdict(of: Matcher, signals: list[Signal]) -> str:
    return decide(of.match(signals), hashable=True).value


def test_the_source_is_let_through_once_the_altered_part_is_marked_and_no_longer_when_it_is_not() -> None:
    other = LiveBanks()
    entry = add_entry(REMOVED, forged_signals(), origin="test", by=SYSTEM)
    source = source_signals()
    assert verdict(other.matcher(), source) == "block"
    change_region(entry, PART, "The face was put on it.", by=REVIEWER)
    assert verdict(other.matcher(), source) == "allow"
    assert verdict(other.matcher(), forged_signals()) == "block"
    assert verdict(other.matcher(), copy_signals()) == "block"
    change_region(entry, None, "It is all made by a computer.", by=REVIEWER)
    assert verdict(other.matcher(), source) == "block"
    assert every_fault() == []


def test_a_marked_part_is_kept_exactly_and_is_there_for_a_process_that_starts_later() -> None:
    entry = add_entry(REMOVED, forged_signals(), origin="test", by=SYSTEM, region=PART)
    assert region_of(find_entry(entry.id)) == PART
    assert verdict(LiveBanks().matcher(), source_signals()) == "allow"
    assert BANKS.matcher().match(forged_signals())[0].bound_to == PART


def test_the_log_tells_of_a_change_but_not_where_and_why() -> None:
    entry = add_entry(REMOVED, forged_signals(), origin="test", by=SYSTEM, region=PART)
    change = change_region(entry, OTHER, "The left eye.", by=REVIEWER)
    logged = Entry.objects.latest("index")
    assert (logged.event, logged.subject, logged.by) == (
        "bank.entry.region.changed", f"entry:{entry.id}", REVIEWER,
    )  # fmt: skip
    assert str(change.id) in logged.data
    assert "eye" not in logged.data
    assert set(json.loads(logged.data)) == {"change", "digest", "was", "signals"}


@pytest.mark.parametrize(
    "alter",
    [
        lambda: BankEntry.objects.filter(region__isnull=False).update(region=[1, 2, 3000, 4000]),
        lambda: BankEntry.objects.update(region=None),
        lambda: BankEntry.objects.update(region="here"),
        lambda: RegionChange.objects.update(by="staff:9"),
        lambda: RegionChange.objects.all().delete(),
    ],
)
def test_a_part_that_was_altered_behind_the_logs_back_is_found(alter: Callable[[], object]) -> None:
    marked = add_entry(REMOVED, forged_signals(), origin="test", by=SYSTEM, region=PART)
    change_region(marked, OTHER, "Another part.", by=REVIEWER)
    add_entries(REMOVED, [random_signals()], origin="test", by=SYSTEM, regions={0: PART})
    assert list(verify.faults()) == []
    alter()
    found = list(verify.faults())
    assert found
    assert all(isinstance(fault, Fault) for fault in found)


def test_entries_of_a_batch_keep_their_parts_through_changes_and_erasure() -> None:
    pictures = [random_signals() for _ in range(4)]
    ids = add_entries(REMOVED, pictures, origin="test", by=SYSTEM, regions={1: PART, 2: PART})
    assert [region_of(find_entry(entry_id)) for entry_id in ids] == [None, PART, PART, None]
    change_region(find_entry(ids[0]), OTHER, "Only this.", by=REVIEWER)
    change_region(find_entry(ids[1]), None, "All of it.", by=REVIEWER)
    change_region(find_entry(ids[1]), OTHER, "No, this.", by=REVIEWER)
    assert region_at_first(find_entry(ids[1])) == PART
    assert every_fault() == []
    for entry_id in ids[:3]:
        withdraw_entry(find_entry(entry_id), erase=True, by=SYSTEM)
    assert every_fault() == []
    BankEntry.objects.filter(pk=ids[2]).update(region=[100, 100, 3000, 4000])
    assert every_fault() != []


def test_a_part_that_cannot_be_read_lets_only_identical_files_match() -> None:
    entry = add_entry(REMOVED, forged_signals(), origin="test", by=SYSTEM)
    BankEntry.objects.filter(pk=entry.pk).update(region="nonsense")
    found = LiveBanks().matcher().match(forged_signals())
    assert {match.signal_type.value for match in found} == {"sha256", "md5"}
    assert LiveBanks().matcher().match(source_signals()) == []


def test_what_erases_an_entry_takes_its_part_and_the_reasons_along() -> None:
    case = make_case(pictures=[forged_signals()], regions={0: PART}).case
    entry = BankEntry.objects.get()
    mark_region(case, entry.pk, OTHER, "The left eye.", by=REVIEWER)
    withdraw(fresh(case), by=REPORTER)
    assert BankEntry.objects.get().region is None
    assert RegionChange.objects.count() == 0
    assert every_fault() == []
    with pytest.raises(RefusedError):
        change_region(BankEntry.objects.get(), PART, "Again.", by=REVIEWER)


def test_a_notice_proves_the_part_that_was_reported_whatever_a_reviewer_marks_later() -> None:
    sent = make_case(pictures=[random_signals(), forged_signals()], regions={1: PART})
    before = notice_facts(sent.notice)
    assert [picture.get("region") for picture in before["pictures"]] == [None, text_of(PART)]
    assert notice_draft(sent.notice).regions == {1: PART}
    entry = BankEntry.objects.get(region__isnull=False)
    mark_region(sent.case, entry.pk, None, "All of it is made.", by=REVIEWER)
    assert notice_facts(sent.notice) == before
    assert every_fault() == []


@pytest.mark.parametrize(
    ("region", "reason", "error"),
    [
        (PART, "Why not.", RefusedError),  # just this is marked
        (OTHER, "", InvalidError),
        (OTHER, "   ", InvalidError),
        (OTHER, "x" * (LONGEST_REASON + 1), InvalidError),
        (None, "", InvalidError),
    ],
)
def test_a_change_without_a_reason_or_without_a_change_is_refused(
    region: Rectangle | None, reason: str, error: type[Exception]
) -> None:
    case = make_case(pictures=[random_signals()], regions={0: PART}).case
    with pytest.raises(error):
        mark_region(case, BankEntry.objects.get().pk, region, reason, by=REVIEWER)
    assert RegionChange.objects.count() == 0
    assert every_fault() == []


def test_nothing_marked_cannot_be_taken_away() -> None:
    case = make_case().case
    with pytest.raises(RefusedError, match="No part is marked"):
        mark_region(case, BankEntry.objects.get().pk, None, "Why not.", by=REVIEWER)


@pytest.mark.parametrize("state", CaseState)
def test_a_part_is_marked_in_every_state_but_the_ended_ones(state: CaseState) -> None:
    case = make_case_in(state)
    entry = BankEntry.objects.filter(case_id=case.pk).first()
    assert entry is not None
    if state in {CaseState.WITHDRAWN, CaseState.FROZEN}:
        with pytest.raises(RefusedError, match="ended already"):
            mark_region(case, entry.pk, PART, "The face.", by=REVIEWER)
    else:
        mark_region(case, entry.pk, PART, "The face.", by=REVIEWER)
        assert region_of(find_entry(entry.pk)) == PART
    assert every_fault() == []


def test_a_picture_of_another_case_is_not_reached() -> None:
    case, other = make_case().case, make_case().case
    entry = BankEntry.objects.get(case_id=other.pk)
    with pytest.raises(NotFoundError):
        mark_region(case, entry.pk, PART, "The face.", by=REVIEWER)
