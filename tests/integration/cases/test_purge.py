"""After the periods nothing of a person is left, in no field and no byte of the file, and the log still verifies."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from tests.factories import (
    COLLEAGUE,
    PLATFORM,
    REVIEWER,
    bring_to_vote,
    decision_draft,
    every_fault,
    fresh,
    log_events,
    make_appeal,
    make_case,
    make_case_in,
    make_decision,
    make_host_record,
    make_host_watch,
    make_order,
    make_page_record,
    make_sighting,
    make_stuck,
    make_watch,
    random_signals,
)
from tests.raw_sql import about_the_file

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.banks.models import BankEntry, EntrySignal, Sighting
from argine.desk.banks.operations import Content, purge_sightings
from argine.desk.cases import personal
from argine.desk.cases.drafts import ActionDraft, SupplementDraft, VerdictDraft
from argine.desk.cases.enums import OPEN, Basis, CaseState, Measure, Outcome
from argine.desk.cases.models import Case, Notice, Order
from argine.desk.cases.operations import (
    add_information,
    add_to_notice,
    ask_reporter,
    decide,
    decide_appeal,
    find_unfounded,
    forget_misuse,
    hold_records,
    preserve,
    purge,
    release_records,
    report_action,
    report_reappearance,
    withdraw,
)
from argine.desk.cases.queries import receipt
from argine.desk.core import time
from argine.desk.core.actor import REPORTER, Actor
from argine.desk.core.crypto import NONCE_BYTES
from argine.desk.core.errors import InvalidError, RefusedError
from argine.desk.core.fields import SealedTextField
from argine.desk.core.models import Bucket
from argine.desk.core.privacy import Keep
from argine.desk.outward.enums import Way
from argine.desk.outward.operations import record_sent

LATER = timedelta(days=3660)
MARK = "zqmark"
KEEPS = (Keep.CASE, Keep.OBLIGATION, Keep.MISUSE)


def everything() -> None:
    """Cases of every kind, with a row of every table that holds something of a person."""
    refused = make_case(addresses=["https://site.example/1"], contact="")
    add_to_notice(refused.notice, SupplementDraft(contact="me@person.example"), by=REPORTER)
    ask_reporter(refused.case, "Where?", by=REVIEWER)
    add_information(refused.case, "There.", by=REPORTER)
    record_sent(refused.case, "site.example", "us-tida-s3", Way.MAIL, time.now(), by=REVIEWER)
    make_page_record(refused.case)
    make_host_record(refused.case)
    bring_to_vote(refused.case, disputed=True)
    decision = decide(fresh(refused.case), decision_draft(Outcome.KEEP), by=Actor("staff:1003"))
    decide_appeal(make_appeal(decision), VerdictDraft(Basis.STATEMENT, "It stands."), by=COLLEAGUE)
    find_unfounded(fresh(refused.case), "A landscape.", by=REVIEWER)
    again = removed(content_id="post-7")
    report_reappearance(again.decisions.get(), Content("post-9", "https://site.example/9"), by=PLATFORM)
    report_action(again.decisions.get(), ActionDraft(Measure.REMOVED), by=PLATFORM)
    make_watch(again)
    make_host_watch(again)
    order = make_order(addresses=["https://site.example/2"], legal_basis="article 144-bis")
    make_decision(order.case, Outcome.KEEP, ground="order_void", basis="order")
    frozen = make_case_in(CaseState.FROZEN, statement="A child.")
    preserve(frozen, frozen.opened_at, "42", by=REVIEWER)
    hold_records(frozen, "The police asked.", by=REVIEWER)
    release_records(frozen, by=REVIEWER)
    withdraw(make_case(statement="Taken back.").case, by=REPORTER)
    make_stuck(refused.case)


def removed(content_id: str) -> Case:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    make_sighting(signals, content_id)
    report_action(make_decision(case), ActionDraft(Measure.REMOVED, Content(content_id)), by=PLATFORM)
    return fresh(case)


def plant() -> list[bytes]:
    """Put a marked text into every personal field of every row; return all that must be gone later."""
    words: list[bytes] = []
    for keep in KEEPS:
        for holder in personal.holders(keep):
            rows = list(holder.model._default_manager.all())
            assert rows, f"the story has no {holder.name}: add one, so that its erasure is tested"
            for number, row in enumerate(rows):
                for name in holder.empty:
                    words.append(f"{MARK} {holder.name} {name} {number}".encode())
                    sealed_text = isinstance(holder.model._meta.get_field(name), SealedTextField)
                    setattr(row, name, words[-1].decode() if sealed_text else words[-1])
                row.save()
            words += sealed(holder.model, holder.empty)
    return words


def sealed(model: type[models.Model], names: dict[str, object]) -> Iterator[bytes]:
    """The texts as they stand in the file: sealed, without the nonce."""
    for name in names:
        if isinstance(model._meta.get_field(name), SealedTextField):
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT "{name}" FROM "{model._meta.db_table}"')
                yield from (bytes(value)[1 + NONCE_BYTES :] for (value,) in cursor.fetchall() if value)


def file_bytes() -> bytes:
    file = Path(connection.settings_dict["NAME"])
    return b"".join(found.read_bytes() for found in (file, *file.parent.glob(f"{file.name}-*")) if found.exists())


def every_value() -> Iterator[tuple[str, str]]:
    """Each value of each column of each row of the desk, sealed ones opened, as text; and the column's name."""
    for model in apps.get_models():
        if model.__module__.startswith("argine.desk."):
            for row in model._default_manager.all():
                for field in model._meta.concrete_fields:
                    value = getattr(row, field.attname)
                    shown = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                    yield f"{model._meta.label_lower}.{field.column}", shown


def purge_later() -> None:
    with time.shifted(LATER):
        assert purge().failed == 0
        purge_sightings(180)
        assert forget_misuse() == 1
    purge()  # and empty the write-ahead log once more


@about_the_file
@pytest.mark.django_db(transaction=True)
def test_after_the_periods_no_field_and_no_byte_of_the_file_holds_anything_of_a_person_and_the_log_verifies() -> None:
    everything()
    words = plant()
    kept_out = set(Case.objects.filter(state=CaseState.REMOVED).values_list("pk", flat=True))
    gone = BankEntry.objects.exclude(case_id__in=kept_out)
    words += [bytes(row.value) for row in EntrySignal.objects.filter(entry__in=gone)]
    assert all(word in file_bytes() for word in words if not word.startswith(MARK.encode()))
    purge_later()
    assert every_fault() == []
    for keep in KEEPS:
        assert personal.with_something_left(list(Case.objects.values_list("pk", flat=True)), keep) == set()
    assert not Sighting.objects.exists()
    assert set(BankEntry.objects.filter(signals__isnull=False).values_list("case_id", flat=True)) == kept_out
    assert [word for word in words if word in file_bytes()] == []
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
    assert [word for word in words if word in file_bytes()] == []
    assert MARK not in "".join(f"{row.subject} {row.data}" for row in Entry.objects.all())


def test_every_personal_field_of_every_model_is_found_or_leads_to_no_case() -> None:
    found = {(holder.name, name) for keep in KEEPS for holder in personal.holders(keep) for name in holder.empty}
    assert {("cases.notice", "contact"), ("cases.action", "content_url"), ("cases.preservation", "reference")} <= found
    assert {holder.path for holder in personal.holders() if holder.name == "cases.supplement"} == {"notice__case"}


def test_a_model_with_personal_fields_that_leads_to_no_case_is_refused() -> None:
    with pytest.raises(LookupError, match="Bucket"):
        personal.holder_of(Bucket, ["digest"])


PERSONAL = (
    "someone-zqmark@person.example",
    "Zqmark Person",
    "the zqmark group",
    "call me zqmark",
    "https://a.example/zq",
)


@pytest.mark.django_db
def test_after_the_periods_no_column_of_any_table_tells_what_a_person_wrote() -> None:
    contact, signature, hint, note, address = PERSONAL
    words = {"contact": contact, "signature": signature, "where_hint": hint, "contact_note": note, "statement": hint}
    for state in CaseState:
        make_case_in(state, **words, addresses=[address])
    before = list(every_value())
    assert {word for word in PERSONAL if any(word in value for _, value in before)} == set(PERSONAL)
    # What still waits is decided first: nothing goes while it does.
    for case in Case.objects.filter(state__in=OPEN):
        withdraw(case, by=REPORTER)
    with time.shifted(LATER):
        assert purge().failed == 0
        purge_sightings(180)
    assert [name for name, value in every_value() if any(word in value for word in PERSONAL)] == []
    assert every_fault() == []


@pytest.mark.django_db
def test_nothing_goes_before_its_time_and_nothing_twice() -> None:
    everything()
    before = {Notice: Notice.objects.count(), Order: Order.objects.count()}
    # The minor's case and the one that was taken back go at once; the others are still to be kept.
    assert purge().cases == 2
    assert Notice.objects.filter(case__purged_at=None).count() == before[Notice] - 2
    assert purge().cases == 0
    with time.shifted(LATER):
        assert purge().cases == 4
        assert purge().cases == 0
    assert every_fault() == []


@pytest.mark.django_db
def test_the_log_says_what_went_by_which_rule_and_nothing_of_what_it_was() -> None:
    case = make_case_in(CaseState.KEPT, statement="Zqmark words", contact="zqmark@person.example")
    with time.shifted(timedelta(days=200)):
        purge(by=Actor("shell"))
    entry = Entry.objects.get(event=Event.CASE_PURGED, subject=f"case:{case.pk}")
    assert '"record":"case_file"' in entry.data
    assert '"regime":"eu-dsa-16"' in entry.data or '"rule":"the time to appeal"' in entry.data
    assert '"cases.notice":1' in entry.data
    assert "zqmark" not in entry.data.lower()
    assert entry.by == "shell"


@pytest.mark.django_db
def test_a_picture_that_was_removed_is_kept_out_after_the_purge_and_the_code_still_ends_that() -> None:
    signals = random_signals()
    sent = make_case(pictures=[signals])
    report_action(make_decision(sent.case), ActionDraft(Measure.REMOVED), by=PLATFORM)
    with time.shifted(LATER):
        purge()
        assert make_sighting(signals).verdict == "block"
        case = fresh(sent.case)
        assert (bytes(case.code_digest), case.language) == (bytes(sent.case.code_digest), "en")
        withdraw(case, by=REPORTER)
        assert make_sighting(signals).verdict == "allow"
        purge()
        case = fresh(case)
        assert bytes(case.code_digest) != bytes(sent.case.code_digest)
        assert case.language == ""
    assert every_fault() == []


@pytest.mark.django_db
def test_what_the_platform_tells_after_the_purge_goes_at_the_next_run() -> None:
    case = removed("post-7")
    with time.shifted(LATER):
        purge()
        report_action(case.decisions.get(), ActionDraft(Measure.REMOVED, Content("post-8")), by=PLATFORM)
        assert purge().cases == 1
        assert purge().cases == 0
    assert every_fault() == []


@pytest.mark.django_db
def test_what_was_written_after_the_purge_is_still_compared_with_the_log() -> None:
    case = removed("post-7")
    with time.shifted(LATER):
        purge()
        decision = make_decision(fresh(case), Outcome.KEEP, override=True)
    assert every_fault() == []
    decision.reasons = "Other reasons."
    decision.save(update_fields=["reasons"])
    assert [fault.what for fault in every_fault()] == ["is not what was decided"]


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "name"), [(Notice, "statement"), (Notice, "salt")])
def test_words_that_are_put_back_after_the_purge_are_found(model: Any, name: str) -> None:
    make_case_in(CaseState.KEPT)
    with time.shifted(LATER):
        purge()
    row = model.objects.get()
    setattr(row, name, "put back")
    row.save(update_fields=[name])
    assert [fault.what for fault in every_fault()] == ["holds words that were erased, as the log says"]


@pytest.mark.django_db
def test_a_receipt_is_refused_once_what_it_proves_was_erased() -> None:
    case = make_case_in(CaseState.REMOVED)
    with time.shifted(LATER):
        purge()
    with pytest.raises(RefusedError, match="time for keeping"):
        receipt(case.notices.get())


@pytest.mark.django_db
def test_a_case_that_fails_stops_no_other_and_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = make_case_in(CaseState.KEPT), make_case_in(CaseState.KEPT)
    with time.shifted(LATER), monkeypatch.context() as broken:
        broken.setattr(
            "argine.desk.cases.operations.records.entries_of_case",
            lambda case_id: 1 / 0 if case_id == first.pk else [],
        )
        done = purge()
    assert (done.cases, done.failed) == (1, 1)
    assert (fresh(first).purged_at, log_events(f"case:{first.pk}").count(Event.CASE_PURGED)) == (None, 0)
    assert fresh(second).purged_at is not None
    with time.shifted(LATER):
        assert purge().cases == 1


@pytest.mark.django_db
def test_records_are_held_for_a_reason_once_and_go_when_the_hold_ends() -> None:
    case = make_case_in(CaseState.KEPT)
    with pytest.raises(InvalidError):
        hold_records(case, " ", by=REVIEWER)
    with pytest.raises(RefusedError):
        release_records(case, by=REVIEWER)
    hold_records(case, "The police of Milan asked.", by=REVIEWER)
    with pytest.raises(RefusedError):
        hold_records(case, "Again.", by=REVIEWER)
    with time.shifted(LATER):
        assert purge().cases == 0
        release_records(case, by=COLLEAGUE)
        assert purge().cases == 1
    events = log_events(f"case:{case.pk}")
    assert [event for event in events if "records" in event or "purged" in event] == [
        Event.RECORDS_HELD,
        Event.RECORDS_RELEASED,
        Event.CASE_PURGED,
        Event.CASE_PURGED,
    ]
    assert every_fault() == []
