"""Which alteration of which column the verification finds: one line for each, so that a gap is a decision."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from tests.factories import (
    COLLEAGUE,
    PLATFORM,
    REVIEWER,
    decision_draft,
    every_fault,
    make_appeal,
    make_case,
    make_case_in,
    make_host_record,
    make_key,
    make_order,
    make_page_record,
    make_staff,
    random_signals,
)
from tests.raw_sql import IS_SQLITE, raw

from argine.desk.banks.models import Bank, BankEntry, EntrySignal, RegionChange
from argine.desk.banks.operations import Content
from argine.desk.cases.drafts import ActionDraft, SupplementDraft, VerdictDraft
from argine.desk.cases.enums import Basis, CaseState, Measure
from argine.desk.cases.models import (
    Action,
    Address,
    Appeal,
    Case,
    Decision,
    MisuseStep,
    Notice,
    Order,
    Preservation,
    Reappearance,
    RecordHold,
    Referral,
    Supplement,
    Vote,
)
from argine.desk.cases.operations import (
    add_to_notice,
    decide_appeal,
    find_unfounded,
    hold_records,
    mark_region,
    preserve,
    release_records,
    report_action,
    report_reappearance,
    tell_referral,
    vote,
)
from argine.desk.clocks.models import Clock
from argine.desk.core.actor import REPORTER
from argine.desk.evidence.models import HostRecord, PageRecord
from argine.desk.people.models import ApiKey, Staff
from argine.law.terms import Measure as LawMeasure
from argine.signals.patch import Rectangle

pytestmark = pytest.mark.django_db

FOUND: dict[type[models.Model], str] = {
    Bank: "kind pdq_threshold film_frames film_query_percent film_entry_percent",
    BankEntry: "bank case_id origin withdrawn_at region",
    RegionChange: "seq entry at by was region reason salt",
    EntrySignal: "entry type value quality",
    Clock: "case_id duty regime regime_version due_at state ended_at warned",
    Case: "kind state leading suspended_until sensitive",
    Notice: (
        "case received_at completed_at capacity nature no_consent good_faith statement where_hint contact "
        "contact_note signature declarations salt"
    ),
    Address: "case notice supplement order reappearance position url digest host_digest",
    Supplement: "notice at statement where_hint contact signature salt",
    Referral: "case regime reported_at",
    Order: (
        "case regime regime_version issuer measure received_at given_at due_at extended_to under_18 authority "
        "reference legal_basis salt"
    ),
    Preservation: "case regime held_by starts_at ends_at reference salt",
    Vote: "case at by outcome ground basis covers reasons salt",
    Decision: "case at by outcome ground basis reasons salt overrides follows digest",
    Action: "decision measure",
    Appeal: (
        "case decision who at until expedited state text content_id content_url salt decided_at decided_by basis "
        "same_person reasons result"
    ),
    MisuseStep: "case kind at by until reasons salt reviewed_at lifted",
    Reappearance: "case at state content_id content_url salt",
    RecordHold: "case at by released_at reason salt",
    PageRecord: "case address taken_at status problem record salt",
    HostRecord: "case asked_at host record salt",
    Staff: "role is_active sees_sensitive",
    ApiKey: "digest scopes revoked_at ends_on",
}
# What tells nothing that anybody decides by, or follows from what is covered.
NOT_COVERED: dict[type[models.Model], str] = {
    Bank: "name created_at",
    BankEntry: "created_at",
    EntrySignal: "",
    RegionChange: "",
    Clock: "item_id kind started_at warn_at",
    Case: "number code_digest language country opened_at changed_at purged_at contact_digest",
    Notice: "entry_index",
    Supplement: "by entry_index",
    Address: "",
    Referral: "told_at by",
    Vote: "",
    Preservation: "told_at by",
    Decision: "seq",
    Appeal: "by copy_digest",
    Order: "entry_index",
    # Of a step that was not looked at again; what was said then is covered once it was.
    MisuseStep: "contact_digest appeal appealed_at review reviewed_by",
    Reappearance: "by count copy_digest decided_at decided_by",
    RecordHold: "released_by",
    # A stamp proves itself, by the authority's certificate.
    PageRecord: "by stamped stamp",
    HostRecord: "by",
    Action: "address at by copy_digest content_id content_url",
    Staff: "password must_change_password last_login email name joined_at warning_mails",
    ApiKey: "name prefix created_at used_on",
}
OTHER = {
    "bank": "lawful",
    "role": "operator",
    "state": "kept",
    "kind": "negative",
    "outcome": "keep",
    "measure": "disabled",
    "type": "md5",
}
LONGEST_FIRST = r"""
    ORDER BY to_jsonb(t) ->> 'withdrawn_at' IS NULL DESC, length(regexp_replace(t::text, '\.\d+(?=\+)', '', 'g')) DESC,
    to_jsonb(t) ->> 'created_at', to_jsonb(t) ->> 'notice_id' IS NULL, to_jsonb(t) ->> 'position'
"""


def another(field: "models.Field[Any, Any]", was: Any) -> object:
    """Another value that the column takes."""
    if field.name in OTHER:
        return OTHER[field.name][: field.max_length]
    if isinstance(field, models.BooleanField):
        return not was
    if isinstance(field, models.IntegerField):
        return (was or 0) + 5
    if isinstance(field, models.BinaryField):
        return bytes(len(was) or 40)
    others: dict[type, str] = {models.DateTimeField: "2026-11-01 00:00:00", models.JSONField: "[1]"}
    others[models.DateField] = "2026-11-01"
    others |= dict.fromkeys((models.ForeignKey, models.UUIDField, models.OneToOneField), uuid.uuid4().hex)
    return others.get(type(field), "something else"[: field.max_length])


@pytest.fixture(scope="module")
def rows(once: Callable[[Callable[[], None]], None]) -> None:
    once(case_with_everything)


def case_with_everything() -> None:
    """A case with everything: every column of every table has a value."""
    pictures = [random_signals(), random_signals()]
    parts = {0: Rectangle(0.1, 0.1, 0.4, 0.5), 1: Rectangle(0.1, 0.1, 0.4, 0.5)}
    texts = {name: f"some {name}" for name in ("statement", "where_hint", "contact_note", "declarations")}
    texts["statement"] = texts["where_hint"] = ""
    places = ["https://a.example/1", "https://a.example/2"]
    sent = make_case(pictures=pictures, regions=parts, addresses=places, contact="", signature="", **texts)
    more = {name: f"more {name}" for name in ("statement", "where_hint", "contact", "signature")}
    add_to_notice(sent.notice, SupplementDraft(["https://a.example/3"], **more), by=REPORTER)
    tell_referral(sent.case, "it-144bis", sent.case.opened_at, by=REPORTER)
    make_key()
    make_staff()
    entries = frozenset(entry.pk for entry in BankEntry.objects.filter(case_id=sent.case.pk))
    for entry_id in entries:
        mark_region(sent.case, entry_id, Rectangle(0.2, 0.2, 0.4, 0.5), "The face.", by=REVIEWER)
    decision = vote(sent.case, decision_draft(covers=entries), by=REVIEWER)
    assert decision is not None
    report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    preserve(make_case_in(CaseState.FROZEN), sent.case.opened_at, "42", by=REVIEWER)
    make_order(measure=LawMeasure.REMOVE, legal_basis="article 144-bis")
    appeal = make_appeal(decision, content_id="post-7")
    decide_appeal(appeal, VerdictDraft(Basis.STATEMENT, "Looked again."), by=COLLEAGUE)
    make_page_record(sent.case)
    make_host_record(sent.case)
    report_reappearance(decision, Content("post-9", "https://a.example/9"), by=PLATFORM)
    report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    find_unfounded(make_case_in(CaseState.KEPT), "A landscape.", by=REVIEWER)
    hold_records(sent.case, "A lawsuit.", by=COLLEAGUE)
    release_records(sent.case, by=COLLEAGUE)
    assert every_fault() == []


def alter(model: type[models.Model], name: str, pk: object) -> bool:
    """Alter a column of one row, tell whether that was found, and put it back."""
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    table, key = model._meta.db_table, model._meta.pk.column  # type: ignore[union-attr]
    update = f'UPDATE "{table}" SET "{field.column}" = %s WHERE "{key}" = %s'
    ((was,),) = raw(f'SELECT "{field.column}" FROM "{table}" WHERE "{key}" = %s', pk)
    raw(update, another(field, was), pk)
    found = bool(every_fault())
    raw(update, was, pk)
    return found


def fullest(model: type[models.Model]) -> object:
    """The key of a row with much in it: the first that came, in SQLite; PostgreSQL keeps rows in no order.

    There the longest is taken, of an entry one that counts: of one that was withdrawn less is compared with the log.
    Fractions of seconds do not count, which are a digit shorter in one of ten. Of rows that are as long the first is
    taken: one that becomes the first, or stays the last, differs, as a receipt tells pictures and places in order.
    """
    order = "ORDER BY rowid" if IS_SQLITE else LONGEST_FIRST
    return raw(f'SELECT "{model._meta.pk.column}" FROM "{model._meta.db_table}" t {order} LIMIT 1')[0][0]  # type: ignore[union-attr]


@pytest.mark.parametrize("model", FOUND)
def test_an_altered_column_is_found(rows: None, model: type[models.Model]) -> None:
    columns = [*FOUND[model].split(), *NOT_COVERED[model].split()]
    pk = fullest(model)
    assert {name for name in columns if alter(model, name, pk)} == set(FOUND[model].split())
    assert every_fault() == []


@pytest.mark.parametrize("model", FOUND)
def test_every_column_is_found_or_said_not_to_be(model: type[models.Model]) -> None:
    columns = {field.name for field in model._meta.concrete_fields if not field.primary_key}
    assert columns == {*FOUND[model].split(), *NOT_COVERED[model].split()}


def test_these_tables_are_not_checked_against_the_log() -> None:
    ours = {model for model in apps.get_models() if model.__module__.startswith("argine.desk.")}
    # Checked by their signatures (test_witness); what a witness was asked last is remembered for the pause alone.
    log = {"Entry", "Node", "SignedCheckpoint", "Cosignature", "WitnessedLog", "Witness"}
    rest = {model.__name__ for model in ours - set(FOUND)} - log
    # Short-lived, or rows whose text is sealed (a message, the name of a copy).
    assert rest == {
        "Invitation",
        "Job",
        "Bucket",
        "Heartbeat",
        "Change",
        "Message",
        "Sighting",
        "Claim",
        "Relation",
        "Mailing",
        "Outgoing",
        "Route",
        "Follower",
        "OutwardNotice",
        "Flood",
        "Restoration",
        # What a look found decides nothing: a reviewer looks.
        "Watch",
        "Look",
        "HostWatch",
        "HostChange",
        # The log tells of each change; `configuration.verify` compares, and knows of no case.
        "StoredSetting",
        # Words to start from, and how often somebody looked: neither decides anything.
        "SavedReply",
        "Exposure",
        # Who is logged in, and how often it was tried: gone within hours.
        "SharedValue",
        "StaffSession",
        # What came from partners and goes to them is signed by who sent it; what counts are the bank's entries.
        "Partner",
        "Position",
        "Received",
        "Offer",
        "Feedback",
        "Gap",
        "Consent",
        # What is shown to tools and partners: the log tells of each change.
        "ShownBank",
        "SharedBank",
        "ContentNote",
    }


@pytest.mark.parametrize(
    "model",
    [
        Supplement,
        Referral,
        Action,
        Appeal,
        Order,
        EntrySignal,
        RegionChange,
        BankEntry,
        Clock,
        Bank,
        Decision,
        Address,
        Notice,
        Case,
        Staff,
        ApiKey,
    ],
)
def test_a_row_that_was_taken_out_is_found(rows: None, model: type[models.Model]) -> None:
    key = model._meta.pk.column  # type: ignore[union-attr]
    (row,) = raw(f'SELECT * FROM "{model._meta.db_table}" LIMIT 1')
    raw(f'DELETE FROM "{model._meta.db_table}" WHERE "{key}" = %s', row[0])
    try:
        assert every_fault()
    finally:
        marks = ", ".join(["%s"] * len(row))
        raw(f'INSERT INTO "{model._meta.db_table}" VALUES ({marks})', *row)


@pytest.mark.parametrize("model", [BankEntry, Clock])
def test_a_row_that_was_put_in_is_found(rows: None, model: type[models.Model]) -> None:
    row = model._default_manager.all()[0]
    row.pk = uuid.uuid4()
    row.save(force_insert=True)
    assert every_fault()
