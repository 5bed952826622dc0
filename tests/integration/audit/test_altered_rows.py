"""Which alteration of which column the verification finds: one line for each, so that a gap is a decision."""

import uuid
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from tests.factories import PLATFORM, every_fault, make_case, make_decision, make_key, make_staff, random_signals

from argine.desk.banks.models import Bank, BankEntry, EntrySignal
from argine.desk.cases.drafts import ActionDraft
from argine.desk.cases.enums import Measure
from argine.desk.cases.models import Action, Address, Case, Decision, Notice
from argine.desk.cases.operations import report_action
from argine.desk.clocks.models import Clock
from argine.desk.people.models import ApiKey, Staff

pytestmark = pytest.mark.django_db

FOUND: dict[type[models.Model], str] = {
    Bank: "kind pdq_threshold",
    BankEntry: "bank case_id origin withdrawn_at",
    EntrySignal: "entry type value quality",
    Clock: "case_id regime regime_version due_at state ended_at",
    Case: "state",
    Notice: (
        "case received_at capacity nature no_consent good_faith statement where_hint contact contact_note signature "
        "declarations salt"
    ),
    Address: "notice position url",
    Decision: "case at by outcome ground basis reasons overrides digest",
    Action: "decision measure",
    Staff: "role is_active",
    ApiKey: "digest scopes revoked_at",
}
# What tells nothing that anybody decides by, or follows from what is covered.
NOT_COVERED: dict[type[models.Model], str] = {
    Bank: "name created_at",
    BankEntry: "created_at",
    EntrySignal: "",
    Clock: "item_id kind started_at",
    Case: "number code_digest language country opened_at changed_at",
    Notice: "complete entry_index",
    Address: "",
    Decision: "seq",
    Action: "address at by copy_digest content_id content_url",
    Staff: "password last_login email name joined_at",
    ApiKey: "name prefix created_at",
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


def another(field: "models.Field[Any, Any]", was: Any) -> object:
    """Another value that the column takes."""
    if field.name in OTHER:
        return OTHER[field.name]
    if isinstance(field, models.BooleanField):
        return not was
    if isinstance(field, models.IntegerField):
        return (was or 0) + 5
    if isinstance(field, models.BinaryField):
        return bytes(len(was) or 40)
    others: dict[type, str] = {models.DateTimeField: "2026-11-01 00:00:00", models.JSONField: "[]"}
    others |= dict.fromkeys((models.ForeignKey, models.UUIDField, models.OneToOneField), uuid.uuid4().hex)
    return others.get(type(field), "something else")


@pytest.fixture
def rows() -> None:
    """A case with everything: every column of every table has a value."""
    pictures = [random_signals(), random_signals()]
    texts = {name: f"some {name}" for name in ("statement", "where_hint", "contact_note", "declarations")}
    sent = make_case(pictures=pictures, addresses=["https://a.example/1", "https://a.example/2"], **texts)
    make_key()
    make_staff()
    decision = make_decision(sent.case)
    report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    assert every_fault() == []


def alter(model: type[models.Model], name: str) -> bool:
    """Alter a column of one row, tell whether that was found, and put it back."""
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    table, key = model._meta.db_table, model._meta.pk.column  # type: ignore[union-attr]
    update = f'UPDATE "{table}" SET "{field.column}" = %s WHERE "{key}" = %s'
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute(f'SELECT "{key}", "{field.column}" FROM "{table}" LIMIT 1')
        pk, was = cursor.fetchone()
        cursor.execute(update, [another(field, was), pk])
        found = bool(every_fault())
        cursor.execute(update, [was, pk])
    return found


@pytest.mark.parametrize("model", FOUND)
def test_an_altered_column_is_found(rows: None, model: type[models.Model]) -> None:
    columns = [*FOUND[model].split(), *NOT_COVERED[model].split()]
    assert {name for name in columns if alter(model, name)} == set(FOUND[model].split())
    assert every_fault() == []


@pytest.mark.parametrize("model", FOUND)
def test_every_column_is_found_or_said_not_to_be(model: type[models.Model]) -> None:
    columns = {field.name for field in model._meta.concrete_fields if not field.primary_key}
    assert columns == {*FOUND[model].split(), *NOT_COVERED[model].split()}


def test_these_tables_are_not_checked_against_the_log() -> None:
    ours = {model for model in apps.get_models() if model.__module__.startswith("argine.desk.")}
    log = {"Entry", "Node", "SignedCheckpoint"}
    rest = {model.__name__ for model in ours - set(FOUND)} - log
    # Short-lived, or rows whose text is sealed (a message, the name of a copy).
    assert rest == {"Invitation", "Job", "Bucket", "Heartbeat", "Change", "Message", "Sighting"}


@pytest.mark.parametrize(
    "model", [Action, EntrySignal, BankEntry, Clock, Bank, Decision, Address, Notice, Case, Staff, ApiKey]
)
def test_a_row_that_was_taken_out_is_found(rows: None, model: type[models.Model]) -> None:
    key = model._meta.pk.column  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute(f'SELECT * FROM "{model._meta.db_table}" LIMIT 1')
        row = cursor.fetchone()
        cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE "{key}" = %s', [row[0]])
    try:
        assert every_fault()
    finally:
        with connection.cursor() as cursor:
            marks = ", ".join(["%s"] * len(row))
            cursor.execute(f'INSERT INTO "{model._meta.db_table}" VALUES ({marks})', row)


@pytest.mark.parametrize("model", [BankEntry, Clock])
def test_a_row_that_was_put_in_is_found(rows: None, model: type[models.Model]) -> None:
    row = model._default_manager.all()[0]
    row.pk = uuid.uuid4()
    row.save(force_insert=True)
    assert every_fault()
