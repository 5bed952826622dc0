"""What the desk says of itself: each thing that can be wrong, told with what to do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as desk
from tests.factories import log_in, make_case, make_staff, make_stuck

from argine.desk.audit.operations import publish_head, sign_head
from argine.desk.audit.queries import HEAD_FILE
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM
from argine.desk.core.operations import beat
from argine.desk.doctor.checks import Check, Level, all_checks, is_well
from argine.desk.doctor.facts import BACKUP_MARK, Facts, changed_at, gather, open_files
from argine.desk.people.enums import Role, Scope
from argine.desk.people.operations import create_key

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
WELL = Facts(now=NOW, sends_anything=True, sends_mail=True, signed_at=NOW, newest_entry=NOW, backup_at=NOW)


def levels(facts: Facts) -> dict[str, Level]:
    return {check.name: check.level for check in all_checks(facts) if check.level is not Level.GOOD}


def before(**past: float) -> datetime:
    return NOW - timedelta(**past)


@pytest.mark.parametrize(
    ("changes", "name", "level"),
    [
        ({"late": frozenset({"ticker"})}, "Clocks", Level.BAD),
        ({"overdue_unmarked": True}, "Clocks", Level.BAD),
        ({"late": frozenset({"worker"})}, "Regular work", Level.BAD),
        ({"late": frozenset({"courier"})}, "Courier", Level.BAD),
        ({"failing_jobs": ("records.purge",)}, "Jobs", Level.WARN),
        ({"mail_problem": "It refuses."}, "E-mail", Level.BAD),
        ({"sends_mail": False}, "E-mail", Level.NOTE),
        ({"webhook_problems": (("a.example", "It says no."),)}, "Webhooks", Level.BAD),
        ({"stuck": 2}, "What goes out", Level.WARN),
        ({"disk_free": 0.09}, "Disk", Level.WARN),
        ({"disk_free_mib": 2000}, "Disk", Level.WARN),
        ({"disk_free": 0.02}, "Disk", Level.BAD),
        ({"disk_free_mib": 100}, "Disk", Level.BAD),
        ({"missing_keys": ("log.key",)}, "Keys", Level.BAD),
        ({"open_files": ("fields.key",)}, "Keys", Level.BAD),
        ({"unwrapped_keys": ("fields.key",)}, "Keys", Level.WARN),
        ({"is_open_address": True}, "From outside", Level.BAD),
        ({"without_second_factor": True}, "From outside", Level.WARN),
        ({"ending_keys": (("Forum", NOW.date()),)}, "Platform keys", Level.WARN),
        ({"ending_keys": (("Forum", before(days=2).date()),)}, "Platform keys", Level.WARN),
        ({"breaches_problem": "It is empty."}, "Passwords", Level.BAD),
        ({"without_breaches": True}, "Passwords", Level.NOTE),
        ({"continues": False}, "Log", Level.BAD),
        ({"is_published": False, "signed_at": before(minutes=11)}, "Log", Level.WARN),
        ({"signed_at": None}, "Log", Level.WARN),
        ({"sandbox": "none"}, "Picture decoder", Level.BAD),
        ({"sandbox": "refused"}, "Picture decoder", Level.BAD),
        ({"sandbox": "process"}, "Picture decoder", Level.WARN),
        ({"newest_entry": before(minutes=-2)}, "This machine's clock", Level.BAD),
        ({"is_clock_kept": False}, "This machine's clock", Level.WARN),
        ({"is_clock_kept": None}, "This machine's clock", Level.NOTE),
        ({"backup_at": None}, "Backup", Level.NOTE),
        ({"backup_at": before(days=3)}, "Backup", Level.WARN),
        ({"backup_at": before(days=15)}, "Backup", Level.BAD),
        ({"settings_problem": "It does not fit."}, "Settings", Level.BAD),
    ],
)
def test_each_thing_that_is_wrong_is_told_alone_and_with_what_to_do(
    changes: dict[str, Any], name: str, level: Level
) -> None:
    facts = replace(WELL, **changes)
    assert levels(facts) == {name: level}
    worst = all_checks(facts)[0]
    assert (worst.name, worst.level) == (name, level), "what is wrong stands first"
    assert worst.what
    assert worst.to_do or changes == {"is_clock_kept": None}
    assert is_well(all_checks(facts)) == (level is not Level.BAD)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"late": frozenset({"courier"}), "sends_anything": False},
        {"is_published": False, "signed_at": before(minutes=2)},
        {"newest_entry": before(minutes=-0.5)},
        {"backup_at": before(days=1)},
        {"continues": None},
    ],
)
def test_what_is_well_or_passes_by_itself_is_no_matter(changes: dict[str, Any]) -> None:
    assert levels(replace(WELL, **changes)) == {}


def test_files_that_others_may_read_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    for name, mode in (("fields.key", 0o640), ("log.key", 0o600), ("codes.key", 0o602)):
        (folder / name).write_text("x")
        (folder / name).chmod(mode)
    assert list(open_files(folder)) == ["codes.key", "fields.key"]
    folder.chmod(0o755)
    assert next(iter(open_files(folder))) == "."
    assert list(open_files(tmp_path / "nothing")) == []


def test_a_mark_that_is_not_there_tells_nothing(tmp_path: Path) -> None:
    assert changed_at(tmp_path / "last-backup") is None


@pytest.fixture
def living(db: None) -> None:
    (desk.CONFIG.data / HEAD_FILE).unlink(missing_ok=True)
    make_case()
    sign_head()
    publish_head()
    for name in ("ticker", "worker", "courier"):
        beat(name)


def found(name: str) -> Check:
    return next(check for check in all_checks(gather()) if check.name == name)


def break_nothing() -> None:
    pass


def let_a_message_stick() -> None:
    make_stuck(make_case().case)


def forget_the_head() -> None:
    (desk.CONFIG.data / HEAD_FILE).write_text("another log's head")


@pytest.mark.parametrize(
    ("break_it", "name", "level"),
    [
        (break_nothing, "Clocks", Level.GOOD),
        (break_nothing, "Regular work", Level.GOOD),
        (break_nothing, "Log", Level.GOOD),
        (break_nothing, "Keys", Level.GOOD),
        (let_a_message_stick, "What goes out", Level.WARN),
        (forget_the_head, "Log", Level.BAD),
    ],
)
def test_the_facts_are_those_of_the_desk(living: None, break_it: Callable[[], None], name: str, level: Level) -> None:
    break_it()
    try:
        assert found(name).level == level
    finally:
        (desk.CONFIG.data / HEAD_FILE).unlink(missing_ok=True)


def test_a_desk_in_a_database_on_a_server_needs_no_file_of_its_own(living: None, settings: LazySettings) -> None:
    settings.CONFIG = replace(desk.CONFIG, database_url="postgresql://argine@db.example/argine")
    assert not settings.CONFIG.database.exists()
    assert gather().can_write


def test_a_backup_is_known_by_its_mark(living: None) -> None:
    mark = desk.CONFIG.data / BACKUP_MARK
    mark.touch()
    try:
        assert found("Backup").level == Level.GOOD
    finally:
        mark.unlink()


@pytest.mark.parametrize("role", Role)
def test_supervisors_and_operators_see_the_page(role: Role, living: None) -> None:
    answer = log_in(make_staff(role)).get("/console/health")
    assert answer.status_code == (403 if role == Role.REVIEWER else 200)
    assert role == Role.REVIEWER or "last-backup" in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "open_address", "needed"),
    [
        ("http://127.0.0.1:8000", False, "auto"),
        ("https://desk.example", False, "auto"),
        ("http://desk.example", True, "auto"),
        ("http://abcdefghij.onion", False, "auto"),
        ("https://desk.example", False, "never"),
        ("http://onion.example", True, "never"),
    ],
)
@pytest.mark.django_db
def test_an_address_outside_wants_https_and_a_second_factor(
    address: str, open_address: bool, needed: str, settings: LazySettings
) -> None:
    settings.CONFIG = replace(desk.CONFIG, base_url=address, require_mfa=needed)
    found = gather()
    assert (found.is_open_address, found.without_second_factor) == (open_address, needed == "never")


@pytest.mark.parametrize(
    ("address", "content", "level"),
    [
        ("http://127.0.0.1:8000", None, Level.GOOD),
        ("https://desk.example", None, Level.NOTE),
        ("https://desk.example", "A" * 40 + "\n", Level.GOOD),
        ("http://127.0.0.1:8000", "no digest\n", Level.BAD),
        ("https://desk.example", "B" * 40 + "\n" + "A" * 40, Level.BAD),
    ],
)
@pytest.mark.django_db
def test_a_list_of_stolen_passwords_is_advised_outside_and_has_to_be_one(
    address: str, content: str | None, level: Level, settings: LazySettings, tmp_path: Path
) -> None:
    path = tmp_path / "stolen.txt"
    if content is not None:
        path.write_text(content)
    named = "" if content is None else str(path)
    settings.CONFIG = replace(desk.CONFIG, base_url=address, breached_passwords_file=named)
    assert found("Passwords").level is level


def test_a_key_that_ends_within_two_weeks_is_named_with_its_last_day(living: None) -> None:
    for days in (15, 13, -1):
        last = time.now().date() + timedelta(days=days)
        with time.shifted(timedelta(days=min(days, 0))):
            create_key(f"in {days}", [Scope.CHECK], by=SYSTEM, ends_on=last)
    told = [check.what for check in all_checks(gather()) if check.name == "Platform keys"]
    assert [what.partition("”")[0] for what in told] == ["“in -1", "The last day of “in 13"]
