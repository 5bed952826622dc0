"""`argine partner`: what two operators do to exchange, and to end it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from argine.cli.exits import Exit
from argine.desk.banks.models import Bank
from argine.desk.banks.operations import REPORTED
from argine.desk.core.actor import SYSTEM
from argine.desk.exchange.models import Partner, SharedBank
from argine.desk.exchange.operations import share_bank
from argine.desk.people.enums import Scope
from argine.desk.people.queries import find_key

Run = Callable[..., Result]
Told = Callable[[Result], list[dict[str, Any]]]

pytestmark = pytest.mark.usefixtures("desk")


def add_source(run: Run, tmp_path: Path) -> Result:
    secret = tmp_path / "given.key"
    secret.write_text("a key\n")
    public = "A" * 43 + "="
    return run(
        "partner", "add", "A helpline", "--url", "https://a.example", "--public-key", public, "--secret-file", secret
    )


def test_a_partner_that_reads_gets_a_key_of_its_own_and_a_new_one_ends_the_old(run: Run, told: Told) -> None:
    (added,) = told(run("partner", "add", "Forum of the North"))
    assert (added["partner"], added["reads_us"]) == ("forum-of-the-north", False)
    first, second = (run("partner", "key", "forum-of-the-north").stdout.strip() for _ in range(2))
    assert find_key(first) is None
    made = find_key(second)
    assert made is not None
    assert made.scopes == [Scope.EXCHANGE]
    (listed,) = told(run("partner", "list"))
    assert (listed["reads_us"], listed["state"]) == (True, "active")


def test_a_partner_to_read_from_needs_its_key_and_has_a_bank_of_kind_review(
    run: Run, told: Told, tmp_path: Path
) -> None:
    refused = run("partner", "add", "A helpline", "--url", "https://a.example")
    assert refused.exit_code == Exit.USAGE
    assert "public key" in refused.stderr
    (added,) = told(add_source(run, tmp_path))
    assert added["url"] == "https://a.example"
    assert Bank.objects.get(pk="partner-a-helpline").kind == "review"
    partner = Partner.objects.get()
    assert partner.secret == "a key"


def test_the_public_key_is_told(run: Run, told: Told) -> None:
    (record,) = told(run("partner", "self"))
    assert (len(record["public_key"]), len(record["name"])) == (44, 39)
    assert told(run("partner", "self")) == [record]


def test_banks_are_shared_and_not_and_some_never(run: Run) -> None:
    assert run("partner", "share", "reported").exit_code == Exit.OK
    assert SharedBank.objects.get().bank_id == REPORTED
    assert run("partner", "unshare", "reported").exit_code == Exit.OK
    assert not SharedBank.objects.exists()
    assert run("partner", "share", "lawful").exit_code == Exit.REFUSED
    assert run("partner", "share", "no-such").exit_code == Exit.REFUSED


def test_a_partner_is_ended_and_begun_again(run: Run, told: Told, tmp_path: Path) -> None:
    share_bank(REPORTED, by=SYSTEM)
    add_source(run, tmp_path)
    assert run("partner", "go-on", "a-helpline").exit_code == Exit.REFUSED
    assert run("partner", "limit", "a-helpline", "50").exit_code == Exit.OK
    assert "Erased 0 entries" in run("partner", "stop", "a-helpline").stderr
    assert run("partner", "sync", "a-helpline").exit_code == Exit.REFUSED
    assert told(run("partner", "list"))[0]["state"] == "stopped"
    assert run("partner", "resume", "a-helpline").exit_code == Exit.OK
    assert run("partner", "resume", "a-helpline").exit_code == Exit.REFUSED
    assert run("partner", "stop", "nobody").exit_code == Exit.REFUSED
    assert Partner.objects.get().daily_limit == 50


def test_the_table_is_for_people(run: Run, told: Told, tmp_path: Path, terminal: None) -> None:
    add_source(run, tmp_path)
    assert "a-helpline" in run("partner", "list").stdout
    assert "read it to one another" in run("partner", "self").stdout
