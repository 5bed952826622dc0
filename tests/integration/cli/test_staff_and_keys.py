from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from click.testing import Result
from django.test import Client
from tests.factories import PASSWORD, make_staff

from argine.cli.exits import Exit
from argine.desk.audit.models import Entry
from argine.desk.core import time
from argine.desk.people.enums import Role
from argine.desk.people.models import ApiKey, Staff
from argine.desk.people.operations import open_invitation
from argine.desk.people.queries import find_key

Run = Callable[..., Result]
Told = Callable[[Result], list[dict[str, Any]]]

pytestmark = pytest.mark.usefixtures("desk")


def last_entry() -> Entry:
    return Entry.objects.latest("index")


def logged_text() -> str:
    return " ".join(f"{entry.subject} {entry.by} {entry.data}" for entry in Entry.objects.all())


@pytest.fixture
def person() -> Staff:
    make_staff(Role.OPERATOR)
    return make_staff(Role.REVIEWER)


def test_an_invitation_is_a_link_that_works_once_at_the_address_people_use(run: Run, told: Told) -> None:
    (record,) = told(run("staff", "invite", "--role", "supervisor", "--base-url", "https://desk.example.org/"))
    start, _, token = record["link"].rpartition("/")
    assert start == "https://desk.example.org/console/welcome"
    assert open_invitation(token).role == Role.SUPERVISOR
    assert (last_entry().by, token in logged_text()) == ("shell", False)


def test_the_invitation_link_opens_the_page_that_makes_the_account(run: Run, terminal: None) -> None:
    link = run("staff", "invite", "--role", "reviewer").stdout.splitlines()[-1].strip()
    assert Client().get("/console/" + link.partition("/console/")[2]).status_code == 200


def test_staff_are_listed_with_role_access_and_second_factors(run: Run, told: Told, person: Staff) -> None:
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    operator, reviewer = told(run("staff", "list"))
    assert (operator["role"], operator["active"], operator["second_factors"]) == ("operator", True, "")
    assert (reviewer["email"], reviewer["second_factors"], reviewer["last_login"]) == (person.email, "app", None)


def test_a_role_is_changed_and_the_last_operator_stays(run: Run, person: Staff) -> None:
    assert run("staff", "role", person.email.upper(), "supervisor").exit_code == Exit.OK
    person.refresh_from_db()
    assert person.role == Role.SUPERVISOR
    operator = Staff.objects.get(role=Role.OPERATOR)
    refused = run("staff", "role", operator.email, "reviewer")
    assert (refused.exit_code, run("staff", "deactivate", operator.email).exit_code) == (Exit.REFUSED, Exit.REFUSED)
    assert "last operator" in refused.stderr


def test_somebody_is_let_out_and_in_again(run: Run, person: Staff) -> None:
    for word, active in (("deactivate", False), ("activate", True)):
        assert run("staff", word, person.email).exit_code == Exit.OK
        person.refresh_from_db()
        assert person.is_active is active


def test_who_lost_the_second_factor_gets_in_with_the_password_and_the_log_names_nobody(run: Run, person: Staff) -> None:
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=person, type=kind, data={})
    assert "password alone" in run("staff", "reset-mfa", person.email).stderr
    assert not Authenticator.objects.exists()
    assert "no second factor" in run("staff", "reset-mfa", person.email).stderr
    entry = last_entry()
    assert (entry.event, entry.subject, entry.data) == (
        "staff.changed", f"staff:{person.pk}", '{"reset":"second factor"}',
    )  # fmt: skip
    assert person.email not in logged_text()


def test_who_forgot_the_password_gets_a_new_one_and_old_sessions_end(run: Run, told: Told, person: Staff) -> None:
    browser = Client()
    browser.force_login(person)
    assert browser.get("/console/").status_code == 200
    (record,) = told(run("staff", "reset-password", person.email))
    person.refresh_from_db()
    assert person.check_password(record["password"])
    assert person.must_change_password
    assert not person.check_password(PASSWORD)
    assert record["password"].count("-") == 5
    assert browser.get("/console/").status_code == 302
    assert record["password"] not in logged_text()
    assert run("log", "verify").exit_code == Exit.OK


def test_a_new_password_can_be_typed_and_a_weak_one_is_refused(run: Run, person: Staff) -> None:
    weak = run("staff", "reset-password", person.email, "--ask", input="short\nshort\n")
    assert weak.exit_code == Exit.BAD_INPUT
    strong = "a long sentence of mine"
    assert run("staff", "reset-password", person.email, "--ask", input=f"{strong}\n{strong}\n").exit_code == Exit.OK
    person.refresh_from_db()
    assert person.check_password(strong)
    assert person.must_change_password


@pytest.mark.parametrize(
    "words", [["role", "{}", "reviewer"], ["deactivate", "{}"], ["activate", "{}"], ["reset-mfa", "{}"]]
)
def test_an_unknown_person_is_refused_without_repeating_the_address(run: Run, words: list[str]) -> None:
    result = run("staff", *(word.format("who@desk.example") for word in words))
    assert result.exit_code == Exit.REFUSED
    assert "who@" not in result.output


def test_a_key_is_told_once_and_may_do_what_was_asked(run: Run, told: Told) -> None:
    (made,) = told(run("key", "create", "Forum", "--scope", "check", "--scope", "actions"))
    key = find_key(made["key"])
    assert key is not None
    assert (key.scopes, made["scopes"], made["id"]) == (["actions", "check"], ["actions", "check"], str(key.id))
    (listed,) = told(run("key", "list"))
    assert (listed["name"], listed["revoked_at"], "key" in listed) == ("Forum", None, False)


def test_without_scopes_a_key_may_only_check(run: Run, told: Told) -> None:
    assert told(run("key", "create", "Forum"))[0]["scopes"] == ["check"]


def test_a_key_may_be_written_to_a_file_for_its_owner_alone(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "key"
    result = run("key", "create", "Forum", "-o", path)
    secret = path.read_text().strip()
    assert find_key(secret) is not None
    assert secret not in result.output
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "two\nlines"])
def test_a_key_needs_a_name_on_one_line(run: Run, name: str) -> None:
    assert run("key", "create", name).exit_code == Exit.USAGE


def test_a_key_may_have_a_last_day(run: Run, told: Told) -> None:
    day = str(time.now().date() + timedelta(days=90))
    (made,) = told(run("key", "create", "Forum", "--ends", day))
    (listed,) = told(run("key", "list"))
    assert (made["ends_on"], listed["ends_on"], listed["used_on"]) == (day, day, None)


@pytest.mark.parametrize("day", ["2020-01-01", "tomorrow"])
def test_a_last_day_that_is_over_or_none_makes_no_key(run: Run, day: str) -> None:
    assert run("key", "create", "Forum", "--ends", day).exit_code == Exit.USAGE
    assert not ApiKey.objects.exists()


def test_a_revoked_key_lets_nobody_in(run: Run, told: Told) -> None:
    (made,) = told(run("key", "create", "Forum"))
    assert run("key", "revoke", made["id"][:8]).exit_code == Exit.OK
    assert find_key(made["key"]) is None
    again = run("key", "revoke", made["begins"])
    assert (again.exit_code, again.stderr) == (Exit.REFUSED, "argine: This key was revoked before.\n")
    assert Entry.objects.filter(event="key.revoked").count() == 1


def test_an_unknown_or_ambiguous_key_is_refused(run: Run, terminal: None) -> None:
    shown = run("key", "create", "Forum").stdout
    assert shown.splitlines()[1].strip().startswith("argine_")
    for words in ("", "zzzz", str(uuid4())):
        assert run("key", "revoke", words).exit_code == Exit.REFUSED
    assert run("key", "list").stdout.startswith("ID ")


def test_a_person_reads_who_works_here_and_the_new_password(run: Run, terminal: None, person: Staff) -> None:
    head, *rows = run("staff", "list").stdout.splitlines()
    assert head.split("  ")[0] == "E-MAIL"
    assert rows[1].startswith(person.email)
    assert rows[1].endswith("never")
    password = run("staff", "reset-password", person.email).stdout.splitlines()[-1].strip()
    person.refresh_from_db()
    assert person.check_password(password)
