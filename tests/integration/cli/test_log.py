import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from django.db import connection, transaction
from tests.factories import make_case, make_decision, make_key, make_staff, random_signals
from tests.raw_sql import in_its_words

from argine.cli.desk import log_check
from argine.cli.exits import Exit
from argine.desk.audit import queries
from argine.desk.audit.models import Entry
from argine.desk.audit.operations import sign_head
from argine.desk.banks.operations import REMOVED, add_entries, add_entry, change_region, withdraw_entry
from argine.desk.banks.queries import find_entry
from argine.desk.cases.drafts import ActionDraft
from argine.desk.cases.enums import Measure
from argine.desk.cases.operations import report_action
from argine.desk.core.actor import SYSTEM
from argine.desk.people.enums import Role
from argine.desk.people.models import ApiKey
from argine.desk.people.operations import revoke_key
from argine.merkle.checkpoint import open_signed
from argine.signals.patch import Rectangle

Run = Callable[..., Result]
Told = Callable[[Result], list[dict[str, Any]]]

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def busy_desk(desk: None) -> None:
    """A desk on which a bit of everything happened."""
    make_staff(Role.OPERATOR)
    make_key()
    make_key()
    revoke_key(ApiKey.objects.latest("created_at"), by=SYSTEM)
    add_entry(REMOVED, random_signals(), origin="test", by=SYSTEM)
    batch = add_entries(REMOVED, [random_signals() for _ in range(3)], origin="test", by=SYSTEM)
    withdraw_entry(find_entry(batch[2]), erase=False, by=SYSTEM)
    change_region(find_entry(batch[1]), Rectangle(0.2, 0.2, 0.4, 0.5), "Only the face was altered.", by=SYSTEM)
    submission = make_case(addresses=["https://forum.example/1"])
    report_action(make_decision(submission.case), ActionDraft(Measure.REMOVED), by=SYSTEM)
    sign_head()


def test_the_head_is_signed_and_printed_as_a_note(run: Run) -> None:
    note = run("log", "checkpoint").stdout
    head = open_signed(note, [queries.verifier_key()])
    assert (head.size, head.root) == (Entry.objects.count(), queries.head().root)
    assert json.loads(run("log", "checkpoint", "--json").stdout)["note"] == note
    assert run("log", "key").stdout == queries.verifier_key().text() + "\n"


def test_an_empty_log_has_nothing_to_sign(run: Run) -> None:
    Entry.objects.all().delete()
    assert run("log", "checkpoint").exit_code == Exit.REFUSED


def test_entries_are_shown_from_any_on_or_the_newest(run: Run, told: Told, terminal: None) -> None:
    count = Entry.objects.count()
    assert [r["index"] for r in told(run("log", "show", "--limit", 2, "--json"))] == [count - 2, count - 1]
    first, second = told(run("log", "show", "--since", 0, "--limit", 2, "--json"))
    assert (first["index"], second["event"], second["subject"]) == (0, "bank.created", "bank:removed")
    assert run("log", "show").stdout.startswith("INDEX")


def test_a_log_that_agrees_with_everything_verifies(run: Run, told: Told, busy_desk: None) -> None:
    result = run("log", "verify")
    assert (result.exit_code, result.stderr) == (Exit.OK, "")
    (record,) = told(result)
    assert (record["ok"], record["entries"], record["cases"]) == (True, Entry.objects.count(), 1)


def test_a_person_reads_that_all_agrees_and_of_what(run: Run, terminal: None, busy_desk: None) -> None:
    assert run("log", "verify").stdout.startswith(f"OK: all agrees. Compared: entries {Entry.objects.count()}, ")


REST = "kind, pdq_threshold, film_frames, film_query_percent, film_entry_percent, created_at"
FIRST = "(SELECT min(id) FROM banks_entrysignal)"
ALTERATIONS = [
    "UPDATE audit_entry SET data = '{}' WHERE \"index\" = 1",
    "UPDATE audit_entry SET data = 'no json' WHERE event = 'bank.entries.added'",
    "UPDATE audit_entry SET at = '2020-01-01T00:00:00.000000Z' WHERE \"index\" = 1",
    "UPDATE audit_entry SET \"by\" = 'system' WHERE event = 'case.notice.received'",
    "UPDATE audit_entry SET subject = 'nonsense' WHERE event = 'bank.entry.moved'",
    'DELETE FROM audit_entry WHERE "index" = 1',
    'DELETE FROM audit_entry WHERE "index" = (SELECT max("index") FROM audit_entry)',
    "UPDATE audit_node SET hash = zeroblob(32) WHERE level = 1 AND position = 0",
    "DELETE FROM audit_node WHERE level = 0 AND position = 2",
    "UPDATE audit_signedcheckpoint SET note = replace(note, 'argine', 'argina')",
    "UPDATE banks_bank SET kind = 'negative' WHERE id = 'removed'",
    "UPDATE banks_bank SET pdq_threshold = 0 WHERE id = 'removed'",
    f"INSERT INTO banks_bank (id, name, {REST}) SELECT 'new', 'new', {REST} FROM banks_bank WHERE id = 'removed'",
    "UPDATE banks_bankentry SET bank_id = 'lawful' WHERE origin = 'test'",
    "UPDATE banks_bankentry SET withdrawn_at = created_at WHERE withdrawn_at IS NULL AND case_id IS NULL",
    "UPDATE banks_bankentry SET withdrawn_at = NULL",
    "UPDATE banks_bankentry SET case_id = NULL",
    "UPDATE banks_bankentry SET region = '[1000, 1000, 4000, 4000]'",
    "UPDATE banks_bankentry SET region = NULL WHERE region IS NOT NULL",
    "UPDATE banks_bankentry SET region = '\"nonsense\"' WHERE region IS NOT NULL",
    "UPDATE banks_regionchange SET reason = zeroblob(40)",
    "UPDATE banks_regionchange SET was = '[1000, 1000, 4000, 4000]'",
    "DELETE FROM banks_regionchange",
    "UPDATE banks_entrysignal SET value = zeroblob(32) WHERE id = {first}",
    "UPDATE banks_entrysignal SET value = zeroblob(32) WHERE id = {first} + 2",
    "UPDATE banks_entrysignal SET value = zeroblob(5) WHERE id = {first} + 2",
    "UPDATE banks_entrysignal SET type = 'sift' WHERE id = {first}",
    "UPDATE banks_entrysignal SET quality = 10 WHERE type = 'pdq' AND id < {first} + 2",
    "UPDATE banks_entrysignal SET quality = 10 WHERE type = 'pdq' AND id >= {first} + 2",
    "DELETE FROM banks_entrysignal WHERE id = {first}",
    "DELETE FROM banks_entrysignal WHERE entry_id IN (SELECT id FROM banks_bankentry WHERE withdrawn_at IS NOT NULL)",
    "UPDATE clocks_clock SET due_at = '2099-01-01 00:00:00'",
    "UPDATE clocks_clock SET state = 'missed'",
    "DELETE FROM clocks_clock",
    "UPDATE cases_case SET state = 'kept'",
    "UPDATE cases_notice SET statement = x'01'",
    "UPDATE cases_notice SET no_consent = NOT no_consent",
    "UPDATE cases_notice SET salt = contact",
    "UPDATE cases_address SET position = position + 1, url = zeroblob(40)",
    "UPDATE cases_decision SET outcome = 'keep'",
    "UPDATE cases_decision SET reasons = zeroblob(40)",
    "UPDATE cases_decision SET digest = zeroblob(32)",
    "UPDATE cases_action SET measure = 'blurred'",
    "DELETE FROM cases_action",
    "UPDATE people_staff SET role = 'reviewer'",
    "UPDATE people_staff SET is_active = NOT is_active",
    "UPDATE people_apikey SET scopes = '[\"check\"]' WHERE revoked_at IS NULL",
    "UPDATE people_apikey SET revoked_at = NULL",
    "UPDATE people_apikey SET digest = zeroblob(32) WHERE revoked_at IS NULL",
    "DELETE FROM people_apikey",
]  # fmt: skip


def test_a_row_altered_behind_the_logs_back_is_found_in_every_table(run: Run, told: Told, busy_desk: None) -> None:
    assert run("log", "verify").exit_code == Exit.OK
    for statement in ALTERATIONS:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(in_its_words(statement.replace("{first}", FIRST)))
                assert cursor.rowcount > 0, statement
            result = run("log", "verify")
            transaction.set_rollback(True)
        assert result.exit_code == Exit.ALTERED, f"not found: {statement}"
        assert "does not verify: " in result.stderr
        assert all(set(fault) == {"where", "what"} for fault in told(result))
    assert run("log", "verify").exit_code == Exit.OK


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("alteration", ["UPDATE banks_entrysignal SET quality = 99", "DELETE FROM banks_entrysignal"])
def test_an_alteration_is_still_found_when_the_entry_is_erased_after_it(run: Run, many: bool, alteration: str) -> None:
    pictures = [random_signals(), random_signals()]
    if many:
        ids = add_entries(REMOVED, pictures, origin="test", by=SYSTEM)
    else:
        ids = [add_entry(REMOVED, signals, origin="test", by=SYSTEM).id for signals in pictures]
    with connection.cursor() as cursor:
        cursor.execute(f"{alteration} WHERE entry_id = %s AND type = 'pdq'", [ids[0].hex])
        assert cursor.rowcount == 1
    withdraw_entry(find_entry(ids[0]), erase=True, by=SYSTEM)
    assert run("log", "verify").exit_code == Exit.ALTERED


def test_faults_are_written_one_a_line_for_a_person(run: Run, terminal: None, busy_desk: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clocks_clock SET due_at = '2099-01-01 00:00:00'")
    result = run("log", "verify")
    assert all(line.endswith("is due at another instant than the log says") for line in result.stdout.splitlines())


def test_a_database_that_was_put_back_is_found_by_a_checkpoint_that_was_kept(
    run: Run, told: Told, busy_desk: None, tmp_path: Path
) -> None:
    early = tmp_path / "early"
    early.write_text(run("log", "checkpoint").stdout)
    make_key()
    late = tmp_path / "late"
    late.write_text(run("log", "checkpoint").stdout)
    for kept in (early, late):
        assert run("log", "verify", "--checkpoint", kept).exit_code == Exit.OK
    last = Entry.objects.latest("index")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_apikey WHERE id = %s", [last.subject.removeprefix("key:").replace("-", "")])
        cursor.execute('DELETE FROM audit_entry WHERE "index" = %s', [last.index])
        cursor.execute("DELETE FROM audit_signedcheckpoint WHERE size > %s", [last.index])
        cursor.execute("DELETE FROM audit_node WHERE (position + 1) * (1 << level) > %s", [last.index])
    (queries.settings.CONFIG.data / queries.HEAD_FILE).unlink()
    assert run("log", "verify").exit_code == Exit.OK
    result = run("log", "verify", "--checkpoint", late)
    assert result.exit_code == Exit.ALTERED
    assert "entries were removed" in told(result)[0]["what"]


def test_a_checkpoint_of_another_log_is_no_witness(run: Run, told: Told, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text(run("log", "checkpoint").stdout.replace("argine-log/", "argine-log/x"))
    result = run("log", "verify", "--checkpoint", kept)
    assert result.exit_code == Exit.ALTERED
    assert told(result)[0]["what"] == "is not signed by this log's key"


def test_a_checkpoint_over_other_entries_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    signed = sign_head()
    assert signed is not None
    monkeypatch.setattr(log_check.tree, "root", lambda *_: b"x" * 32)
    (fault,) = log_check.held_against(signed.note)
    assert fault.what == "was signed over other entries than the log holds now"


def test_an_entry_is_proved_and_its_receipt_verified_with_and_without_the_desk(
    run: Run, told: Told, tmp_path: Path
) -> None:
    path = tmp_path / "receipt.json"
    assert run("log", "prove", 1, "-o", path).exit_code == Exit.OK
    for words in (["log", "verify", "--receipt", path], ["receipt", "verify", path]):
        result = run(*words)
        (record,) = told(result)
        assert (result.exit_code, record["ok"], record["index"]) == (Exit.OK, True, 1)
    assert json.loads(run("log", "prove", 1).stdout) == json.loads(path.read_text())


def test_an_entry_that_is_not_there_cannot_be_proved(run: Run, tmp_path: Path) -> None:
    result = run("log", "prove", 999, "-o", tmp_path / "receipt.json")
    assert (result.exit_code, list(tmp_path.iterdir())) == (Exit.REFUSED, [])


def test_a_key_is_for_receipts_only(run: Run) -> None:
    assert run("log", "verify", "--key", queries.verifier_key().text()).exit_code == Exit.USAGE


def test_a_receipt_of_another_log_is_refused_at_a_desk_unless_its_key_is_given(
    run: Run, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, own = tmp_path / "receipt.json", queries.verifier_key()
    run("log", "prove", 1, "-o", path)
    monkeypatch.setattr(queries, "verifier_key", lambda: type(own)("other", own.public))
    assert run("log", "verify", "--receipt", path).exit_code == Exit.ALTERED
    assert run("log", "verify", "--receipt", path, "--key", own.text()).exit_code == Exit.OK
