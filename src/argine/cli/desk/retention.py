"""`argine retention`: what is erased when the law's periods are over."""

from collections.abc import Iterator
from typing import TypedDict

import click

from argine.cli.desk.folder import changes_desk, reads_desk
from argine.cli.exits import CommandError, Exit
from argine.cli.output import columns, json_line, json_option, wants_json
from argine.desk.cases import keeping, operations
from argine.desk.cases.models import Case
from argine.desk.core import time
from argine.desk.core.actor import SHELL

BATCH = 500


class RemovalRecord(TypedDict):
    """What is written of one class of record of a case; `at` is null where it stays, and `stays` says why."""

    case: int
    record: str
    at: str | None
    rule: str
    stays: str | None


@click.group("retention")
def command() -> None:
    """Names, contacts, addresses and texts go when no law asks for them any more and no appeal is possible.

    The desk does it each day by itself, unless ARGINE_PURGE is off. A removed picture stays kept out, and the log
    stays whole: it never held anything of a person.
    """


@command.command("list")
@json_option
@reads_desk
def show(*, as_json: bool) -> None:
    """Show when each class of record of every case goes, and by which rule; or why it stays."""
    if wants_json(as_json=as_json):
        for record in _records():
            json_line(record)
        return
    rows = [
        (str(record["case"]), record["record"], record["at"] or f"stays: {record['stays']}", record["rule"])
        for record in _records()
    ]
    columns([("CASE", "RECORD", "ERASED AT", "RULE"), *rows])


def _records() -> Iterator[RemovalRecord]:
    last = 0
    while batch := list(Case.objects.filter(number__gt=last).order_by("number")[:BATCH]):
        last = batch[-1].number
        plans = keeping.plan(batch)
        for case in batch:
            for removal in plans[case.id]:
                basis = removal.basis
                yield {
                    "case": case.number,
                    "record": removal.record.value,
                    "at": time.iso(removal.at) if removal.at else None,
                    "rule": " ".join(filter(None, [basis.regime_id, basis.ref])) if basis else "",
                    "stays": removal.stays.value if removal.stays else None,
                }


@command.command("run")
@click.option("--dry-run", is_flag=True, help="Say of which cases something would be erased, and change nothing.")
@json_option
@changes_desk
def run(*, dry_run: bool, as_json: bool) -> None:
    """Erase now what is due, as the desk does each day. It can be run again, or stopped, at any time."""
    for_machine = wants_json(as_json=as_json)
    if dry_run:
        _dry_run(for_machine=for_machine)
        return
    done = operations.purge(by=SHELL)
    if done.failed:
        raise CommandError(
            f"Erased records of {done.cases} cases; {done.failed} failed and stay as they were. The lines above say "
            "why; run it again.",
            Exit.REFUSED,
        )
    if for_machine:
        json_line({"cases": done.cases})
    else:
        click.echo(f"Erased what was due of {done.cases} case{'s' * (done.cases != 1)}.")


def _dry_run(*, for_machine: bool) -> None:
    ids = list(operations.due_cases(time.now()))
    numbers = sorted(Case.objects.filter(pk__in=ids).values_list("number", flat=True))
    if for_machine:
        json_line({"cases": numbers})
    elif numbers:
        click.echo(f"Something would be erased of {len(numbers)} cases: {', '.join(map(str, numbers))}.")
    else:
        click.echo("Nothing is due.")
